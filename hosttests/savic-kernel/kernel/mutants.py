#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The kernel lab with one rule broken: what a comparison that is worth anything has to notice.

    mutants.py                 lists them: name, EOI design to run, and what is broken
    mutants.py NAME SAVIC      breaks it in the folder SAVIC of the lab's sources
"""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Mutant:
    name: str
    design: str
    broken: str
    file: str
    words: str  # stand once in the file
    instead: str


MUTANTS = [
    Mutant("allowed-ignored", "rfc-v2", "VMRUN takes vectors that ALLOWED_IRR does not have",
           "processor.c", "*requested & *savic_page_word(savic, PAGE_ALLOWED_IRR, word);",
           "*requested;"),
    Mutant("requested-not-cleared", "rfc-v2", "VMRUN leaves RequestedIRR as it is",
           "processor.c", "*requested = keeps ? *requested & ~taken : 0;", "(void)keeps;"),
    Mutant("page-tmr-off", "rfc-v2", "VMRUN takes no trigger mode where it should be accurate",
           "processor.c", "(taken & *savic_word(vcpu, APIC_TMR, word))", "0"),
    Mutant("priority-ignored", "rfc-v2", "the processor takes a vector of the class in service",
           "processor.c", "pending >> 4 > max(", "pending >> 4 >= max("),
    Mutant("shadow-not-set", "rfc-v2", "injection notes no level vector",
           "rfc.c", "*savic_word(vcpu, APIC_ISR, word) |= BIT(bit);", ";"),
    Mutant("edge-noted", "rfc-v2", "injection notes edge vectors too",
           "rfc.c", "if (level[word] & BIT(bit))", ""),
    Mutant("irr-cleared-whole", "one-outstanding", "injection drops what the design holds back",
           "rfc.c", "savic_clear(vcpu, APIC_IRR, word * 32 + bit);",
           "*savic_word(vcpu, APIC_IRR, word) = 0;"),
    Mutant("hold-lifted-silently", "one-outstanding",
           "nobody raises KVM_REQ_EVENT where unregistering the page lifts a hold",
           "rfc.c", "kvm_make_request(KVM_REQ_EVENT, vcpu);", ";"),
    Mutant("remembered-by-tmr", "hardened",
           "a remembered trigger mode is TMR, set for the EOI and put back behind it",
           "rfc.c", "vcpu->arch.apic->savic_remembers_level = remembers_level;\n"
           "\tkvm_apic_set_eoi_accelerated(vcpu, vector);\n"
           "\tvcpu->arch.apic->savic_remembers_level = false;",
           "u32 *tmr = savic_word(vcpu, APIC_TMR, vector / 32), before = *tmr;\n\n"
           "\tif (remembers_level)\n"
           "\t\t*tmr |= BIT(vector % 32);\n"
           "\tkvm_apic_set_eoi_accelerated(vcpu, vector);\n"
           "\t*tmr = before;"),
    Mutant("reset-forgets-nothing", "hardened", "the shadow outlives the guest's page",
           "ghcb.c", "if (savic->design->forgets_on_reset)", "if (0)"),
    Mutant("request-replaced", "rfc-v2",
           "injection puts its vectors in the place of those that are requested already",
           "rfc.c", "savic->requested_irr[word] |= moving[word];",
           "savic->requested_irr[word] = moving[word];"),
]


def main(name=None, folder=None):
    if name is None:
        for mutant in MUTANTS:
            print(f"{mutant.name}\t{mutant.design}\t{mutant.broken}")
        return
    mutant = next(mutant for mutant in MUTANTS if mutant.name == name)
    path = Path(folder) / mutant.file
    text = path.read_text()
    if text.count(mutant.words) != 1:
        times = text.count(mutant.words)
        sys.exit(f"mutants.py: {name}: {mutant.file} has its words {times} times")
    path.write_text(text.replace(mutant.words, mutant.instead))


if __name__ == "__main__":
    main(*sys.argv[1:])
