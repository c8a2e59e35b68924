/* The guest agent for an ordinary VM: it exits by OUT and reaches its x2APIC by MSR. */
#include "mailbox.h"

#define AGENT(name) guest_agent_plain_##name
#define AGENT_KNOWN_COMMANDS (AGENT_ICR + 1)

.macro leave port
    out %al, $\port
.endm

.macro open_window
    sti
    leave AGENT_WINDOW_PORT
    cli
.endm

.macro interrupt_taken
.endm
.macro own_commands
.endm
.macro exception_begins
.endm
.macro report_begins
.endm
.macro report_ends
.endm

#include "interpreter.h"

start:
    mov $SPIV_ENABLED, %eax
    xor %edx, %edx
    mov $MSR_X2APIC_SPIV, %ecx
    jmp write_msr

/*
 * The native way, whatever the mailbox says: there is no other.
 *
 * It ends with an exit of its own, IF = 0: a KVM that interprets the guest (kvm_pvm, up to
 * 1024 instructions at a time) reports KVM_EXIT_IOAPIC_EOI only at its next entry, and that has
 * to be before READY, or the exit would be taken for the next command's.
 */
end_interrupt:
    mov $MSR_X2APIC_EOI, %ecx
    call write_operand
    leave AGENT_WINDOW_PORT
    xor %eax, %eax
    ret

read_eoi:
    mov $MSR_X2APIC_EOI, %ecx
    jmp read_msr

write_spiv:
    mov $MSR_X2APIC_SPIV, %ecx
    jmp write_operand

/* ISR, TMR and IRR are 24 registers in a row, and so are their places in the mailbox. */
take_snapshot:
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
    xor %eax, %eax
    ret

/* EAX = value, EDI = address. */
store:
    mov %eax, (%rdi)
    ret

    finish_agent
