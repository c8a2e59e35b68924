/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel lab of savic-eoi: an ordinary VM whose vCPUs KVM treats as the Secure AVIC series
 * (RFC PATCH v2, 20250923050317.205482) does, while software plays the processor.
 *
 *   common.c    in kvm.ko: what the series changes in common code
 *   lab.c       the private capability; a vCPU's life
 *   rfc.c       the series: injection, IPIs, which exits are its own
 *   designs/    what moves and what an EOI completes: one file for each EOI design
 *   ghcb.c      the GHCB protocols, answered as sev.c answers them
 *   processor.c Secure AVIC hardware around VMRUN, with what nobody has published as a choice
 *   registers.c Secure AVIC hardware at RDMSR and WRMSR
 *   vc.c        #VC
 *
 * What is not here: Idle-HLT, so a guest that halts with something in its page sleeps on; several
 * vCPUs, though nothing is shared between them; and a VMM that takes away the memory of a page in
 * use: the processor here goes on with what it has pinned. Patch 07's flag is set by an ICR exit,
 * which no scenario has yet.
 */
#ifndef SAVIC_H
#define SAVIC_H

#include <linux/kvm_host.h>
#include <asm/apicdef.h>

#include "savic_lab.h"

#define SAVIC_WORDS 8	/* of 32 vectors */

/* The guest's access to the EOI register as it comes through the GHCB. */
struct savic_eoi {
	bool is_write;
	u64 data;
	/* The vector that the guest says it has ended, or −1: the series' guests say none. */
	int vector;
};

/* What becomes of the guest's access. */
enum savic_answer {
	SAVIC_DONE,
	SAVIC_GP,
};

/*
 * An EOI design: the two places where they differ, and two properties. Both functions run on the
 * vCPU's own thread.
 */
struct savic_design {
	/* The name that savic-eoi passes: that of its model. */
	const char *name;
	/*
	 * Takes out of `moving`, which is the software IRR, the vectors that must not go to the
	 * guest yet; NULL where all of them may. `level` is TMR, and decides what is noted too. Who
	 * holds a vector back has to raise KVM_REQ_EVENT where the hold is lifted, or nobody looks
	 * again.
	 */
	void (*hold)(struct kvm_vcpu *vcpu, u32 moving[SAVIC_WORDS],
		     const u32 level[SAVIC_WORDS]);
	/* Completes what this EOI ends: clears the shadow ISR and tells the IOAPIC. */
	enum savic_answer (*end)(struct kvm_vcpu *vcpu, const struct savic_eoi *eoi);
	/* The shadow and RequestedIRR are dropped when the guest takes its page away. */
	bool forgets_on_reset;
	/* The guest sends a specific EOI (draft NAE event 0x8000001B). */
	bool wants_vector;
};

/* Filled by the build from designs/; ends with NULL. */
extern const struct savic_design *const savic_designs[];

/* What a vCPU has on top; `design` is NULL for an ordinary one. */
struct savic_vcpu {
	const struct savic_design *design;
	u32 assumptions;	/* SAVIC_LAB_… */

	/* What patch 06 adds to the VMCB at 134h and 150h. */
	bool update_irr;
	u32 requested_irr[SAVIC_WORDS];
	/* Patch 07. */
	bool has_pending_ipi;
	/* Patch 12. */
	gpa_t page_gpa;

	u64 ghcb_msr;
	/* Of a store that userspace finishes. */
	u64 mmio_data;

	/* The processor: SAVIC_CONTROL, and the page that it uses while EN is set. */
	u64 control;
	u8 *page;
	struct page *pinned;
	/* EVENTINJ of an interrupt whose delivery an exit has cut short; 0 for none. */
	u32 interrupted;
	/* RIP at which STI's shadow was seen; ~0 for none. */
	u64 shadow_rip;
};

/* --- common.c --- */
int savic_next_interrupt(struct kvm_vcpu *vcpu);
bool savic_cancels(struct kvm_vcpu *vcpu);

/* --- lab.c --- */
struct savic_vcpu *savic_of(struct kvm_vcpu *vcpu);
bool savic_active(struct kvm_vcpu *vcpu);
int savic_lab_enable(struct kvm *kvm, struct kvm_enable_cap *cap);
void savic_vcpu_create(struct kvm_vcpu *vcpu);
void savic_vcpu_reset(struct kvm_vcpu *vcpu);
void savic_vcpu_free(struct kvm_vcpu *vcpu);

/* --- rfc.c --- */
bool savic_has_pending_interrupt(struct kvm_vcpu *vcpu);
void savic_set_requested_irr(struct kvm_vcpu *vcpu, bool reinjected);
bool savic_handle_msr_exit(struct kvm_vcpu *vcpu, u32 msr, bool is_write, u64 data,
			   enum savic_answer *answer);
void savic_forget(struct kvm_vcpu *vcpu);

/* For designs. */
u32 *savic_word(struct kvm_vcpu *vcpu, u32 base, int word);
int savic_highest(struct kvm_vcpu *vcpu, u32 base);
void savic_clear(struct kvm_vcpu *vcpu, u32 base, int vector);
bool savic_test(struct kvm_vcpu *vcpu, u32 base, int vector);
/* The level trigger mode is the one remembered from injection; otherwise TMR decides. */
void savic_complete(struct kvm_vcpu *vcpu, int vector, bool remembers_level);

/* --- ghcb.c --- */
int savic_vmgexit(struct kvm_vcpu *vcpu);

/* --- processor.c --- */
void savic_before_vmrun(struct kvm_vcpu *vcpu);
void savic_after_vmrun(struct kvm_vcpu *vcpu);

/* --- registers.c --- */
void savic_unpin(struct savic_vcpu *savic);
bool savic_owns_msr(u32 msr);
int savic_msr(struct kvm_vcpu *vcpu, bool is_write);

/* --- vc.c --- */
int savic_raise_vc(struct kvm_vcpu *vcpu, u32 code, bool is_trap);

/* The highest vector of a register of eight words, or −1. Others may write it meanwhile. */
static inline int savic_highest_of(const void *registers, u32 base)
{
	int word;

	for (word = SAVIC_WORDS - 1; word >= 0; word--) {
		u32 bits = READ_ONCE(*(const u32 *)(registers + base + word * 0x10));

		if (bits)
			return word * 32 + __fls(bits);
	}
	return -1;
}

/* The page that the processor has pinned. */
static inline u32 *savic_page_word(struct savic_vcpu *savic, u32 base, int word)
{
	return (u32 *)(savic->page + base + word * 0x10);
}

#endif
