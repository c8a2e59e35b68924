// SPDX-License-Identifier: GPL-2.0-only
/* How a VM gets into the lab, and the life of its vCPUs. */
#include <linux/mm.h>
#include <linux/moduleparam.h>

#include "../irq.h"
#include "../lapic.h"
#include "../svm/svm.h"
#include "savic.h"

/*
 * Hardware that does something else now and then: in one VM out of so many, VMRUN clears TMR in the
 * page, whatever was asked for. 0 for hardware that does as it is told.
 */
static uint savic_odd;
module_param(savic_odd, uint, 0644);

/* Under `kvm->lock` of one VM or another, so it may lose a count; nobody counts on it. */
static uint odd_count;

static u32 odd(u32 assumptions)
{
	uint every = READ_ONCE(savic_odd);

	if (!every || ++odd_count % every)
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
		kvm->arch.savic_assumptions = odd(cap->args[0]);
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
	savic->assumptions = vcpu->kvm->arch.savic_assumptions;
	savic->page_gpa = INVALID_GPA;
	savic->shadow_rip = ~0ULL;
	vcpu->arch.apic->guest_apic_protected = true;
	vcpu->arch.apic->prot_apic_intr_inject = true;
}

void savic_vcpu_free(struct kvm_vcpu *vcpu)
{
	struct savic_vcpu *savic = savic_of(vcpu);

	if (savic->pinned)
		unpin_user_page(savic->pinned);
}
