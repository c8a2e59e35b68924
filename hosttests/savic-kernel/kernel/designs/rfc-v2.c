// SPDX-License-Identifier: GPL-2.0-only
/* RFC PATCH v2 13/17, 23 September 2025 (20250923050317.205482): as v1, on a newer kernel. */
#include <asm/apic.h>

#include "../../lapic.h"
#include "../savic.h"

/* The kernel that v2 was written for has unsigned vector arithmetic: −1 is 2 GiB past ISR. */
#ifdef APIC_VECTOR_TO_REG_OFFSET
#define clear_unsigned apic_clear_vector
#else
static void clear_unsigned(int vector, void *bitmap)
{
	clear_bit((u32)vector % 32, bitmap + (u32)vector / 32 * 0x10);
}
#endif

static enum savic_answer rfc_v2_end(struct kvm_vcpu *vcpu, const struct savic_eoi *eoi)
{
	int vector = savic_highest(vcpu, APIC_ISR);

	clear_unsigned(vector, vcpu->arch.apic->regs + APIC_ISR);
	kvm_apic_set_eoi_accelerated(vcpu, vector);
	return SAVIC_DONE;
}

const struct savic_design savic_rfc_v2 = {
	.name = "rfc-v2",
	.end = rfc_v2_end,
};
