// SPDX-License-Identifier: GPL-2.0-only
/* The part of the lab that common KVM code calls. */
#include <linux/module.h>

#include "../irq.h"
#include "../lapic.h"
#include "savic.h"

/*
 * How many entries in a row are thrown away behind injection and before VMRUN, as a signal or a
 * request at that moment does.
 */
static uint savic_cancel;
module_param(savic_cancel, uint, 0644);
/* How many have been. */
static ulong savic_cancelled;
module_param(savic_cancelled, ulong, 0444);

static bool savic_protects(struct kvm_vcpu *vcpu)
{
	return lapic_in_kernel(vcpu) && vcpu->arch.apic->prot_apic_intr_inject;
}

/* Patch 06: the vector is asked for, not acknowledged; it stays in the software IRR. */
int savic_next_interrupt(struct kvm_vcpu *vcpu)
{
	return savic_protects(vcpu) ? kvm_apic_has_interrupt(vcpu) : kvm_cpu_get_interrupt(vcpu);
}

bool savic_cancels(struct kvm_vcpu *vcpu)
{
	if (!savic_protects(vcpu))
		return false;
	if (vcpu->arch.apic->savic_cancelled++ < READ_ONCE(savic_cancel)) {
		WRITE_ONCE(savic_cancelled, savic_cancelled + 1);
		return true;
	}
	vcpu->arch.apic->savic_cancelled = 0;
	return false;
}
