/*
 * The command interpreter of both guest agents, in 64-bit mode: the part that does not care how
 * a guest reaches its host.
 *
 * It reads and performs commands with the real RFLAGS.IF = 0 and keeps the *guest's* interrupt
 * flag in the mailbox ("open"). After each command, if open, it opens a window of exactly one
 * exit, taken with IF = 1. STI holds interrupts off until the exit is done, so nothing is taken
 * before that exit, and whatever is deliverable is taken at the re-entry, before CLI. No
 * `sti; nop`: some hypervisors deliver only at an exit (kvm-snp-uapi §5). So one command is always
 * [WINDOW exits] READY exit, and the host never waits.
 *
 * Registers with a fixed meaning: RBX = mailbox, R12 = stack top; RBP and R13 to R15 are the
 * agent's own. Nothing else survives a command or an exit.
 *
 * An agent defines, before it includes this:
 *   AGENT(name)           its own symbol for `name`
 *   AGENT_KNOWN_COMMANDS  how many entries the command table has
 *   leave port            macro: exits to the host, and comes back
 *   open_window           macro: exits by the WINDOW port with IF = 1, then IF = 0
 *   interrupt_taken       macro: what is left to do for a window that an interrupt has cut short
 *   own_commands          macro: its entries at the end of the command table
 *   exception_begins, report_begins, report_ends
 *                         macros around the handling of an exception
 * and behind it the routines start, end_interrupt, read_eoi, write_spiv, take_snapshot and store,
 * followed by `finish_agent`.
 */
#ifndef SAVIC_EOI_INTERPRETER_H
#define SAVIC_EOI_INTERPRETER_H

#include "mailbox.h"
#include "x2apic.h"

#define VECTOR_GP 13
#define FIRST_INTERRUPT 32

    .section .rodata
    .globl AGENT(begin), AGENT(end), AGENT(entry), AGENT(commands), AGENT(stubs)
    .hidden AGENT(begin), AGENT(end), AGENT(entry), AGENT(commands), AGENT(stubs)
    .balign 4096
    .code64

/* EDX:EAX = operand. All 64 bits count: reserved bits are the host's choice. */
.macro load_operand
    mov MAILBOX_OPERAND_OFFSET(%rbx), %eax
    mov MAILBOX_OPERAND_OFFSET + 4(%rbx), %edx
.endm

AGENT(begin):
AGENT(entry):
    mov %rdi, %rbx
    mov %rsp, %r12
    cld
    movabs $MAILBOX_MAGIC, %rax
    mov %rax, MAILBOX_MAGIC_OFFSET(%rbx)
    movl $MAILBOX_VERSION, MAILBOX_VERSION_OFFSET(%rbx)
    movl $0, MAILBOX_OPEN_OFFSET(%rbx)
    movq $0, MAILBOX_ACCEPTED_COUNT_OFFSET(%rbx)
    movl $0, MAILBOX_ACCEPTED_VECTOR_OFFSET(%rbx)
    call start
    /* A fixup would have gone to `done`: the first report must not claim to answer a command. */
    movl $AGENT_OK, MAILBOX_RESULT_OFFSET(%rbx)
    movq $-1, MAILBOX_ECHO_OFFSET(%rbx)

ready:
    leave AGENT_READY_PORT

    /* The host has written the next command while we were away. */
    movl $0, MAILBOX_ACCEPTED_VECTOR_OFFSET(%rbx)
    mov MAILBOX_COMMAND_OFFSET(%rbx), %eax
    cmp $AGENT_KNOWN_COMMANDS, %eax
    jae unknown
    lea commands(%rip), %rcx
    movslq (%rcx,%rax,4), %rax
    add %rcx, %rax
    jmp *%rax

unknown:
    mov $AGENT_UNKNOWN, %eax
    jmp done
succeed:
    xor %eax, %eax

/* EAX = result. */
done:
    call answer
    cmpl $0, MAILBOX_OPEN_OFFSET(%rbx)
    je ready
    open_window
    jmp ready

/* EAX = result of a command that never opens the window. */
done_closed:
    call answer
    jmp ready

/* Offsets from the table's own address, so that the image runs wherever it is loaded. */
    .balign 4
AGENT(commands):
commands:
    .long succeed - commands
    .long command_sti - commands
    .long command_cli - commands
    .long command_eoi - commands
    .long command_read_eoi - commands
    .long command_tpr - commands
    .long command_self_ipi - commands
    .long command_spiv - commands
    .long command_snapshot - commands
    .long command_stop - commands
    .long command_spin - commands
    .long command_hlt - commands
    .long command_fault - commands
    .long command_store - commands
    .long command_icr - commands
    own_commands
commands_end:
    .if (commands_end - commands) / 4 - AGENT_KNOWN_COMMANDS
    .error "the command table is not as long as this agent says"
    .endif

command_sti:
    movl $1, MAILBOX_OPEN_OFFSET(%rbx)
    jmp succeed

