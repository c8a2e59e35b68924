#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Puts the kernel lab's hooks into a tree of kernel sources.

    hooks.py TREE          TREE holds arch/x86; exit status 1 where a hook finds no place

A hook names a file, the function, struct or variable in it, and the first line there that contains
some words; its own text goes before or behind that line, or takes the place of those words. So no
text of the kernel's is kept here, and a newer kernel needs a change only where one of those lines
has changed. What goes in stands below by what it is for; patch numbers are those of
RFC PATCH v2 (20250923050317.205482).
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path


class NoPlace(Exception):
    """A hook whose place is not in this kernel."""


@dataclass
class Hook:
    file: str
    scope: str  # a function's name, "struct NAME", a variable's name, or "" for the whole file
    words: str  # the first line in that scope that contains them
    before: str = ""
    behind: str = ""
    instead: str = ""
    # A name whose presence in the kernel's own file makes the hook needless.
    unless: str = ""


X86 = "arch/x86/kvm/x86.c"
LAPIC = "arch/x86/kvm/lapic.c"
LAPIC_H = "arch/x86/kvm/lapic.h"
IRQ = "arch/x86/kvm/irq.c"
IOAPIC = "arch/x86/kvm/ioapic.c"
SVM = "arch/x86/kvm/svm/svm.c"
SVM_H = "arch/x86/kvm/svm/svm.h"
HOST_H = "arch/x86/include/asm/kvm_host.h"

HOOKS = [
    # The private capability.
    Hook(HOST_H, "struct kvm_arch", "n_requested_mmu_pages", before="""
	const void *savic_design;
	u32 savic_assumptions;
"""),
    Hook(HOST_H, "struct kvm_x86_ops", "(*set_hv_timer)", before="""
	int (*savic_lab_enable)(struct kvm *kvm, struct kvm_enable_cap *cap);
"""),
    Hook(X86, "", '#include "x86.h"', behind="""
#include "savic/savic.h"
"""),
    Hook(X86, "kvm_vm_ioctl_check_extension", "switch (ext)", before="""
	if (ext == SAVIC_LAB_CAPABILITY && kvm_x86_ops.savic_lab_enable)
		return SAVIC_LAB_VERSION;
"""),
    Hook(X86, "kvm_vm_ioctl_enable_cap", "switch (cap->cap)", before="""
	if (cap->cap == SAVIC_LAB_CAPABILITY && kvm_x86_ops.savic_lab_enable)
		return kvm_x86_ops.savic_lab_enable(kvm, cap);
"""),

    # Patches 01 and 04: two kinds of protection, and who asks for interrupts.
    Hook(LAPIC_H, "struct kvm_lapic", "isr_count", before="""
	bool guest_apic_protected;
""", unless="guest_apic_protected"),
    Hook(LAPIC_H, "struct kvm_lapic", "isr_count", before="""
	bool prot_apic_intr_inject;
	/* The EOI that is being sent: level by its injection, whatever TMR says. */
	bool savic_remembers_level;
	unsigned int savic_cancelled;
"""),
    Hook(HOST_H, "struct kvm_x86_ops", "(*set_hv_timer)", before="""
	bool (*protected_apic_has_interrupt)(struct kvm_vcpu *vcpu);
""", unless="protected_apic_has_interrupt"),
    Hook(IRQ, "kvm_cpu_has_interrupt", "kvm_apic_has_interrupt(v)", before="""
	if (lapic_in_kernel(v) && v->arch.apic->guest_apic_protected)
		return kvm_x86_ops.protected_apic_has_interrupt(v);
""", unless="protected_apic_has_interrupt"),

    # Patch 06: every pending vector, without a look at priorities, and no acknowledgement.
    Hook(LAPIC, "kvm_apic_has_interrupt", "return -1;", behind="""
	if (apic->prot_apic_intr_inject)
		return apic_search_irr(apic);
"""),
    Hook(X86, "kvm_check_and_inject_events", "kvm_cpu_get_interrupt(vcpu)",
         instead="savic_next_interrupt(vcpu)"),
    Hook(SVM, "svm_inject_irq", "if (intr->soft)", before="""
	if (savic_active(vcpu)) {
		savic_set_requested_irr(vcpu, reinjected);
		return;
	}
"""),
    Hook(SVM, "svm_interrupt_allowed", "svm_interrupt_blocked(", before="""
	if (savic_active(vcpu))
		return 1;
"""),
    Hook(SVM, "svm_enable_irq_window", "if (vgif ||", before="""
	if (savic_active(vcpu))
		return;
"""),

    # A trigger mode that a design remembers, in place of TMR at the time of the EOI.
    Hook(LAPIC, "kvm_ioapic_send_eoi", "apic_test_vector(",
         instead="apic->savic_remembers_level || apic_test_vector("),

    # Patch 14: no EOI tracking of the RTC. It leaves the map of destinations as it is.
    Hook(IOAPIC, "__rtc_irq_eoi_tracking_restore_one", "redirtbl[RTC_GSI]", before="""
	if (vcpu->arch.apic->guest_apic_protected)
		return;
"""),
    Hook(IOAPIC, "ioapic_service", "rtc_status.pending_eoi = (", before="""
		if (!kvm_get_vcpu(ioapic->kvm, 0)->arch.apic->guest_apic_protected)
"""),

    # Entries that do not get as far as VMRUN.
    Hook(X86, "vcpu_enter_guest", "kvm_vcpu_exit_request(vcpu)",
         instead="savic_cancels(vcpu) || kvm_vcpu_exit_request(vcpu)"),

    # The vCPU, its exits, and the processor around VMRUN.
    Hook(SVM_H, "", '#include "cpuid.h"', behind="""
#include "savic/savic.h"
"""),
    Hook(SVM_H, "struct vcpu_svm", "struct vmcb *vmcb;", behind="""
	struct savic_vcpu savic;
"""),
    Hook(SVM, "svm_vcpu_create", "guest_state_loaded = false", before="""
	savic_vcpu_create(vcpu);
"""),
    Hook(SVM, "svm_vcpu_reset", "init_vmcb(vcpu", before="""
	if (savic_active(vcpu))
		savic_vcpu_reset(vcpu);
"""),
    Hook(SVM, "svm_vcpu_free", "sev_free_vcpu(vcpu)", before="""
	savic_vcpu_free(vcpu);
"""),
    Hook(SVM, "svm_x86_ops", ".vcpu_free =", behind="""
	.protected_apic_has_interrupt = savic_has_pending_interrupt,
	.savic_lab_enable = savic_lab_enable,
"""),
    Hook(SVM, "msr_interception", "exit_info_1", before="""
	if (savic_active(vcpu) && savic_owns_msr(kvm_rcx_read(vcpu)))
		return savic_msr(vcpu, to_svm(vcpu)->vmcb->control.exit_info_1);
"""),
    # 6.12 lets every guest write it.
    Hook(SVM, "__svm_vcpu_reset", "svm_vcpu_init_msrpm(vcpu, svm->msrpm)", behind="""
	if (savic_active(vcpu))
		set_msr_interception(vcpu, svm->msrpm, MSR_AMD64_SEV_ES_GHCB, 0, 0);
""", unless="svm_recalc_msr_intercepts"),
    Hook(SVM, "vmmcall_interception", "return kvm_emulate_hypercall", before="""
	if (savic_active(vcpu))
		return savic_vmgexit(vcpu);
"""),
    Hook(SVM, "svm_exit_handlers_fastpath", "if (is_guest_mode(vcpu))", before="""
	if (savic_active(vcpu))
		return EXIT_FASTPATH_NONE;
"""),
    Hook(SVM, "svm_vcpu_run", "svm_vcpu_enter_exit(", before="""
	savic_before_vmrun(vcpu);
""", behind="""
	savic_after_vmrun(vcpu);
"""),
]


