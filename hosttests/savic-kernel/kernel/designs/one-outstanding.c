// SPDX-License-Identifier: GPL-2.0-only
/* One level vector in flight: the only one noted is the one that the guest ends. */
#include "../../lapic.h"
#include "../savic.h"

/* Edge vectors pass; of the level ones the highest, and only while none is noted. */
static void hold(struct kvm_vcpu *vcpu, u32 moving[SAVIC_WORDS], const u32 level[SAVIC_WORDS])
{
	bool is_free = savic_highest(vcpu, APIC_ISR) < 0;
	int word;

	for (word = SAVIC_WORDS - 1; word >= 0; word--) {
		u32 held = moving[word] & level[word];

		moving[word] &= ~held;
		if (is_free && held) {
			moving[word] |= BIT(__fls(held));
			is_free = false;
		}
	}
}

/* The completion raises KVM_REQ_EVENT, which is when held vectors are looked at again. */
static enum savic_answer one_outstanding_end(struct kvm_vcpu *vcpu, const struct savic_eoi *eoi)
{
	int vector = savic_highest(vcpu, APIC_ISR);

	if (!eoi->is_write || eoi->data)
		return SAVIC_GP;
	if (vector >= 0) {
		savic_clear(vcpu, APIC_ISR, vector);
		savic_complete(vcpu, vector, true);
	}
	return SAVIC_DONE;
}

const struct savic_design savic_one_outstanding = {
	.name = "one-outstanding",
	.hold = hold,
	.end = one_outstanding_end,
	.forgets_on_reset = true,
};