command_cli:
    movl $0, MAILBOX_OPEN_OFFSET(%rbx)
    jmp succeed

command_eoi:
    call end_interrupt
    jmp done

command_read_eoi:
    call read_eoi
    mov %eax, MAILBOX_VALUE_OFFSET(%rbx)
    mov %edx, MAILBOX_VALUE_OFFSET + 4(%rbx)
    jmp succeed

command_tpr:
    mov $MSR_X2APIC_TPR, %ecx
    jmp write_and_succeed

command_icr:
    mov $MSR_X2APIC_ICR, %ecx
    jmp write_and_succeed

command_self_ipi:
    mov $MSR_X2APIC_SELF_IPI, %ecx
write_and_succeed:
    call write_operand
    jmp succeed

command_spiv:
    call write_spiv
    jmp succeed

command_snapshot:
    call take_snapshot
    jmp done_closed

command_stop:
    leave AGENT_STOP_PORT
    jmp command_stop

command_spin:
    pause
    jmp command_spin

command_hlt:
    hlt
    jmp succeed

command_fault:
    ud2

command_store:
    mov MAILBOX_OPERAND_OFFSET(%rbx), %eax
    mov MAILBOX_OPERAND_OFFSET + 4(%rbx), %edi
    call store
    xor %eax, %eax
    jmp done_closed

/* EAX = result of the command in the mailbox. */
answer:
    mov %eax, MAILBOX_RESULT_OFFSET(%rbx)
    mov MAILBOX_COMMAND_OFFSET(%rbx), %eax
    mov %eax, MAILBOX_DONE_OFFSET(%rbx)
    mov MAILBOX_SEQUENCE_OFFSET(%rbx), %rax
    mov %rax, MAILBOX_ECHO_OFFSET(%rbx)
    ret

/* ECX = register. */
write_operand:
    load_operand
/* The only two instructions whose #GP is an answer; `exception` knows them by address. */
write_msr:
wrmsr_may_fault:
    wrmsr
    ret
read_msr:
rdmsr_may_fault:
    rdmsr
    ret

/*
 * Every interrupt from vector 32 up. The stack holds the stub's vector and the interrupt frame;
 * both are thrown away, so that any number of nested interrupts need the same stack. That is
 * sound because nothing of the handler lives there, and IRETQ means nothing to the APIC: the
 * interrupt stays in service until EOI, however the handler is left. The interrupt gate has
 * cleared IF; the guest's own flag follows it.
 */
interrupt:
    mov (%rsp), %rax
    mov %eax, MAILBOX_ACCEPTED_VECTOR_OFFSET(%rbx)
    incq MAILBOX_ACCEPTED_COUNT_OFFSET(%rbx)
    movl $0, MAILBOX_OPEN_OFFSET(%rbx)
    mov %r12, %rsp
    interrupt_taken
    jmp ready

/* Stack: vector, error code (0 where the CPU pushes none), RIP, … */
exception:
    exception_begins
    mov 16(%rsp), %rdx
    cmpq $VECTOR_GP, (%rsp)
    jne report_exception
    lea wrmsr_may_fault(%rip), %rcx
    cmp %rcx, %rdx
    je fixup
    lea rdmsr_may_fault(%rip), %rcx
    cmp %rcx, %rdx
    je fixup
report_exception:
    report_begins
    mov (%rsp), %rax
    mov %rax, MAILBOX_EXCEPTION_VECTOR_OFFSET(%rbx)
    mov 8(%rsp), %rax
    mov %rax, MAILBOX_EXCEPTION_CODE_OFFSET(%rbx)
    mov 16(%rsp), %rax
    mov %rax, MAILBOX_EXCEPTION_RIP_OFFSET(%rbx)
    mov %cr2, %rax
    mov %rax, MAILBOX_EXCEPTION_CR2_OFFSET(%rbx)
    report_ends
1:
    leave AGENT_EXCEPTION_PORT
    jmp 1b

/* Ends a command whose register access raised #GP. */
fixup:
    mov %r12, %rsp
    mov $AGENT_GP, %eax
    jmp done

/* One entry per vector, AGENT_STUB_SIZE bytes each, so that the host can fill an IDT from it. */
.macro finish_agent
    .balign AGENT_STUB_SIZE
AGENT(stubs):
    .set vector, 0
    .rept 256
    .balign AGENT_STUB_SIZE
    .if vector >= FIRST_INTERRUPT
    push $vector
    jmp interrupt
    .else
    /* The CPU pushes an error code for 8, 10–14, 17, 21, 29 and 30; the others get a zero. */
    .if !((1 << vector) & 0x60227d00)
    push $0
    .endif
    push $vector
    jmp exception
    .endif
    .set vector, vector + 1
    .endr
    .balign AGENT_STUB_SIZE
AGENT(end):
    .section .note.GNU-stack, "", @progbits
.endm

#endif
