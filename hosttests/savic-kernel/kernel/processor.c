// SPDX-License-Identifier: GPL-2.0-only
/*
 * Secure AVIC hardware around VMRUN. What nobody has published is a choice of the VM's
 * (SAVIC_LAB_…). Interrupts are off here, so nothing may fault: the page is pinned.
 */
#include "../lapic.h"
#include "../svm/svm.h"
#include "savic.h"

/* ALLOWED_IRR lies between the words of IRR. */
#define PAGE_ALLOWED_IRR (APIC_IRR + 4)

/* TMR in the page of the vectors that the page takes. */
static void take_tmr(struct kvm_vcpu *vcpu, int word, u32 taken)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	u32 *tmr = savic_page_word(savic, APIC_TMR, word);

	switch (savic->assumptions & SAVIC_LAB_PAGE_TMR_MASK) {
	case SAVIC_LAB_PAGE_TMR_ALWAYS:
		*tmr |= taken;
		break;
	case SAVIC_LAB_PAGE_TMR_NEVER:
		*tmr &= ~taken;
		break;
	case SAVIC_LAB_PAGE_TMR_ACCURATE:
		*tmr = (*tmr & ~taken) | (taken & *savic_word(vcpu, APIC_TMR, word));
		break;
	case SAVIC_LAB_PAGE_TMR_GUEST:
		break;
	}
}

/* UpdateIRR: the page takes what is requested and allowed. */
static void take_requested(struct kvm_vcpu *vcpu)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	bool is_left = false;
	int word;

	for (word = 0; word < SAVIC_WORDS; word++) {
		u32 *requested = &savic->requested_irr[word];
		u32 taken = 0;
		bool keeps = savic->assumptions & SAVIC_LAB_BEFORE_ENABLE_KEPT;

		if (savic->page) {
			taken = *requested & *savic_page_word(savic, PAGE_ALLOWED_IRR, word);
			/* Another processor may be setting a bit of the same word. */
			atomic_or(taken, (atomic_t *)savic_page_word(savic, APIC_IRR, word));
			take_tmr(vcpu, word, taken);
			keeps = savic->assumptions & SAVIC_LAB_DISALLOWED_KEPT;
		}
		*requested = keeps ? *requested & ~taken : 0;
		is_left |= *requested;
	}
	savic->update_irr = is_left;
}

/* The vector that the processor takes now, or −1: its class has to be above that of PPR. */
static int deliverable(struct kvm_vcpu *vcpu)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	struct vmcb *vmcb = to_svm(vcpu)->vmcb;
	int pending, in_service;
	u32 task;

	if (!savic->page || !(vmcb->save.rflags & X86_EFLAGS_IF) ||
	    vmcb->control.int_state & SVM_INTERRUPT_SHADOW_MASK)
		return -1;
	pending = savic_highest_of(savic->page, APIC_IRR);
	if (pending < 0)
		return -1;
	in_service = savic_highest_of(savic->page, APIC_ISR);
	task = *savic_page_word(savic, APIC_TASKPRI, 0) & 0xff;
	return pending >> 4 > max(in_service >> 4, (int)task >> 4) ? pending : -1;
}

static void deliver(struct kvm_vcpu *vcpu)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	struct vmcb_control_area *control = &to_svm(vcpu)->vmcb->control;
	int vector;

	/* An exception of KVM's goes first; the interrupt waits for the entry behind it. */
	if (control->event_inj & SVM_EVTINJ_VALID)
		return;
	if (savic->interrupted) {
		control->event_inj = savic->interrupted;
		savic->interrupted = 0;
		return;
	}
	vector = deliverable(vcpu);
	if (vector < 0)
		return;
	atomic_andnot(BIT(vector % 32),
		      (atomic_t *)savic_page_word(savic, APIC_IRR, vector / 32));
	*savic_page_word(savic, APIC_ISR, vector / 32) |= BIT(vector % 32);
	control->event_inj = vector | SVM_EVTINJ_VALID | SVM_EVTINJ_TYPE_INTR;
}

/*
 * QEMU's VMRUN does not load the interrupt shadow. So a guest that exits behind STI for a reason
 * of the host's keeps its shadow here, for as long as it stands at that instruction.
 */
static void keep_shadow(struct kvm_vcpu *vcpu)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	struct vmcb *vmcb = to_svm(vcpu)->vmcb;

	if (vmcb->control.int_state & SVM_INTERRUPT_SHADOW_MASK)
		savic->shadow_rip = vmcb->save.rip;
	else if (vmcb->save.rip == savic->shadow_rip)
		vmcb->control.int_state |= SVM_INTERRUPT_SHADOW_MASK;
	else
		savic->shadow_rip = ~0ULL;
}

void savic_before_vmrun(struct kvm_vcpu *vcpu)
{
	if (!savic_active(vcpu))
		return;
	/* Patch 07 clears it in pre_sev_run(). */
	WRITE_ONCE(savic_of(vcpu)->has_pending_ipi, false);
	if (savic_of(vcpu)->update_irr)
		take_requested(vcpu);
	deliver(vcpu);
}

/*
 * The processor re-injects what an exit has cut short; KVM must not see it. The lab's guests have
 * no INT n, which would be the other kind of it.
 */
void savic_after_vmrun(struct kvm_vcpu *vcpu)
{
	struct vmcb_control_area *control = &to_svm(vcpu)->vmcb->control;
	u32 info = control->exit_int_info;

	if (!savic_active(vcpu))
		return;
	keep_shadow(vcpu);
	if (info & SVM_EXITINTINFO_VALID &&
	    (info & SVM_EXITINTINFO_TYPE_MASK) == SVM_EXITINTINFO_TYPE_INTR) {
		savic_of(vcpu)->interrupted = info;
		control->exit_int_info = 0;
	}
}