def extent(text, hook):
    """First and last character of the scope: from its opening line to the next line that closes."""
    if not hook.scope:
        return 0, len(text)
    name = re.escape(hook.scope)
    if hook.scope.startswith("struct "):
        opening = rf"^{name} \{{$"
    else:
        # A function at the left margin whose body follows, or a variable with an initialiser.
        opening = rf"^\w[\w \t*]*\b{name}(?:\([^;{{}}]*\)\n\{{|(?:\[\w*\])?[\w \t]*= \{{)$"
    found = re.search(opening, text, re.MULTILINE)
    if not found:
        raise NoPlace(f"{hook.file}: no {hook.scope}")
    end = re.compile(r"^\}", re.MULTILINE).search(text, found.end())
    if not end:
        raise NoPlace(f"{hook.file}: {hook.scope} has no end")
    return found.end(), end.start()


def apply(text, hook):
    begin, end = extent(text, hook)
    place = text.find(hook.words, begin, end)
    if place < 0:
        where = hook.scope or "the file"
        raise NoPlace(f"{hook.file}: no line with “{hook.words}” in {where}")
    if hook.instead:
        return text[:place] + hook.instead + text[place + len(hook.words):]
    line = text.rfind("\n", 0, place) + 1
    after = text.find("\n", place) + 1
    return (text[:line] + hook.before.lstrip("\n") + text[line:after]
            + hook.behind.lstrip("\n") + text[after:])


def main(tree):
    texts, missing = {}, []
    originals = {}
    for hook in HOOKS:
        if hook.file not in texts:
            originals[hook.file] = texts[hook.file] = (Path(tree) / hook.file).read_text()
        try:
            # What makes a hook needless is the kernel's, not another hook's.
            if hook.unless and re.search(rf"\b{hook.unless}\b", originals[hook.file]):
                continue
            texts[hook.file] = apply(texts[hook.file], hook)
        except NoPlace as error:
            missing.append(str(error))
    for error in missing:
        print(f"hooks.py: {error}", file=sys.stderr)
    if missing:
        sys.exit(1)
    for file, text in texts.items():
        (Path(tree) / file).write_text(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
