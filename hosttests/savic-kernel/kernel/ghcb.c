// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both protocols of the GHCB, as far as the secure agent needs them (GHCB specification 56421,
 * revision 2.04; the Secure AVIC event is of patch 12). In an ordinary VM the guest's VMGEXIT is
 * `rep vmmcall`, which exits as VMMCALL.
 */
#include <linux/version.h>

#include "../svm/svm.h"
#include "../x86.h"
#include "savic.h"

#define VMGEXIT_LENGTH 4

/* MSR protocol. */
#define MSR_INFO_MASK 0xfff
#define MSR_SEV_INFO 0x001
#define MSR_SEV_INFO_REQUEST 0x002
#define MSR_REGISTER_REQUEST 0x012
#define MSR_REGISTER 0x013
#define MSR_TERMINATE 0x100
#define PROTOCOL_MAXIMUM 2ULL
#define PROTOCOL_MINIMUM 1ULL
/* Nobody looks for an encryption bit in the lab; this is the usual one. */
#define C_BIT 51ULL

/* Events of the page protocol. */
#define EVENT_IOIO 0x7b
#define EVENT_MSR 0x7c
#define EVENT_MMIO_WRITE 0x80000002
#define EVENT_SECURE_AVIC 0x8000001a
#define EVENT_SPECIFIC_EOI 0x8000001b

#define IOIO_IN BIT(0)
#define IOIO_STRING BIT(2)
#define IOIO_SIZE_8 BIT(4)
#define IOIO_PORT(info) ((info) >> 16 & 0xffff)

#define SAVIC_REGISTER 0
#define SAVIC_UNREGISTER 1
#define SELF (~0ULL)

/* SW_EXITINFO1 of an answer, and SW_EXITINFO2 where it is MALFORMED. */
#define ANSWER_OK 0
#define ANSWER_EXCEPTION 1
#define ANSWER_MALFORMED 2
#define ERROR_USAGE 2
#define ERROR_SCRATCH 3
#define ERROR_MISSING_INPUT 4
#define ERROR_INVALID_INPUT 5
#define ERROR_INVALID_EVENT 6
/* #GP as KVM tells it: vector, type exception, valid. */
#define EXCEPTION_GP 0x8000030dULL

#define FIELD(name) offsetof(struct ghcb, save.name)
#define BUFFER offsetof(struct ghcb, shared_buffer)

/* A request that is being handled: the guest may change its page meanwhile, so it is a copy. */
struct request {
	gpa_t ghcb;
	u8 bitmap[16];
	u64 code, info1, info2;
};

static u64 get(struct kvm_vcpu *vcpu, const struct request *request, u32 field)
{
	u64 value = 0;

	kvm_vcpu_read_guest(vcpu, request->ghcb + field, &value, sizeof(value));
	return value;
}

static void put(struct kvm_vcpu *vcpu, struct request *request, u32 field, u64 value)
{
	request->bitmap[field / 64] |= BIT(field / 8 % 8);
	kvm_vcpu_write_guest(vcpu, request->ghcb + field, &value, sizeof(value));
}

/* From here on the bitmap is that of the answer. */
static void begin_answer(struct request *request)
{
	memset(request->bitmap, 0, sizeof(request->bitmap));
}

static bool has(const struct request *request, u32 field)
{
	return request->bitmap[field / 64] & BIT(field / 8 % 8);
}

/* The bitmap of the answer is the last thing that is written. */
static int answer(struct kvm_vcpu *vcpu, struct request *request, u64 info1, u64 info2)
{
	put(vcpu, request, FIELD(sw_exit_info_1), info1);
	put(vcpu, request, FIELD(sw_exit_info_2), info2);
	kvm_vcpu_write_guest(vcpu, request->ghcb + FIELD(valid_bitmap), request->bitmap,
			     sizeof(request->bitmap));
	return 1;
}

static int malformed(struct kvm_vcpu *vcpu, struct request *request, u64 reason)
{
	begin_answer(request);
	return answer(vcpu, request, ANSWER_MALFORMED, reason);
}

static int gp(struct kvm_vcpu *vcpu, struct request *request)
{
	begin_answer(request);
	return answer(vcpu, request, ANSWER_EXCEPTION, EXCEPTION_GP);
}

