/*
 * The page that host and guest agent share: its one definition, for C, assembly and (through the
 * macros, which import as constants) Swift.
 *
 * One command is one round: the host writes sequence, command and operand and runs the vCPU until
 * the agent's READY exit; the agent then has written everything below `echo`. Neither side looks
 * at the page while the other one runs, so there is nothing to lock and nothing to poll.
 */
#ifndef SAVIC_EOI_MAILBOX_H
#define SAVIC_EOI_MAILBOX_H

/* "SAVICEOI" read as a little-endian number; the agent writes it in its first report. */
#define MAILBOX_MAGIC 0x494f454349564153
/* Raised with every change of this file's meaning. */
#define MAILBOX_VERSION 5
/* Bytes reserved for the mailbox: one page. */
#define MAILBOX_SIZE 4096

/* Written by the agent, once. */
#define MAILBOX_MAGIC_OFFSET 0x000
#define MAILBOX_VERSION_OFFSET 0x008
/* Written by the host before each run. */
#define MAILBOX_SEQUENCE_OFFSET 0x010
#define MAILBOX_COMMAND_OFFSET 0x018
#define MAILBOX_OPERAND_OFFSET 0x020
/* How EOI is to be signalled: AGENT_EOI_…; the plain agent knows the native way only. */
#define MAILBOX_WAY_OFFSET 0x028
/* Written by the agent for each command. */
#define MAILBOX_ECHO_OFFSET 0x040
#define MAILBOX_RESULT_OFFSET 0x048
#define MAILBOX_OPEN_OFFSET 0x04c
#define MAILBOX_VALUE_OFFSET 0x050
#define MAILBOX_ACCEPTED_COUNT_OFFSET 0x058
#define MAILBOX_ACCEPTED_VECTOR_OFFSET 0x060
#define MAILBOX_DONE_OFFSET 0x064
/* Written by the agent when an exception ends the run. */
#define MAILBOX_EXCEPTION_VECTOR_OFFSET 0x080
#define MAILBOX_EXCEPTION_CODE_OFFSET 0x088
#define MAILBOX_EXCEPTION_RIP_OFFSET 0x090
#define MAILBOX_EXCEPTION_CR2_OFFSET 0x098
/* Written by the secure agent: SEV_STATUS at its start; what a failure is about, see AGENT_FAIL_…
 */
#define MAILBOX_SEV_STATUS_OFFSET 0x0a0
#define MAILBOX_FAILURE_OFFSET 0x0a8
/* Written by the secure agent's #VC handler: exceptions of Secure AVIC since the start, and of
 * the last one its error code, the MSR, and AGENT_VC_… flags. */
#define MAILBOX_VC_COUNT_OFFSET 0x0b8
#define MAILBOX_VC_CODE_OFFSET 0x0c0
#define MAILBOX_VC_MSR_OFFSET 0x0c4
#define MAILBOX_VC_FLAGS_OFFSET 0x0c8
/* Written by the secure agent: EOIs that it has sent through the GHCB since the start. */
#define MAILBOX_FORWARDED_COUNT_OFFSET 0x0d0
/* Written by the secure agent: interrupts that came before the window's exit since the start. */
#define MAILBOX_EARLY_COUNT_OFFSET 0x0d8
/* Written by the SNAPSHOT command: 8 registers of 32 vectors each, lowest vectors first. */
#define MAILBOX_ISR_OFFSET 0x100
#define MAILBOX_TMR_OFFSET 0x120
#define MAILBOX_IRR_OFFSET 0x140
#define MAILBOX_TPR_OFFSET 0x160
/* RDMSR 0x80A. */
#define MAILBOX_PPR_OFFSET 0x164
/* Secure agent: exceptions of that RDMSR. If there was one, the value is none, or KVM's PPR, which
 * the #VC handler has fetched, and not the page's. */
#define MAILBOX_PPR_VC_OFFSET 0x168
/* Secure agent: ALLOWED_IRR of its page; and with operand 1 KVM's view, read through the GHCB. */
#define MAILBOX_ALLOWED_OFFSET 0x180
#define MAILBOX_KVM_ISR_OFFSET 0x1a0
#define MAILBOX_KVM_TMR_OFFSET 0x1c0
#define MAILBOX_KVM_IRR_OFFSET 0x1e0

