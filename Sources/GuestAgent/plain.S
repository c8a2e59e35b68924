/*
 * The plain guest agent: a command interpreter for an ordinary VM, in 64-bit mode.
 *
 * It reads and performs commands with the real RFLAGS.IF = 0 and keeps the *guest's* interrupt
 * flag in the mailbox ("open"). After each command, if open, it opens a window of exactly one
 * exit: OUT with IF = 1. STI holds interrupts off until OUT is done, so nothing is taken before
 * that exit, and whatever is deliverable is taken at the re-entry, before CLI. No `sti; nop`:
 * some hypervisors deliver only at an exit (hosts-measured). So one command is always
 * [WINDOW exits] READY exit, and the host never waits.
 *
 * Registers with a fixed meaning: RBX = mailbox, R12 = stack top. Nothing else survives a command.
 */
#include "mailbox.h"

#define MSR_X2APIC_TPR 0x808
#define MSR_X2APIC_PPR 0x80a
#define MSR_X2APIC_EOI 0x80b
#define MSR_X2APIC_SPIV 0x80f
#define MSR_X2APIC_ISR 0x810
#define MSR_X2APIC_TMR 0x818
#define MSR_X2APIC_IRR 0x820
#define MSR_X2APIC_SELF_IPI 0x83f

/* Spurious-interrupt vector 0xFF, APIC software-enabled (bit 8), EOI broadcast not suppressed. */
#define SPIV_ENABLED 0x1ff

#define VECTOR_GP 13
#define FIRST_INTERRUPT 32

    .section .rodata
    .globl guest_agent_plain_begin, guest_agent_plain_end
    .globl guest_agent_plain_entry, guest_agent_plain_stubs
    .hidden guest_agent_plain_begin, guest_agent_plain_end
    .hidden guest_agent_plain_entry, guest_agent_plain_stubs
    .balign 4096
    .code64

guest_agent_plain_begin:
guest_agent_plain_entry:
    mov %rdi, %rbx
    mov %rsp, %r12
    cld
    movabs $MAILBOX_MAGIC, %rax
    mov %rax, MAILBOX_MAGIC_OFFSET(%rbx)
    movl $MAILBOX_VERSION, MAILBOX_VERSION_OFFSET(%rbx)
    movl $0, MAILBOX_OPEN_OFFSET(%rbx)
    movq $0, MAILBOX_ACCEPTED_COUNT_OFFSET(%rbx)
    movl $0, MAILBOX_ACCEPTED_VECTOR_OFFSET(%rbx)
    mov $SPIV_ENABLED, %eax
    mov $MSR_X2APIC_SPIV, %ecx
    call write_msr
    /* A fixup would have gone to `done`: the first report must not claim to answer a command. */
    movl $AGENT_OK, MAILBOX_RESULT_OFFSET(%rbx)
    movq $-1, MAILBOX_ECHO_OFFSET(%rbx)

ready:
    out %al, $AGENT_READY_PORT

    /* The host has written the next command while we were away. */
    movl $0, MAILBOX_ACCEPTED_VECTOR_OFFSET(%rbx)
    mov MAILBOX_COMMAND_OFFSET(%rbx), %eax
    cmp $AGENT_COMMANDS, %eax
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
    sti
    out %al, $AGENT_WINDOW_PORT
    cli
    jmp ready

/* Offsets from the table's own address, so that the image runs wherever it is loaded. */
    .balign 4
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
    .rept AGENT_COMMANDS - AGENT_ALLOW
    .long unknown - commands
    .endr
commands_end:
    .if (commands_end - commands) / 4 - AGENT_COMMANDS
    .error "the command table and AGENT_COMMANDS differ"
    .endif

command_sti:
    movl $1, MAILBOX_OPEN_OFFSET(%rbx)
    jmp succeed

command_cli:
    movl $0, MAILBOX_OPEN_OFFSET(%rbx)
    jmp succeed

/*
 * An EOI ends with an exit of its own, IF = 0: a KVM that interprets the guest (kvm_pvm, up to
 * 1024 instructions at a time) reports KVM_EXIT_IOAPIC_EOI only at its next entry, and that has
 * to be before READY, or the exit would be taken for the next command's.
 */
