/* How the secure agent talks to its host: requests, and what it does with bad answers. */
#ifndef SAVIC_EOI_SECURE_HOST_H
#define SAVIC_EOI_SECURE_HOST_H

/* Fills a field of the GHCB and its bit in the bitmap. */
.macro put register, field
    mov \register, \field(%r13)
    orb $(1 << (((\field) / 8) % 8)), GHCB_VALID_BITMAP + (\field) / 64(%r13)
.endm

/*
 * The bitmap of a new request: RAX, if `rax` is 1, and the three fields that every event has. By
 * words of 32 bits, as large as immediate operands are.
 */
#define VALID_BIT(field) (1 << (((field) / 8) % 32))
#define VALID_WORD(field) GHCB_VALID_BITMAP + (field) / 256 * 4
#define VALID_EXIT \
    (VALID_BIT(GHCB_EXIT_CODE) | VALID_BIT(GHCB_EXIT_INFO_1) | VALID_BIT(GHCB_EXIT_INFO_2))
.macro begin_bitmap rax
    movl $0, GHCB_VALID_BITMAP(%r13)
    movl $(\rax * VALID_BIT(GHCB_RAX)), VALID_WORD(GHCB_RAX)(%r13)
    movl $0, GHCB_VALID_BITMAP + 8(%r13)
    movl $VALID_EXIT, VALID_WORD(GHCB_EXIT_CODE)(%r13)
.endm

/* ECX = register → RAX. Not read_msr: where this raises #GP, nothing is as it should be. */
read_whole_msr:
    rdmsr
    shl $32, %rdx
    or %rdx, %rax
    ret

/* ECX = register, RDX = value. */
write_whole_msr:
    mov %edx, %eax
    shr $32, %rdx
    wrmsr
    ret

/* RDX = request → RAX = answer. */
ask_by_msr:
    mov $MSR_GHCB, %ecx
    call write_whole_msr
    vmgexit
    jmp read_whole_msr

/* RAX = event, RDI and RSI = its EXITINFO1 and EXITINFO2. */
begin_event:
    mov $GHCB_IN_USE, %r15d
    mov %rax, GHCB_EXIT_CODE(%r13)
    mov %rdi, GHCB_EXIT_INFO_1(%r13)
    mov %rsi, GHCB_EXIT_INFO_2(%r13)
    begin_bitmap 0
    ret

/* → EAX = GHCB_ANSWER_…, ZF. The MSR holds the GHCB's address ever since `start`. */
exchange:
    vmgexit
take_answer:
    mov $GHCB_IDLE, %r15d
    mov GHCB_EXIT_INFO_1(%r13), %eax
    test %eax, %eax
    ret

/*
 * Port exits are what an agent does most, and a hypervisor that interprets guests takes its time
 * for each instruction: so they are short. EDI = EXITINFO1.
 */
leave_by_port:
    call prepare_port
    vmgexit
finish_port:
    mov $GHCB_IDLE, %r15d
    cmpl $GHCB_ANSWER_OK, GHCB_EXIT_INFO_1(%r13)
    jne refused
    ret

/*
 * Behind a window that an interrupt has cut short. Where the request is still there, the interrupt
 * came before the exit, in STI's shadow, and the exit is left out.
 */
finish_window:
    cmpl $OUT_8(AGENT_WINDOW_PORT), GHCB_EXIT_INFO_1(%r13)
    jne finish_port
    incq MAILBOX_EARLY_COUNT_OFFSET(%rbx)
    mov $GHCB_IDLE, %r15d
    ret

prepare_port:
    mov $GHCB_IN_USE, %r15d
    movq $GHCB_EVENT_IOIO, GHCB_EXIT_CODE(%r13)
    mov %rdi, GHCB_EXIT_INFO_1(%r13)
    movq $0, GHCB_EXIT_INFO_2(%r13)
    movq $0, GHCB_RAX(%r13)
    begin_bitmap 1
    ret

/* EAX = value, EDI = address. */
store:
    mov %eax, GHCB_SHARED_BUFFER(%r13)
    mov $GHCB_EVENT_MMIO_WRITE, %eax
    mov $4, %esi
    call begin_event
    lea GHCB_SHARED_BUFFER(%r13), %rax
    put %rax, GHCB_SCRATCH
    call exchange
    jnz refused
    ret

/* ECX = register, EDX:EAX = value → EAX = AGENT_OK or AGENT_GP, ZF. */
write_by_ghcb:
    mov %eax, %r8d
    mov %edx, %r9d
    mov $1, %edi
    call begin_msr_event
    put %r8, GHCB_RAX
    put %r9, GHCB_RDX
    jmp exchange_msr

/* ECX = register → EAX as above, R9D:R8D = value. */
read_by_ghcb:
    xor %edi, %edi
    call begin_msr_event
    call exchange_msr
    mov GHCB_RAX(%r13), %r8d
    mov GHCB_RDX(%r13), %r9d
    ret

/* ECX = register, EDI = whether it is written. */
begin_msr_event:
    mov $GHCB_EVENT_MSR, %eax
    xor %esi, %esi
    call begin_event
    mov %ecx, %ecx
    put %rcx, GHCB_RCX
    ret

/* A #GP is an answer, any other exception is none. */
exchange_msr:
    call exchange
    jz 1f
    cmp $GHCB_ANSWER_EXCEPTION, %eax
    jne refused
    mov GHCB_EXIT_INFO_2(%r13), %edx
    and $GHCB_EXCEPTION_MASK, %edx
    cmp $GHCB_EXCEPTION_GP, %edx
    jne refused
    mov $AGENT_GP, %eax
    test %eax, %eax
1:  ret

/* The host has answered an event with what cannot be. */
refused:
    mov $AGENT_FAIL_GHCB, %eax
fail_with_answer:
    mov GHCB_EXIT_INFO_1(%r13), %rdx
    mov GHCB_EXIT_INFO_2(%r13), %rcx

/* EAX = AGENT_FAIL_…, RDX and RCX = its details. */
fail:
    or $FAILING, %r15d
    mov %rdx, MAILBOX_FAILURE_OFFSET(%rbx)
    mov %rcx, MAILBOX_FAILURE_OFFSET + 8(%rbx)
    jmp terminate

/* An exception while a failure is being told: no more stores, its details stay. */
terminate_in_exception:
    mov $AGENT_FAIL_EXCEPTION, %eax

/* EAX = AGENT_FAIL_…. The stack starts anew: if WRMSR itself faults, this is where it ends up. */
terminate:
    mov %r12, %rsp
    shl $GHCB_MSR_TERMINATE_CODE_SHIFT, %eax
    lea (GHCB_MSR_TERMINATE | (AGENT_FAIL_SET << GHCB_MSR_TERMINATE_SET_SHIFT))(%rax), %esi
1:
    mov %rsi, %rdx
    mov $MSR_GHCB, %ecx
    call write_whole_msr
    vmgexit
    jmp 1b

#endif
