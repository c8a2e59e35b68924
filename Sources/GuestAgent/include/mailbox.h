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
#define MAILBOX_VERSION 1
/* Bytes reserved for the mailbox: one page. */
#define MAILBOX_SIZE 4096

/* Written by the agent, once. */
#define MAILBOX_MAGIC_OFFSET 0x000
#define MAILBOX_VERSION_OFFSET 0x008
/* Written by the host before each run. */
#define MAILBOX_SEQUENCE_OFFSET 0x010
#define MAILBOX_COMMAND_OFFSET 0x018
#define MAILBOX_OPERAND_OFFSET 0x020
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
/* Written by the SNAPSHOT command: 8 registers of 32 vectors each, lowest vectors first. */
#define MAILBOX_ISR_OFFSET 0x100
#define MAILBOX_TMR_OFFSET 0x120
#define MAILBOX_IRR_OFFSET 0x140
#define MAILBOX_TPR_OFFSET 0x160
#define MAILBOX_PPR_OFFSET 0x164

/* The `sequence` of the agent's first report, which answers no command. */
#define MAILBOX_HELLO 0xffffffffffffffff

/* Commands. Names are the guest's actions; operands are the value that WRMSR writes. */
#define AGENT_RUN 0      /* nothing: only the window, if open */
#define AGENT_STI 1      /* open := 1 */
#define AGENT_CLI 2      /* open := 0 */
#define AGENT_EOI 3      /* WRMSR 0x80B, operand (normally 0; KVM takes any low half) */
#define AGENT_READ_EOI 4 /* RDMSR 0x80B into value (x2APIC: #GP) */
#define AGENT_TPR 5      /* WRMSR 0x808, operand */
#define AGENT_SELF_IPI 6 /* WRMSR 0x83F, operand = vector */
#define AGENT_SPIV 7     /* WRMSR 0x80F, operand; bit 8 enables the APIC */
#define AGENT_SNAPSHOT 8 /* the guest's own view of ISR, TMR, IRR, TPR, PPR */
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
#define AGENT_COMMANDS 14

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
    uint64_t reserved2[3];
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
    uint64_t reserved4[12];
    uint32_t isr[8];
    uint32_t tmr[8];
    uint32_t irr[8];
    uint32_t tpr;
    uint32_t ppr;
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
MAILBOX_HOLDS(isr, MAILBOX_ISR_OFFSET);
MAILBOX_HOLDS(tmr, MAILBOX_TMR_OFFSET);
MAILBOX_HOLDS(irr, MAILBOX_IRR_OFFSET);
MAILBOX_HOLDS(tpr, MAILBOX_TPR_OFFSET);
MAILBOX_HOLDS(ppr, MAILBOX_PPR_OFFSET);
_Static_assert(sizeof(struct mailbox) <= MAILBOX_SIZE, "the mailbox is one page");

#endif
#endif