/* The `sequence` of the agent's first report, which answers no command. */
#define MAILBOX_HELLO 0xffffffffffffffff

/* Commands. Names are the guest's actions; operands are the value that WRMSR writes. */
#define AGENT_RUN 0      /* nothing: only the window, if open */
#define AGENT_STI 1      /* open := 1 */
#define AGENT_CLI 2      /* open := 0 */
#define AGENT_EOI 3      /* by the mailbox's way; data = operand (normally 0) */
/* Read of 0x80B into value; plain: RDMSR (x2APIC: #GP), secure: through the GHCB. */
#define AGENT_READ_EOI 4
#define AGENT_TPR 5      /* WRMSR 0x808, operand */
#define AGENT_SELF_IPI 6 /* WRMSR 0x83F, operand = vector */
#define AGENT_SPIV 7     /* write of 0x80F, operand; bit 8 enables the APIC; secure: to KVM */
/* The guest's own view of ISR, TMR, IRR, TPR. It never opens the window. */
#define AGENT_SNAPSHOT 8
#define AGENT_STOP 9     /* the STOP exit, for good */
/* For the host's own tests: they show that it survives such guests. */
#define AGENT_SPIN 10  /* never comes back */
#define AGENT_HLT 11   /* halts with interrupts closed */
#define AGENT_FAULT 12 /* executes an undefined instruction */
/*
 * A store to a device: operand bits 63:32 = physical address, bits 31:0 = value. It never opens
 * the window: what a host step does to the IOAPIC is no step of the guest.
 */
#define AGENT_STORE 13
#define AGENT_ICR 14 /* WRMSR 0x830, operand */
/* Secure agent only, from here on. */
/* Sets a vector in ALLOWED_IRR: operand bits 7:0 = vector, bits 9:8 = AGENT_TMR_…. */
#define AGENT_ALLOW 15
#define AGENT_DISALLOW 16 /* clears a vector in ALLOWED_IRR: operand = vector */
/* Registers the backing page with KVM (0x8000001A) and sets SAVIC_CONTROL.EN. */
#define AGENT_ENABLE 17
/*
 * A new life, as by kexec: SAVIC_CONTROL := 0, page unregistered, page cleared but for ALLOWED_IRR
 * (and TMR, if operand bit 0 is set), registered and enabled again; open := 0, so no window.
 */
#define AGENT_RESET 18
#define AGENT_COMMANDS 19

/* What ALLOW does with the vector's TMR bit in the page. */
#define AGENT_TMR_LEAVE 0
#define AGENT_TMR_CLEAR 1
#define AGENT_TMR_SET 2

/* Ways of EOI, in the mailbox's `way`. */
#define AGENT_EOI_NATIVE 0  /* WRMSR 0x80B; what the hardware does not accelerate is a #VC */
#define AGENT_EOI_GHCB 1    /* clears the highest page ISR bit, if any; then a GHCB write */
/* savic_eoi() of Linux: nothing in service → nothing; page TMR set → GHCB; else native. */
#define AGENT_EOI_LINUX 2
#define AGENT_EOI_BOTH 3    /* NATIVE, then FORWARD, as the RFC's selftests do */
#define AGENT_EOI_FORWARD 4 /* a GHCB write of the operand; the page is left alone */
/* The same as LINUX, with the window closed; value := the vector that was ended, if its TMR bit was
 * clear in the page, else 0. Linux' ioapic_ack_level() then ends it at the IOAPIC, too. */
#define AGENT_EOI_LINUX_LEVEL 5
/* Bit on top: what goes through the GHCB is a specific EOI (draft 0x8000001B) that carries the
 * highest vector in service before the command, not an MSR write. */
#define AGENT_EOI_CONVEY 0x100
/* Bit on top: what the #VC handler forwards, or BOTH behind it, may find nothing noted in KVM.
 * Without it the agent reads KVM's in-service registers first, and ends itself where they are
 * empty: there is a kernel that would write outside its memory (hazard A1). */
#define AGENT_EOI_UNNOTED 0x200
/* The `way` without bits on top. */
#define AGENT_EOI_WAY_MASK 0xff

