/* The secure agent's handler of #VC: what Secure AVIC does not accelerate (secure-avic §4.1). */
#ifndef SAVIC_EOI_SECURE_VC_H
#define SAVIC_EOI_SECURE_VC_H

/* 0f 30 and 0f 32 as they are read from memory. */
#define WRMSR_OPCODE 0x300f
#define RDMSR_OPCODE 0x320f

/*
 * Registers whose unaccelerated write is a trap, bit n = MSR 0x800 + n: ID, TPR, EOI, LDR, SPIV,
 * CMCI, ICR, the other LVTs, TMICT, TDCR (secure-avic §4.1). All other accesses are faults.
 */
#define TRAPPED_WRITES 0x41fd80000000a904
/* Of these, what the page alone has: ID, TPR, LDR. */
#define PAGE_ONLY_WRITES 0x2104

/* ICR: delivery mode, logical destination, shorthand. */
#define ICR_MODE 0x700
#define ICR_LOGICAL 0x800
#define ICR_SHORTHAND_SHIFT 18
#define ICR_TO_ADDRESS 0
#define ICR_TO_OTHERS 3
#define ICR_TO_EVERYBODY -1

/* Behind the pushes: what the interrupted code has in its registers, and the stub's frame. */
#define VC_RDX 40
#define VC_RCX 48
#define VC_RAX 56
#define VC_VECTOR 64
#define VC_ERROR 72
#define VC_RIP 80

/*
 * The register says first whether an access can be a trap: only then do the two bytes before RIP
 * mean anything. They would mislead where a read of such a register stands right behind a WRMSR;
 * this image has no such place.
 */
vc:
    push %rax
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %r8
    push %r9
    push %r10
    mov VC_ERROR(%rsp), %rdi
    mov VC_RIP(%rsp), %rsi
    incq MAILBOX_VC_COUNT_OFFSET(%rbx)
    mov %edi, MAILBOX_VC_CODE_OFFSET(%rbx)
    mov %ecx, MAILBOX_VC_MSR_OFFSET(%rbx)
    movl $0, MAILBOX_VC_FLAGS_OFFSET(%rbx)
    lea -MSR_X2APIC_FIRST(%rcx), %r10d
    cmp $VC_MSR, %rdi
    je vc_fault
    cmp $VC_AVIC_NOACCEL, %rdi
    je vc_not_accelerated
    cmp $VC_AVIC_INCOMPLETE_IPI, %rdi
    jne vc_unhandled
    cmp $MSR_X2APIC_ICR, %ecx
    je vc_trap

/* EDI = error code, RSI = RIP. */
vc_unhandled:
    mov $AGENT_FAIL_VC, %eax
    mov %rdi, %rdx
    mov %rsi, %rcx
    jmp fail

vc_not_accelerated:
    cmp $MSR_X2APIC_COUNT, %r10d
    jae vc_fault
    movabs $TRAPPED_WRITES, %r8
    bt %r10, %r8
    jnc vc_fault
    cmpw $WRMSR_OPCODE, -MSR_LENGTH(%rsi)
    jne vc_fault

/* RIP is behind a WRMSR that the page has taken in already. */
vc_trap:
    cmpw $WRMSR_OPCODE, -MSR_LENGTH(%rsi)
    jne vc_unhandled
    movl $(AGENT_VC_TRAP | AGENT_VC_WRITE), MAILBOX_VC_FLAGS_OFFSET(%rbx)
    mov $PAGE_ONLY_WRITES, %r8d
    bt %r10, %r8
    jc vc_return
    cmp $MSR_X2APIC_ICR, %ecx
    je vc_icr
    cmp $MSR_X2APIC_EOI, %ecx
    jne vc_write

/* Whether the hardware clears the bit before it gives up is not known: do what is left to do. */
    call end_in_page
    jnc vc_write
    orl $AGENT_VC_IN_ISR, MAILBOX_VC_FLAGS_OFFSET(%rbx)

