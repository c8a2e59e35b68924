/* The secure agent's ways to end an interrupt: AGENT_EOI_… of mailbox.h. */
#ifndef SAVIC_EOI_SECURE_EOI_H
#define SAVIC_EOI_SECURE_EOI_H

/* → EAX = result. */
end_interrupt:
    call find_highest_in_service
    mov MAILBOX_WAY_OFFSET(%rbx), %ecx
    and $AGENT_EOI_WAY_MASK, %ecx
    load_operand
    cmp $AGENT_EOI_NATIVE, %ecx
    je end_natively
    cmp $AGENT_EOI_GHCB, %ecx
    je end_by_ghcb
    cmp $AGENT_EOI_LINUX, %ecx
    je end_as_linux
    cmp $AGENT_EOI_BOTH, %ecx
    je end_by_both
    cmp $AGENT_EOI_FORWARD, %ecx
    je forward_eoi
    cmp $AGENT_EOI_LINUX_LEVEL, %ecx
    je end_level_as_linux
    mov $AGENT_UNKNOWN, %eax
    ret

end_natively:
    mov $MSR_X2APIC_EOI, %ecx
    call write_msr
    xor %eax, %eax
    ret

/* What the WRMSR has ended may have been forwarded by the #VC handler: nothing may be noted now. */
end_by_both:
    call end_natively
    testl $AGENT_EOI_UNNOTED, MAILBOX_WAY_OFFSET(%rbx)
    jnz 1f
    call find_noted
    jz unnoted
1:
    load_operand
    jmp forward_eoi

unnoted:
    xor %edx, %edx
    movslq %ebp, %rcx
    mov $AGENT_FAIL_UNNOTED, %eax
    jmp fail

/* Linux' savic_eoi() (secure-avic §5). */
end_as_linux:
    test %ebp, %ebp
    js 1f
    mov %ebp, %edi
    call locate
    bt %ecx, BACKING_PAGE_TMR(%rdi)
    jnc end_natively
    jmp end_by_ghcb
1:
    xor %eax, %eax
    ret

/* What ioapic_ack_level() of Linux does before it turns to the IOAPIC. Never returns. */
end_level_as_linux:
    movq $0, MAILBOX_VALUE_OFFSET(%rbx)
    test %ebp, %ebp
    js 1f
    mov %ebp, %edi
    call locate
    bt %ecx, BACKING_PAGE_TMR(%rdi)
    jc 1f
    mov %ebp, MAILBOX_VALUE_OFFSET(%rbx)
1:
    call end_as_linux
    mov %r12, %rsp
    jmp done_closed

end_by_ghcb:
    call end_in_page

/* EDX:EAX = data → EAX = AGENT_OK or AGENT_GP, ZF. The host may see more than an MSR write. */
forward_eoi:
    incq MAILBOX_FORWARDED_COUNT_OFFSET(%rbx)
    testl $AGENT_EOI_CONVEY, MAILBOX_WAY_OFFSET(%rbx)
    jz 1f
    test %ebp, %ebp
    js 1f
    mov $GHCB_EVENT_SPECIFIC_EOI, %eax
    mov %ebp, %edi
    xor %esi, %esi
    call begin_event
    call exchange
    jnz refused
    ret
1:
    mov $MSR_X2APIC_EOI, %ecx
    jmp write_by_ghcb

/* Clears the remembered vector's ISR bit. → CF = whether it was set. */
end_in_page:
    test %ebp, %ebp
    js 1f
    mov %ebp, %edi
    call locate
    btr %ecx, BACKING_PAGE_ISR(%rdi)
    ret
1:
    clc
    ret

#endif