/* Results. */
#define AGENT_OK 0
#define AGENT_GP 1      /* the MSR access raised #GP; nothing else happened */
#define AGENT_UNKNOWN 2 /* no such command */

/*
 * Ports. Below 0x100 to be immediate operands, away from the PIC, the PIT and port 0x7E (whose
 * OUT KVM completes differently, KVM_X86_QUIRK_OUT_7E_INC_RIP).
 */
#define AGENT_WINDOW_PORT 0xe0    /* if open, with IF = 1; after an EOI; just re-enter */
#define AGENT_READY_PORT 0xe1     /* the command is done; IF = 0 */
#define AGENT_EXCEPTION_PORT 0xe2 /* an exception ended the run */
#define AGENT_STOP_PORT 0xe3      /* the STOP command */
/* Where the emulator loads the secure agent, each VMGEXIT is an OUT to this port. */
#define AGENT_VMGEXIT_PORT 0xe4

/*
 * A secure guest that cannot go on asks KVM to terminate it (GHCB MSR protocol 0x100) with this
 * reason set and one of these codes; `failure` says what it is about.
 */
#define AGENT_FAIL_SET 0xe
#define AGENT_FAIL_NO_SNP 1     /* SEV_STATUS without bit 2; failure[0] = SEV_STATUS */
#define AGENT_FAIL_NO_SAVIC 2   /* SEV_STATUS without bit 18; failure[0] = SEV_STATUS */
#define AGENT_FAIL_PROTOCOL 3   /* no GHCB protocol 2; failure[0] = the MSR's answer */
#define AGENT_FAIL_GHCB_GPA 4   /* GHCB not registered; failure[0] = the MSR's answer */
#define AGENT_FAIL_PAGE 5       /* page (un)registration refused; failure = EXITINFO1, EXITINFO2 */
#define AGENT_FAIL_GHCB 6       /* any other event refused; failure = EXITINFO1, EXITINFO2 */
#define AGENT_FAIL_EXCEPTION 7  /* exception before there was a GHCB, or in its use */
#define AGENT_FAIL_VC 8         /* #VC that nobody handles; failure = error code, RIP */
#define AGENT_FAIL_CONTROL 9    /* SAVIC_CONTROL reads back otherwise; failure = wanted, found */
/* An EOI in #VC, or the second of BOTH, for which KVM has nothing noted, not sent; failure = error
 * code or 0, highest vector in service before the command or all ones */
#define AGENT_FAIL_UNNOTED 10

/* Flags of the last #VC. */
#define AGENT_VC_TRAP 1    /* RIP was behind the instruction */
#define AGENT_VC_WRITE 2   /* WRMSR, not RDMSR */
#define AGENT_VC_IN_ISR 4  /* EOI: the hardware had left the vector's ISR bit set */
#define AGENT_VC_REFUSED 8 /* the host wanted a #GP for the access */

/* Bytes per entry of the stub table: one entry per IDT vector, 256 of them. */
#define AGENT_STUB_SIZE 16

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

/* The page as C sees it. */
struct mailbox {
    uint64_t magic;
    uint32_t version;
    uint32_t reserved0;
    uint64_t sequence;
    uint32_t command;
    uint32_t reserved1;
    uint64_t operand;
    uint32_t way; /* AGENT_EOI_… */
    uint32_t reserved2[5];
    uint64_t echo;            /* sequence of the command that is done */
    uint32_t result;          /* AGENT_OK … */
    uint32_t open;            /* the guest's interrupt flag; 1 = interrupts are taken */
    uint64_t value;           /* what READ_EOI read */
    uint64_t accepted_count;  /* interrupts taken since boot */
    uint32_t accepted_vector; /* taken during this command; 0 = none */
    uint32_t done;            /* the command that is done */
    uint64_t reserved3[3];
    uint64_t exception_vector;
    uint64_t exception_code;
    uint64_t exception_rip;
    uint64_t exception_cr2;
    uint64_t sev_status;
    uint64_t failure[2];
    uint64_t vc_count;
    uint32_t vc_code;
    uint32_t vc_msr;
    uint32_t vc_flags;
    uint32_t reserved4;
    uint64_t forwarded_count;
    uint64_t early_count;
    uint64_t reserved5[4];
    uint32_t isr[8];
    uint32_t tmr[8];
    uint32_t irr[8];
    uint32_t tpr;
    uint32_t ppr;
    uint32_t ppr_vc;
    uint32_t reserved6[5];
    uint32_t allowed[8];
    uint32_t kvm_isr[8];
    uint32_t kvm_tmr[8];
    uint32_t kvm_irr[8];
};