/* OUT of a byte, which userspace gets. */
static int handle_ioio(struct kvm_vcpu *vcpu, struct request *request)
{
	struct kvm_run *run = vcpu->run;
	u16 port = IOIO_PORT(request->info1);
	u8 value;

	if (!has(request, FIELD(rax)))
		return malformed(vcpu, request, ERROR_MISSING_INPUT);
	if (request->info1 & (IOIO_IN | IOIO_STRING) || !(request->info1 & IOIO_SIZE_8))
		return malformed(vcpu, request, ERROR_INVALID_INPUT);
	value = get(vcpu, request, FIELD(rax));
	begin_answer(request);
	answer(vcpu, request, ANSWER_OK, 0);
	if (!kvm_io_bus_write(vcpu, KVM_PIO_BUS, port, sizeof(value), &value))
		return 1;

	run->exit_reason = KVM_EXIT_IO;
	run->io.direction = KVM_EXIT_IO_OUT;
	run->io.size = sizeof(value);
	run->io.port = port;
	run->io.count = 1;
	run->io.data_offset = KVM_PIO_PAGE_OFFSET * PAGE_SIZE;
	memcpy(vcpu->arch.pio_data, &value, sizeof(value));
	return 0;
}

static int emulate_msr(struct kvm_vcpu *vcpu, u32 msr, bool is_write, u64 *value)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	return is_write ? kvm_emulate_msr_write(vcpu, msr, *value) :
			  kvm_emulate_msr_read(vcpu, msr, value);
#else
	return is_write ? kvm_set_msr(vcpu, msr, *value) : kvm_get_msr(vcpu, msr, value);
#endif
}

static int handle_msr(struct kvm_vcpu *vcpu, struct request *request)
{
	bool is_write = request->info1;
	enum savic_answer decision;
	u64 value = 0;
	u32 msr;

	if (!has(request, FIELD(rcx)) ||
	    (is_write && (!has(request, FIELD(rax)) || !has(request, FIELD(rdx)))))
		return malformed(vcpu, request, ERROR_MISSING_INPUT);
	msr = get(vcpu, request, FIELD(rcx));
	if (is_write)
		value = (u32)get(vcpu, request, FIELD(rax)) |
			get(vcpu, request, FIELD(rdx)) << 32;
	begin_answer(request);

	if (savic_handle_msr_exit(vcpu, msr, is_write, value, &decision)) {
		if (decision == SAVIC_GP)
			return gp(vcpu, request);
	} else if (emulate_msr(vcpu, msr, is_write, &value)) {
		return gp(vcpu, request);
	}
	if (!is_write) {
		put(vcpu, request, FIELD(rax), (u32)value);
		put(vcpu, request, FIELD(rdx), value >> 32);
	}
	return answer(vcpu, request, ANSWER_OK, 0);
}

/* KVM's own devices see it first. Userspace gets it from memory that outlives this function. */
static int handle_store(struct kvm_vcpu *vcpu, struct request *request)
{
	u64 *data = &savic_of(vcpu)->mmio_data, copy = 0;
	u64 scratch = get(vcpu, request, FIELD(sw_scratch));
	u64 length = request->info2;

	if (!has(request, FIELD(sw_scratch)))
		return malformed(vcpu, request, ERROR_MISSING_INPUT);
	if (!length || length > sizeof(*data))
		return malformed(vcpu, request, ERROR_INVALID_INPUT);
	if (scratch - (request->ghcb + BUFFER) > sizeof_field(struct ghcb, shared_buffer) - length)
		return malformed(vcpu, request, ERROR_SCRATCH);
	/* Hardened usercopy lets nothing be copied into a vCPU itself. */
	if (kvm_vcpu_read_guest(vcpu, scratch, &copy, length))
		return -EINVAL;
	*data = copy;
	begin_answer(request);
	answer(vcpu, request, ANSWER_OK, 0);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	return kvm_sev_es_mmio(vcpu, true, request->info1, length, data);
#else
	return kvm_sev_es_mmio_write(vcpu, request->info1, length, data);
#endif
}

