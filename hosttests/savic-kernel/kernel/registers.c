// SPDX-License-Identifier: GPL-2.0-only
/*
 * Secure AVIC hardware at RDMSR and WRMSR: what ends in the page, what is #VC. The x2APIC
 * registers lie in the page at their xAPIC offsets.
 */
#include <linux/mm.h>

#include "../lapic.h"
#include "../svm/svm.h"
#include "../x86.h"
#include "savic.h"

#define MSR_GHCB 0xc0010130
#define MSR_STATUS 0xc0010131
#define MSR_CONTROL 0xc0010138

#define CONTROL_EN BIT_ULL(0)
/* SEV, SEV-ES, SEV-SNP, Secure AVIC. */
#define STATUS (BIT_ULL(0) | BIT_ULL(1) | BIT_ULL(2) | BIT_ULL(18))

/* Error codes of #VC. */
#define VC_MSR 0x7c
#define VC_INCOMPLETE_IPI 0x401
#define VC_NOACCEL 0x402

#define ICR_SELF_FIXED(icr) \
	(((icr) & (APIC_SHORT_MASK | APIC_MODE_MASK)) == (APIC_DEST_SELF | APIC_DM_FIXED))

bool savic_owns_msr(u32 msr)
{
	return msr == MSR_GHCB || msr == MSR_STATUS || msr == MSR_CONTROL ||
	       (msr >= APIC_BASE_MSR && msr <= APIC_BASE_MSR + 0xff);
}

static int gp(struct kvm_vcpu *vcpu)
{
	kvm_inject_gp(vcpu, 0);
	return 1;
}

/* The processor has written it. */
void savic_unpin(struct savic_vcpu *savic)
{
	if (savic->pinned)
		unpin_user_pages_dirty_lock(&savic->pinned, 1, true);
	savic->pinned = NULL;
	savic->page = NULL;
}

/* The processor uses the page that this names: it is pinned for as long. */
static int write_control(struct kvm_vcpu *vcpu, u64 value)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	struct page *page = NULL;
	unsigned long address;

	if (value & CONTROL_EN) {
		address = kvm_vcpu_gfn_to_hva(vcpu, gpa_to_gfn(value));
		if (kvm_is_error_hva(address) ||
		    pin_user_pages_fast(address, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
			return gp(vcpu);
	}
	savic_unpin(savic);
	savic->control = value;
	savic->pinned = page;
	savic->page = page ? page_address(page) : NULL;
	return kvm_skip_emulated_instruction(vcpu);
}

static u32 *page_register(struct savic_vcpu *savic, u32 msr)
{
	return (u32 *)(savic->page + ((msr - APIC_BASE_MSR) << 4));
}

/* Accelerated, unless the highest vector in service is level in the page (APM 15.29.9.2). */
static int write_eoi(struct kvm_vcpu *vcpu, u64 value)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	int vector = savic_highest_of(savic->page, APIC_ISR);

	if (value)
		return gp(vcpu);
	if (vector >= 0) {
		if (*savic_page_word(savic, APIC_TMR, vector / 32) & BIT(vector % 32) &&
		    !(savic->assumptions & SAVIC_LAB_LEVEL_EOI_ENDS))
			return savic_raise_vc(vcpu, VC_NOACCEL, true);
		*savic_page_word(savic, APIC_ISR, vector / 32) &= ~BIT(vector % 32);
	}
	return kvm_skip_emulated_instruction(vcpu);
}

static int write_x2apic(struct kvm_vcpu *vcpu, u32 msr, u64 value)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	u32 offset = (msr - APIC_BASE_MSR) << 4;

	switch (offset) {
	case APIC_EOI:
		return write_eoi(vcpu, value);
	case APIC_TASKPRI:
		*page_register(savic, msr) = value & 0xff;
		return kvm_skip_emulated_instruction(vcpu);
	case APIC_ICR:
		*page_register(savic, msr) = value;
		if (!ICR_SELF_FIXED(value))
			return savic_raise_vc(vcpu, VC_INCOMPLETE_IPI, true);
		fallthrough;
	case APIC_SELF_IPI:
		atomic_or(BIT(value % 32), (atomic_t *)savic_page_word(savic, APIC_IRR,
								       (value & 0xff) / 32));
		return kvm_skip_emulated_instruction(vcpu);
	case APIC_LVR:
	case APIC_ARBPRI:
	case APIC_PROCPRI:
	case APIC_TMCCT:
	case APIC_ISR ... APIC_IRR + 0x7f:
		return gp(vcpu);
	default:
		*page_register(savic, msr) = value;
		return savic_raise_vc(vcpu, VC_NOACCEL, true);
	}
}

static int answer(struct kvm_vcpu *vcpu, u64 value)
{
	vcpu->arch.regs[VCPU_REGS_RAX] = (u32)value;
	vcpu->arch.regs[VCPU_REGS_RDX] = value >> 32;
	return kvm_skip_emulated_instruction(vcpu);
}

static int read_x2apic(struct kvm_vcpu *vcpu, u32 msr)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	u32 task, in_service;

	switch ((msr - APIC_BASE_MSR) << 4) {
	case APIC_EOI:
		return gp(vcpu);
	case APIC_TMCCT:
		return savic_raise_vc(vcpu, VC_NOACCEL, false);
	case APIC_PROCPRI:
		task = *savic_page_word(savic, APIC_TASKPRI, 0) & 0xff;
		in_service = max(savic_highest_of(savic->page, APIC_ISR), 0) & 0xf0;
		return answer(vcpu, (task & 0xf0) >= in_service ? task : in_service);
	default:
		return answer(vcpu, *page_register(savic, msr));
	}
}

int savic_msr(struct kvm_vcpu *vcpu, bool is_write)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	u32 msr = kvm_rcx_read(vcpu);
	u64 value = kvm_read_edx_eax(vcpu);

	switch (msr) {
	case MSR_GHCB:
		if (!is_write)
			return answer(vcpu, savic->ghcb_msr);
		savic->ghcb_msr = value;
		return kvm_skip_emulated_instruction(vcpu);
	case MSR_STATUS:
		return is_write ? gp(vcpu) : answer(vcpu, STATUS);
	case MSR_CONTROL:
		return is_write ? write_control(vcpu, value) : answer(vcpu, savic->control);
	default:
		if (!savic->page)
			return savic_raise_vc(vcpu, VC_MSR, false);
		return is_write ? write_x2apic(vcpu, msr, value) : read_x2apic(vcpu, msr);
	}
}
