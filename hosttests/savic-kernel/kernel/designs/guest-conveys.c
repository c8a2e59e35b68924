// SPDX-License-Identifier: GPL-2.0-only
/* The guest says which vector it has ended, and exactly that one is completed. */
#include "../../lapic.h"
#include "../savic.h"

static enum savic_answer guest_conveys_end(struct kvm_vcpu *vcpu, const struct savic_eoi *eoi)
{
	bool is_noted;

	if (!eoi->is_write || eoi->data)
		return SAVIC_GP;
	if (eoi->vector < 0)
		return SAVIC_DONE;
	is_noted = savic_test(vcpu, APIC_ISR, eoi->vector);
	savic_clear(vcpu, APIC_ISR, eoi->vector);
	savic_complete(vcpu, eoi->vector, is_noted);
	return SAVIC_DONE;
}

const struct savic_design savic_guest_conveys = {
	.name = "guest-conveys",
	.end = guest_conveys_end,
	.forgets_on_reset = true,
	.wants_vector = true,
};
