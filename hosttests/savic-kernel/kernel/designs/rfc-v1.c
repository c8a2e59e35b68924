// SPDX-License-Identifier: GPL-2.0-only
/*
 * RFC PATCH 16/19, 28 February 2025 (20250228085115.105648): every access is an EOI of the highest
 * vector noted.
 */
#include "../../lapic.h"
#include "../savic.h"

/*
 * The kernel that v1 was written for has signed vector arithmetic: −1 is bit 31 of the register
 * before ISR, which is SPIV.
 */
static void clear_signed(void *regs, int vector)
{
	clear_bit(vector & 31, regs + APIC_ISR + ((vector >> 5) << 4));
}

static enum savic_answer rfc_v1_end(struct kvm_vcpu *vcpu, const struct savic_eoi *eoi)
{
	int vector = savic_highest(vcpu, APIC_ISR);

	clear_signed(vcpu->arch.apic->regs, vector);
	kvm_apic_set_eoi_accelerated(vcpu, vector);
	return SAVIC_DONE;
}

const struct savic_design savic_rfc_v1 = {
	.name = "rfc-v1",
	.end = rfc_v1_end,
};
