// SPDX-License-Identifier: GPL-2.0-only
/* rfc-v2 with the checks that it lacks, and with the trigger mode of injection. */
#include "../../lapic.h"
#include "../savic.h"

static enum savic_answer hardened_end(struct kvm_vcpu *vcpu, const struct savic_eoi *eoi)
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

const struct savic_design savic_hardened = {
	.name = "hardened",
	.end = hardened_end,
	.forgets_on_reset = true,
};
