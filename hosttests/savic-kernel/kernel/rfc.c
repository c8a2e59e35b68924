// SPDX-License-Identifier: GPL-2.0-only
/* What the series does with interrupts, after its patches 06, 07 and 13. */
#include "../lapic.h"
#include "../svm/svm.h"
#include "savic.h"

u32 *savic_word(struct kvm_vcpu *vcpu, u32 base, int word)
{
	return vcpu->arch.apic->regs + base + word * 0x10;
}

int savic_highest(struct kvm_vcpu *vcpu, u32 base)
{
	return savic_highest_of(vcpu->arch.apic->regs, base);
}

void savic_clear(struct kvm_vcpu *vcpu, u32 base, int vector)
{
	clear_bit(vector % 32, (unsigned long *)savic_word(vcpu, base, vector / 32));
}

bool savic_test(struct kvm_vcpu *vcpu, u32 base, int vector)
{
	return *savic_word(vcpu, base, vector / 32) & BIT(vector % 32);
}

/* Patch 07: the software IRR, or an IPI that another guest processor has put into the page. */
bool savic_has_pending_interrupt(struct kvm_vcpu *vcpu)
{
	return READ_ONCE(savic_of(vcpu)->has_pending_ipi) || savic_highest(vcpu, APIC_IRR) >= 0;
}

/*
 * Patches 06 and 13: whatever is pending goes to RequestedIRR, and level vectors are noted in the
 * software ISR, which is the shadow.
 */
void savic_set_requested_irr(struct kvm_vcpu *vcpu, bool reinjected)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	u32 moving[SAVIC_WORDS], level[SAVIC_WORDS];
	int word, bit;

	/* The processor re-injects by itself. */
	if (reinjected)
		return;

	for (word = 0; word < SAVIC_WORDS; word++)
		moving[word] = READ_ONCE(*savic_word(vcpu, APIC_IRR, word));
	/*
	 * Behind IRR, which is written last. The series looks at TMR vector by vector, which gives
	 * the same unless another CPU writes it meanwhile; a design that holds back by it cannot
	 * bear that.
	 */
	smp_rmb();
	for (word = 0; word < SAVIC_WORDS; word++)
		level[word] = READ_ONCE(*savic_word(vcpu, APIC_TMR, word));
	if (savic->design->hold)
		savic->design->hold(vcpu, moving, level);

	for (word = 0; word < SAVIC_WORDS; word++) {
		unsigned long bits = moving[word];

		if (!bits)
			continue;
		savic->requested_irr[word] |= moving[word];
		savic->update_irr = true;
		for_each_set_bit(bit, &bits, 32) {
			savic_clear(vcpu, APIC_IRR, word * 32 + bit);
			if (level[word] & BIT(bit))
				*savic_word(vcpu, APIC_ISR, word) |= BIT(bit);
		}
	}
}

/* Patch 07: the sender has set the target's page IRR; the target has to be run. */
static void handle_icr_write(struct kvm_vcpu *vcpu, u64 icr)
{
	struct kvm_vcpu *target;
	unsigned long i;

	kvm_for_each_vcpu(i, target, vcpu->kvm) {
		if (!kvm_apic_match_dest(target, vcpu->arch.apic, icr & APIC_SHORT_MASK,
					 icr >> 32, icr & APIC_DEST_MASK))
			continue;
		WRITE_ONCE(savic_of(target)->has_pending_ipi, true);
		/* The flag before the look at what the target is doing. */
		smp_mb();
		kvm_vcpu_kick(target);
	}
}

/*
 * Which of the guest's MSR exits are the series' own; the others are emulated as always. That the
 * number is not checked is as posted: 0x1000080B is EOI too.
 */
bool savic_handle_msr_exit(struct kvm_vcpu *vcpu, u32 msr, bool is_write, u64 data,
			   enum savic_answer *answer)
{
	const struct savic_eoi eoi = { .is_write = is_write, .data = data, .vector = -1 };

	*answer = SAVIC_DONE;
	switch ((msr - APIC_BASE_MSR) << 4) {
	case APIC_ICR:
		if (!is_write)
			return false;
		handle_icr_write(vcpu, data);
		return true;
	case APIC_EOI:
		*answer = savic_of(vcpu)->design->end(vcpu, &eoi);
		return true;
	default:
		return false;
	}
}

void savic_complete(struct kvm_vcpu *vcpu, int vector, bool remembers_level)
{
	/*
	 * An argument of kvm_ioapic_send_eoi() in all but form. It must not be TMR, set for this
	 * call and put back behind it: that would erase what the line's re-service writes.
	 */
	vcpu->arch.apic->savic_remembers_level = remembers_level;
	kvm_apic_set_eoi_accelerated(vcpu, vector);
	vcpu->arch.apic->savic_remembers_level = false;
}

/* What was held back for the sake of the shadow may move now. */
void savic_forget(struct kvm_vcpu *vcpu)
{
	int word;

	memset(savic_of(vcpu)->requested_irr, 0, sizeof(savic_of(vcpu)->requested_irr));
	savic_of(vcpu)->update_irr = false;
	for (word = 0; word < SAVIC_WORDS; word++)
		*savic_word(vcpu, APIC_ISR, word) = 0;
	kvm_make_request(KVM_REQ_EVENT, vcpu);
}
