// SPDX-License-Identifier: GPL-2.0-only
/* How a VM gets into the lab, and the life of its vCPUs. */
#include <linux/moduleparam.h>

#include "../irq.h"
#include "../lapic.h"
#include "../svm/svm.h"
#include "savic.h"

/*
 * Hardware that does something else now and then: for one vCPU out of so many, VMRUN clears TMR in
 * the page, whatever was asked for. 0 for hardware that does as it is told. Written at any time.
 */
static uint savic_odd;
module_param(savic_odd, uint, 0644);

static atomic_t odd_count = ATOMIC_INIT(0);

static u32 odd(u32 assumptions)
{
	uint every = READ_ONCE(savic_odd);

	if (!every || (uint)atomic_inc_return(&odd_count) % every)
		return assumptions;
	return (assumptions & ~SAVIC_LAB_PAGE_TMR_MASK) | SAVIC_LAB_PAGE_TMR_NEVER;
}

struct savic_vcpu *savic_of(struct kvm_vcpu *vcpu)
{
	return &to_svm(vcpu)->savic;
}

bool savic_active(struct kvm_vcpu *vcpu)
{
	return savic_of(vcpu)->design;
}

static const struct savic_design *design_named(const char *name)
{
	const struct savic_design *const *design;

	for (design = savic_designs; *design; design++)
		if (!strcmp((*design)->name, name))
			return *design;
	return NULL;
}

int savic_lab_enable(struct kvm *kvm, struct kvm_enable_cap *cap)
{
	char name[SAVIC_LAB_NAME_SIZE];
	const struct savic_design *design;
	int error = 0;

	BUILD_BUG_ON(sizeof(name) + sizeof(cap->args[0]) > sizeof(cap->args));
	memcpy(name, &cap->args[1], sizeof(name));
	if (name[sizeof(name) - 1] || cap->args[0] & ~(u64)SAVIC_LAB_ASSUMPTIONS)
		return -EINVAL;
	design = design_named(name);
	if (!design)
		return -ENOENT;

	mutex_lock(&kvm->lock);
	if (kvm->created_vcpus || !irqchip_in_kernel(kvm)) {
		error = -EINVAL;
	} else {
		kvm->arch.savic_design = design;
		kvm->arch.savic_assumptions = cap->args[0];
	}
	mutex_unlock(&kvm->lock);
	return error;
}

/* Patch 04, and what the processor begins with. */
void savic_vcpu_create(struct kvm_vcpu *vcpu)
{
	struct savic_vcpu *savic = savic_of(vcpu);

	savic->design = vcpu->kvm->arch.savic_design;
	if (!savic->design)
		return;
	savic->assumptions = odd(vcpu->kvm->arch.savic_assumptions);
	vcpu->arch.apic->guest_apic_protected = true;
	vcpu->arch.apic->prot_apic_intr_inject = true;
}

/* At its start, and at an INIT: nothing is left of what VMCB, GHCB and processor had. */
void savic_vcpu_reset(struct kvm_vcpu *vcpu)
{
	struct savic_vcpu *savic = savic_of(vcpu);

	savic->update_irr = false;
	memset(savic->requested_irr, 0, sizeof(savic->requested_irr));
	savic->has_pending_ipi = false;
	savic->page_gpa = INVALID_GPA;
	savic->ghcb_msr = 0;
	savic_unpin(savic);
	savic->control = 0;
	savic->interrupted = 0;
	savic->shadow_rip = ~0ULL;
}

void savic_vcpu_free(struct kvm_vcpu *vcpu)
{
	savic_unpin(savic_of(vcpu));
}
