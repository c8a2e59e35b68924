// SPDX-License-Identifier: GPL-2.0-only
/*
 * #VC. The frame is written by hand: QEMU's EVENTINJ pushes no error code for vector 29, and the
 * series' KVM never raises it, for the processor does.
 */
#include "../svm/svm.h"
#include "../x86.h"
#include "savic.h"

#define VECTOR_VC 29

/* Where the guest's gate of the vector leads, or 0. */
static u64 gate_target(struct kvm_vcpu *vcpu, u16 *selector)
{
	struct vmcb_seg *idtr = &to_svm(vcpu)->vmcb->save.idtr;
	struct x86_exception exception;
	u16 gate[8];

	if (VECTOR_VC * sizeof(gate) + sizeof(gate) - 1 > idtr->limit ||
	    kvm_read_guest_virt(vcpu, idtr->base + VECTOR_VC * sizeof(gate), gate, sizeof(gate),
				&exception) != X86EMUL_CONTINUE)
		return 0;
	/* Present, an interrupt gate, no stack of its own: what the agent's IDT has. */
	if ((gate[2] & 0xff07) != 0x8e00)
		return 0;
	*selector = gate[1];
	return gate[0] | (u64)gate[3] << 16 | (u64)gate[4] << 32 | (u64)gate[5] << 48;
}

/*
 * Raises #VC at an MSR access. A trap has done its work, and RIP is behind it; a fault has done
 * nothing, and RIP is at it. A guest without a gate for it shuts down.
 */
int savic_raise_vc(struct kvm_vcpu *vcpu, u32 code, bool is_trap)
{
	struct vmcb_save_area *save = &to_svm(vcpu)->vmcb->save;
	struct x86_exception exception;
	unsigned long flags;
	u16 selector;
	u64 target, stack, frame[6];

	if (is_trap && !kvm_skip_emulated_instruction(vcpu))
		return 0;
	target = gate_target(vcpu, &selector);
	if (!target || selector != save->cs.selector)
		goto shutdown;

	flags = kvm_get_rflags(vcpu);
	frame[0] = code;
	frame[1] = kvm_rip_read(vcpu);
	frame[2] = save->cs.selector;
	frame[3] = flags;
	frame[4] = kvm_rsp_read(vcpu);
	frame[5] = save->ss.selector;
	/* The processor aligns the stack before it pushes (APM volume 2, 8.9.3). */
	stack = ALIGN_DOWN(kvm_rsp_read(vcpu), 16) - sizeof(frame);
	if (kvm_write_guest_virt_system(vcpu, stack, frame, sizeof(frame), &exception) !=
	    X86EMUL_CONTINUE)
		goto shutdown;

	kvm_rsp_write(vcpu, stack);
	kvm_rip_write(vcpu, target);
	kvm_set_rflags(vcpu, flags & ~(X86_EFLAGS_IF | X86_EFLAGS_TF | X86_EFLAGS_NT |
				       X86_EFLAGS_RF));
	return 1;

shutdown:
	kvm_make_request(KVM_REQ_TRIPLE_FAULT, vcpu);
	return 1;
}
