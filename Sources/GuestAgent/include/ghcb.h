/*
 * The guest-hypervisor communication block and its protocols, version 2, as numbers: for the
 * secure agent, and for the emulator that answers it (kvm-snp-uapi §3).
 */
#ifndef SAVIC_EOI_GHCB_H
#define SAVIC_EOI_GHCB_H

/* Model-specific registers. */
#define MSR_GHCB 0xc0010130
#define MSR_SEV_STATUS 0xc0010131
#define MSR_SAVIC_CONTROL 0xc0010138

/* SEV_STATUS. */
#define SEV_STATUS_SNP 2          /* bit number */
#define SEV_STATUS_SECURE_AVIC 18 /* bit number */

/* SAVIC_CONTROL: the page's address and this bit. */
#define SAVIC_CONTROL_EN 1

/* MSR protocol: low 12 bits of what is written, and of the answer. */
#define GHCB_MSR_INFO_MASK 0xfff
#define GHCB_MSR_SEV_INFO 0x001
#define GHCB_MSR_SEV_INFO_MAXIMUM_SHIFT 48
#define GHCB_MSR_SEV_INFO_MINIMUM_SHIFT 32
#define GHCB_MSR_SEV_INFO_C_BIT_SHIFT 24
#define GHCB_MSR_SEV_INFO_REQUEST 0x002
#define GHCB_MSR_REGISTER_REQUEST 0x012
#define GHCB_MSR_REGISTER 0x013
#define GHCB_MSR_TERMINATE 0x100
#define GHCB_MSR_TERMINATE_SET_SHIFT 12
#define GHCB_MSR_TERMINATE_CODE_SHIFT 16

/* Fields of the page; field n of 8 bytes is bit n of the bitmap. */
#define GHCB_RAX 0x1f8
#define GHCB_RCX 0x308
#define GHCB_RDX 0x310
#define GHCB_RBX 0x318
#define GHCB_EXIT_CODE 0x390
#define GHCB_EXIT_INFO_1 0x398
#define GHCB_EXIT_INFO_2 0x3a0
#define GHCB_SCRATCH 0x3a8
#define GHCB_VALID_BITMAP 0x3f0
#define GHCB_SHARED_BUFFER 0x800
#define GHCB_SHARED_BUFFER_SIZE 2032
#define GHCB_PROTOCOL_VERSION_OFFSET 0xffa
#define GHCB_USAGE 0xffc
#define GHCB_SIZE 0x1000
#define GHCB_PROTOCOL_VERSION 2

/* NAE events: SW_EXITCODE. */
#define GHCB_EVENT_IOIO 0x7b
#define GHCB_EVENT_MSR 0x7c /* EXITINFO1: 0 read, 1 write */
#define GHCB_EVENT_MMIO_READ 0x80000001
#define GHCB_EVENT_MMIO_WRITE 0x80000002 /* EXITINFO1 = address, EXITINFO2 = bytes */
/* Secure AVIC's page: EXITINFO1 0 registers RBX, 1 unregisters; RAX = APIC id or all ones. */
#define GHCB_EVENT_SECURE_AVIC 0x8000001a
#define GHCB_SECURE_AVIC_REGISTER 0
#define GHCB_SECURE_AVIC_UNREGISTER 1
/* A specific EOI (draft, known from coconut-svsm only): EXITINFO1 = vector. No KVM has it [U]. */
#define GHCB_EVENT_SPECIFIC_EOI 0x8000001b

/* EXITINFO1 of an IOIO event, bits below the port in 31:16. */
#define GHCB_IOIO_IN 0x1
#define GHCB_IOIO_STRING 0x4
#define GHCB_IOIO_SIZE_8 0x10
#define GHCB_IOIO_ADDRESS_64 0x200

/* Answers: EXITINFO1 bits 31:0, and the reasons of a malformed request in EXITINFO2. */
#define GHCB_ANSWER_OK 0
#define GHCB_ANSWER_EXCEPTION 1
#define GHCB_ANSWER_MALFORMED 2
#define GHCB_ERROR_NOT_REGISTERED 1
#define GHCB_ERROR_USAGE 2
#define GHCB_ERROR_SCRATCH 3
#define GHCB_ERROR_MISSING_INPUT 4
#define GHCB_ERROR_INVALID_INPUT 5
#define GHCB_ERROR_INVALID_EVENT 6
/* EXITINFO2 of an exception: vector, type 3 in 10:8, valid 31, as KVM answers a refused MSR
 * access; whether there is an error code, bit 11, it leaves open. */
#define GHCB_EXCEPTION_GP 0x8000030d
#define GHCB_EXCEPTION_MASK 0x800007ff

/* Error codes of #VC, vector 29: the exit that would have been. */
#define VC_MSR 0x7c
#define VC_AVIC_INCOMPLETE_IPI 0x401
#define VC_AVIC_NOACCEL 0x402

#endif