command_eoi:
    mov $MSR_X2APIC_EOI, %ecx
    call write_operand
    out %al, $AGENT_WINDOW_PORT
    jmp succeed

command_read_eoi:
    mov $MSR_X2APIC_EOI, %ecx
    call read_msr
    mov %eax, MAILBOX_VALUE_OFFSET(%rbx)
    mov %edx, MAILBOX_VALUE_OFFSET + 4(%rbx)
    jmp succeed

command_tpr:
    mov $MSR_X2APIC_TPR, %ecx
    jmp write_and_succeed

command_self_ipi:
    mov $MSR_X2APIC_SELF_IPI, %ecx
    jmp write_and_succeed

command_spiv:
    mov $MSR_X2APIC_SPIV, %ecx
write_and_succeed:
    call write_operand
    jmp succeed

/* ECX = register. All 64 bits of the operand are written: reserved bits are the host's choice. */
write_operand:
    mov MAILBOX_OPERAND_OFFSET(%rbx), %eax
    mov MAILBOX_OPERAND_OFFSET + 4(%rbx), %edx
    jmp write_msr_edx

/* ISR, TMR and IRR are 24 registers in a row, and so are their places in the mailbox. */
command_snapshot:
    mov $MSR_X2APIC_ISR, %ecx
    lea MAILBOX_ISR_OFFSET(%rbx), %rdi
1:
    call read_msr
    mov %eax, (%rdi)
    add $4, %rdi
    inc %ecx
    cmp $MSR_X2APIC_IRR + 8, %ecx
    jb 1b
    mov $MSR_X2APIC_TPR, %ecx
    call read_msr
    mov %eax, MAILBOX_TPR_OFFSET(%rbx)
    mov $MSR_X2APIC_PPR, %ecx
    call read_msr
    mov %eax, MAILBOX_PPR_OFFSET(%rbx)
    jmp succeed

command_stop:
    out %al, $AGENT_STOP_PORT
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
    mov %eax, (%rdi)
    xor %eax, %eax
    call answer
    jmp ready

/* EAX = result of the command in the mailbox. */
answer:
    mov %eax, MAILBOX_RESULT_OFFSET(%rbx)
    mov MAILBOX_COMMAND_OFFSET(%rbx), %eax
    mov %eax, MAILBOX_DONE_OFFSET(%rbx)
    mov MAILBOX_SEQUENCE_OFFSET(%rbx), %rax
    mov %rax, MAILBOX_ECHO_OFFSET(%rbx)
    ret

/* The only two instructions that may raise #GP; `exception` knows them by address. */
write_msr:
    xor %edx, %edx
write_msr_edx:
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
    jmp ready

/* Stack: vector, error code (0 where the CPU pushes none), RIP, … */
exception:
    mov (%rsp), %rax
    mov 16(%rsp), %rdx
    cmp $VECTOR_GP, %eax
    jne 1f
    lea wrmsr_may_fault(%rip), %rcx
    cmp %rcx, %rdx
    je fixup
    lea rdmsr_may_fault(%rip), %rcx
    cmp %rcx, %rdx
    je fixup
1:
    mov %rax, MAILBOX_EXCEPTION_VECTOR_OFFSET(%rbx)
    mov %rdx, MAILBOX_EXCEPTION_RIP_OFFSET(%rbx)
    mov 8(%rsp), %rax
    mov %rax, MAILBOX_EXCEPTION_CODE_OFFSET(%rbx)
    mov %cr2, %rax
    mov %rax, MAILBOX_EXCEPTION_CR2_OFFSET(%rbx)
2:
    out %al, $AGENT_EXCEPTION_PORT
    jmp 2b

fixup:
    mov %r12, %rsp
    mov $AGENT_GP, %eax
    jmp done

/* One entry per vector, AGENT_STUB_SIZE bytes each, so that the host can fill an IDT from it. */
    .balign AGENT_STUB_SIZE
guest_agent_plain_stubs:
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
guest_agent_plain_end:

    .section .note.GNU-stack, "", @progbits
