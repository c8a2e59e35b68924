/* What the secure agent does with its backing page and with SAVIC_CONTROL. */
#ifndef SAVIC_EOI_SECURE_PAGE_H
#define SAVIC_EOI_SECURE_PAGE_H

/* EDI = vector → RDI = its word in the first array of the page, ECX = its bit there. */
locate:
    mov %edi, %ecx
    and $31, %ecx
    shr $5, %edi
    imul $BACKING_PAGE_WORD_STRIDE, %edi, %edi
    add %r14, %rdi
    ret

/* → EBP = highest vector in service, or −1. Word by word without a loop: every EOI begins here. */
find_highest_in_service:
    .irp word, 7, 6, 5, 4, 3, 2, 1, 0
    mov $(32 * \word), %ebp
    bsr BACKING_PAGE_ISR + \word * BACKING_PAGE_WORD_STRIDE(%r14), %ecx
    jnz 1f
    .endr
    mov $-1, %ebp
    ret
1:
    add %ecx, %ebp
    ret

/*
 * ID, version, LDR and the LVTs are the host's, as in AMD's guest; SPIV it has to be told, or KVM
 * takes the APIC for disabled and drops every fixed interrupt (kvm-snp-uapi §3.5).
 */
initialise_page:
    mov $MSR_X2APIC_ID, %ecx
    call fetch
    mov $MSR_X2APIC_VERSION, %ecx
    call fetch
    mov $MSR_X2APIC_LDR, %ecx
    call fetch
    /* No interrupt comes by the LVTs here: one that the host does not tell is left out. */
    mov $MSR_X2APIC_LVT_FIRST, %ecx
1:
    call read_by_ghcb
    jnz 2f
    call put_in_page
2:
    inc %ecx
    cmp $MSR_X2APIC_LVT_LAST, %ecx
    jbe 1b
    mov $SPIV_ENABLED, %eax
    xor %edx, %edx
    call set_spiv
    jnz refused
    ret

/* ECX = register: the host's value goes to its place in the page. */
fetch:
    call read_by_ghcb
    jnz refused
/* ECX = register, R8D = its value. */
put_in_page:
    lea -MSR_X2APIC_FIRST(%rcx), %edi
    shl $4, %edi
    mov %r8d, (%r14,%rdi)
    ret

/* EDX:EAX = value → EAX = AGENT_OK or AGENT_GP, ZF. */
set_spiv:
    mov $MSR_X2APIC_SPIV, %ecx
    call write_by_ghcb
    jnz 1f
    mov %r8d, BACKING_PAGE_SPIV(%r14)
1:  ret

/* EDI = GHCB_SECURE_AVIC_…, for this vCPU, which all ones stand for. */
register_page:
    mov $GHCB_EVENT_SECURE_AVIC, %eax
    xor %esi, %esi
    call begin_event
    mov $-1, %rax
    put %rax, GHCB_RAX
    cmp $GHCB_SECURE_AVIC_REGISTER, %edi
    jne 1f
    put %r14, GHCB_RBX
1:
    call exchange
    mov $AGENT_FAIL_PAGE, %eax
    jnz fail_with_answer
    ret

enable:
    mov $GHCB_SECURE_AVIC_REGISTER, %edi
    call register_page
    lea SAVIC_CONTROL_EN(%r14), %r8

/* R8 = value of SAVIC_CONTROL. The hardware is asked whether it has understood. */
write_control:
    mov %r8, %rdx
    mov $MSR_SAVIC_CONTROL, %ecx
    call write_whole_msr
    call read_whole_msr
    cmp %r8, %rax
    jne 1f
    ret
1:
    mov %r8, %rdx
    mov %rax, %rcx
    mov $AGENT_FAIL_CONTROL, %eax
    jmp fail

/* R8B bit 0: whether TMR stays, as ALLOWED_IRR does, whose words lie between those of IRR. */
clear_page:
    xor %ecx, %ecx
1:
    lea -BACKING_PAGE_ALLOWED_IRR(%rcx), %eax
    test $(BACKING_PAGE_WORD_STRIDE - 1), %eax
    jnz 2f
    cmp $(8 * BACKING_PAGE_WORD_STRIDE), %eax
    jb 4f
2:
    test $1, %r8b
    jz 3f
    lea -BACKING_PAGE_TMR(%rcx), %eax
    cmp $(8 * BACKING_PAGE_WORD_STRIDE), %eax
    jb 4f
3:
    movl $0, (%r14,%rcx)
4:
    add $4, %ecx
    cmp $BACKING_PAGE_SIZE, %ecx
    jb 1b
    ret

#endif