/* Patch 12, for this vCPU: the lab's guests register their own page. */
static int handle_page(struct kvm_vcpu *vcpu, struct request *request)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	bool registers = request->info1 == SAVIC_REGISTER;
	u64 target = get(vcpu, request, FIELD(rax));
	u64 address = get(vcpu, request, FIELD(rbx));

	if (!has(request, FIELD(rax)) || (registers && !has(request, FIELD(rbx))))
		return malformed(vcpu, request, ERROR_MISSING_INPUT);
	if ((target != SELF && target != vcpu->vcpu_id) ||
	    (!registers && request->info1 != SAVIC_UNREGISTER) ||
	    (registers && !IS_ALIGNED(address, PAGE_SIZE)))
		return malformed(vcpu, request, ERROR_INVALID_INPUT);
	begin_answer(request);

	if (registers) {
		savic->page_gpa = address;
	} else {
		put(vcpu, request, FIELD(rbx),
		    savic->page_gpa == INVALID_GPA ? 0 : savic->page_gpa);
		savic->page_gpa = INVALID_GPA;
		if (savic->design->forgets_on_reset)
			savic_forget(vcpu);
	}
	return answer(vcpu, request, ANSWER_OK, 0);
}

/* The guest says which vector it has ended: for the design that changes the guest. */
static int handle_specific_eoi(struct kvm_vcpu *vcpu, struct request *request)
{
	const struct savic_design *design = savic_of(vcpu)->design;
	const struct savic_eoi eoi = { .is_write = true, .vector = request->info1 & 0xff };

	if (!design->wants_vector)
		return malformed(vcpu, request, ERROR_INVALID_EVENT);
	begin_answer(request);
	if (design->end(vcpu, &eoi) == SAVIC_GP)
		return gp(vcpu, request);
	return answer(vcpu, request, ANSWER_OK, 0);
}

static int handle_event(struct kvm_vcpu *vcpu, gpa_t ghcb)
{
	struct request request = { .ghcb = ghcb };
	u32 usage = ~0;

	if (kvm_vcpu_read_guest(vcpu, ghcb + FIELD(valid_bitmap), request.bitmap,
				sizeof(request.bitmap)) ||
	    kvm_vcpu_read_guest(vcpu, ghcb + offsetof(struct ghcb, ghcb_usage), &usage,
				sizeof(usage)))
		return -EINVAL;
	request.code = get(vcpu, &request, FIELD(sw_exit_code));
	request.info1 = get(vcpu, &request, FIELD(sw_exit_info_1));
	request.info2 = get(vcpu, &request, FIELD(sw_exit_info_2));
	if (usage)
		return malformed(vcpu, &request, ERROR_USAGE);
	if (!has(&request, FIELD(sw_exit_code)) || !has(&request, FIELD(sw_exit_info_1)) ||
	    !has(&request, FIELD(sw_exit_info_2)))
		return malformed(vcpu, &request, ERROR_MISSING_INPUT);

	switch (request.code) {
	case EVENT_IOIO:
		return handle_ioio(vcpu, &request);
	case EVENT_MSR:
		return handle_msr(vcpu, &request);
	case EVENT_MMIO_WRITE:
		return handle_store(vcpu, &request);
	case EVENT_SECURE_AVIC:
		return handle_page(vcpu, &request);
	case EVENT_SPECIFIC_EOI:
		return handle_specific_eoi(vcpu, &request);
	default:
		return malformed(vcpu, &request, ERROR_INVALID_EVENT);
	}
}

static int terminate(struct kvm_vcpu *vcpu)
{
	vcpu->run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	vcpu->run->system_event.type = KVM_SYSTEM_EVENT_SEV_TERM;
	vcpu->run->system_event.ndata = 1;
	vcpu->run->system_event.data[0] = savic_of(vcpu)->ghcb_msr;
	return 0;
}

int savic_vmgexit(struct kvm_vcpu *vcpu)
{
	struct savic_vcpu *savic = savic_of(vcpu);
	u64 msr = savic->ghcb_msr;

	/* Not by the emulator, which would decode what has four bytes in all of the lab's guests. */
	kvm_rip_write(vcpu, kvm_rip_read(vcpu) + VMGEXIT_LENGTH);
	to_svm(vcpu)->vmcb->control.int_state &= ~SVM_INTERRUPT_SHADOW_MASK;

	switch (msr & MSR_INFO_MASK) {
	case 0:
		return handle_event(vcpu, msr);
	case MSR_SEV_INFO_REQUEST:
		savic->ghcb_msr = MSR_SEV_INFO | PROTOCOL_MAXIMUM << 48 | PROTOCOL_MINIMUM << 32 |
				  C_BIT << 24;
		return 1;
	case MSR_REGISTER_REQUEST:
		savic->ghcb_msr = MSR_REGISTER | (msr & ~(u64)MSR_INFO_MASK);
		return 1;
	case MSR_TERMINATE:
		return terminate(vcpu);
	default:
		return -EINVAL;
	}
}