/* Forwards the interrupted WRMSR. */
vc_write:
    mov VC_RAX(%rsp), %eax
    mov VC_RDX(%rsp), %edx
    mov VC_RCX(%rsp), %ecx
    cmp $MSR_X2APIC_EOI, %ecx
    je vc_eoi
    call write_by_ghcb
    jnz vc_refused
    jmp vc_return

/*
 * That only level vectors which KVM has noted come here is how the hardware is understood, and
 * nobody has published it: so KVM is asked.
 */
vc_eoi:
    testl $AGENT_EOI_UNNOTED, MAILBOX_WAY_OFFSET(%rbx)
    jnz 1f
    call find_noted
    jz vc_unnoted
    mov VC_RAX(%rsp), %eax
    mov VC_RDX(%rsp), %edx
1:
    call forward_eoi
    jnz vc_refused
vc_return:
    pop %r10
    pop %r9
    pop %r8
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rax
    /* Vector and error code. */
    lea 16(%rsp), %rsp
    iretq

vc_unnoted:
    mov VC_ERROR(%rsp), %rdx
    movslq %ebp, %rcx
    mov $AGENT_FAIL_UNNOTED, %eax
    jmp fail

/*
 * → ZF: whether KVM's eight in-service registers are empty, or refused. The first one asked is that
 * of the vector which the guest ends: mostly that is all.
 */
find_noted:
    mov %ebp, %ecx
    shr $5, %ecx
    and $7, %ecx
    or $MSR_X2APIC_ISR, %ecx
    mov %ecx, %r10d
1:
    call read_by_ghcb
    jnz 2f
    test %r8d, %r8d
    jnz 3f
2:
    inc %ecx
    and $7, %ecx
    or $MSR_X2APIC_ISR, %ecx
    cmp %r10d, %ecx
    jne 1b
3:
    ret

/* RIP is at an access that has not happened. */
vc_fault:
    cmpw $RDMSR_OPCODE, (%rsi)
    je vc_read
    cmpw $WRMSR_OPCODE, (%rsi)
    jne vc_unhandled
    addq $MSR_LENGTH, VC_RIP(%rsp)
    movl $AGENT_VC_WRITE, MAILBOX_VC_FLAGS_OFFSET(%rbx)
    jmp vc_write

vc_read:
    addq $MSR_LENGTH, VC_RIP(%rsp)
    call read_by_ghcb
    jnz vc_refused
    mov %r8, VC_RAX(%rsp)
    mov %r9, VC_RDX(%rsp)
    jmp vc_return

/*
 * The sender sets the bit in the target's page and then has the host wake it. Only this vCPU's
 * own page is at hand, and only fixed interrupts have a bit in IRR.
 */
vc_icr:
    test $ICR_MODE, %eax
    jnz vc_write
    mov %eax, %edi
    shr $ICR_SHORTHAND_SHIFT, %edi
    and $3, %edi
    cmp $ICR_TO_OTHERS, %edi
    je vc_write
    cmp $ICR_TO_ADDRESS, %edi
    jne 1f
    test $ICR_LOGICAL, %eax
    jnz vc_write
    cmp $ICR_TO_EVERYBODY, %edx
    je 1f
    cmp BACKING_PAGE_ID(%r14), %edx
    jne vc_write
1:
    movzbl %al, %edi
    call locate
    bts %ecx, BACKING_PAGE_IRR(%rdi)
    jmp vc_write

/* The host wants a #GP at the access: that is what the interrupted code gets instead of #VC. */
vc_refused:
    orl $AGENT_VC_REFUSED, MAILBOX_VC_FLAGS_OFFSET(%rbx)
    subq $MSR_LENGTH, VC_RIP(%rsp)
    movq $0, VC_ERROR(%rsp)
    movq $VECTOR_GP, VC_VECTOR(%rsp)
    lea VC_VECTOR(%rsp), %rsp
    jmp exception

#endif