#define MAILBOX_HOLDS(field, offset) \
    _Static_assert(offsetof(struct mailbox, field) == (offset), #field)

MAILBOX_HOLDS(magic, MAILBOX_MAGIC_OFFSET);
MAILBOX_HOLDS(version, MAILBOX_VERSION_OFFSET);
MAILBOX_HOLDS(sequence, MAILBOX_SEQUENCE_OFFSET);
MAILBOX_HOLDS(command, MAILBOX_COMMAND_OFFSET);
MAILBOX_HOLDS(operand, MAILBOX_OPERAND_OFFSET);
MAILBOX_HOLDS(echo, MAILBOX_ECHO_OFFSET);
MAILBOX_HOLDS(result, MAILBOX_RESULT_OFFSET);
MAILBOX_HOLDS(open, MAILBOX_OPEN_OFFSET);
MAILBOX_HOLDS(value, MAILBOX_VALUE_OFFSET);
MAILBOX_HOLDS(accepted_count, MAILBOX_ACCEPTED_COUNT_OFFSET);
MAILBOX_HOLDS(accepted_vector, MAILBOX_ACCEPTED_VECTOR_OFFSET);
MAILBOX_HOLDS(done, MAILBOX_DONE_OFFSET);
MAILBOX_HOLDS(exception_vector, MAILBOX_EXCEPTION_VECTOR_OFFSET);
MAILBOX_HOLDS(exception_code, MAILBOX_EXCEPTION_CODE_OFFSET);
MAILBOX_HOLDS(exception_rip, MAILBOX_EXCEPTION_RIP_OFFSET);
MAILBOX_HOLDS(exception_cr2, MAILBOX_EXCEPTION_CR2_OFFSET);
MAILBOX_HOLDS(way, MAILBOX_WAY_OFFSET);
MAILBOX_HOLDS(sev_status, MAILBOX_SEV_STATUS_OFFSET);
MAILBOX_HOLDS(failure, MAILBOX_FAILURE_OFFSET);
MAILBOX_HOLDS(vc_count, MAILBOX_VC_COUNT_OFFSET);
MAILBOX_HOLDS(vc_code, MAILBOX_VC_CODE_OFFSET);
MAILBOX_HOLDS(vc_msr, MAILBOX_VC_MSR_OFFSET);
MAILBOX_HOLDS(vc_flags, MAILBOX_VC_FLAGS_OFFSET);
MAILBOX_HOLDS(forwarded_count, MAILBOX_FORWARDED_COUNT_OFFSET);
MAILBOX_HOLDS(early_count, MAILBOX_EARLY_COUNT_OFFSET);
MAILBOX_HOLDS(ppr_vc, MAILBOX_PPR_VC_OFFSET);
MAILBOX_HOLDS(allowed, MAILBOX_ALLOWED_OFFSET);
MAILBOX_HOLDS(kvm_isr, MAILBOX_KVM_ISR_OFFSET);
MAILBOX_HOLDS(kvm_tmr, MAILBOX_KVM_TMR_OFFSET);
MAILBOX_HOLDS(kvm_irr, MAILBOX_KVM_IRR_OFFSET);
MAILBOX_HOLDS(isr, MAILBOX_ISR_OFFSET);
MAILBOX_HOLDS(tmr, MAILBOX_TMR_OFFSET);
MAILBOX_HOLDS(irr, MAILBOX_IRR_OFFSET);
MAILBOX_HOLDS(tpr, MAILBOX_TPR_OFFSET);
MAILBOX_HOLDS(ppr, MAILBOX_PPR_OFFSET);
_Static_assert(sizeof(struct mailbox) <= MAILBOX_SIZE, "the mailbox is one page");

#endif
#endif
