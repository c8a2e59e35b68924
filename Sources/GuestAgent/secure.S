/*
 * The guest agent for an SEV-SNP guest with Secure AVIC. It reaches the host through the GHCB
 * (kvm-snp-uapi §3), its own interrupt registers by looking into its backing page, and the
 * hardware by WRMSR; what the hardware does not accelerate comes back as #VC (secure-avic §4.1).
 *
 * Arguments: RDI = mailbox, RSI = GHCB, RDX = backing page; their addresses are physical ones.
 *
 * Registers with a fixed meaning, beside the interpreter's: R13 = GHCB, R14 = backing page,
 * R15D = what can be done about an exception, RBP = the highest vector in service before the
 * current EOI, or −1.
 */
#include "backing_page.h"
#include "ghcb.h"
#include "mailbox.h"

#define AGENT(name) guest_agent_secure_##name
#define AGENT_KNOWN_COMMANDS AGENT_COMMANDS

/* R15D. A set bit on top: something is failing already, so nothing more may be risked. */
#define NO_GHCB 0
#define GHCB_IDLE 1
#define GHCB_IN_USE 2
#define FAILING 4

#define VECTOR_VC 29

/* Bytes of RDMSR and of WRMSR. */
#define MSR_LENGTH 2

/*
 * Gives control to the host. Where there is no SEV, the emulator puts an OUT of the same length
 * here; the table tells it where.
 */
.macro vmgexit
.Lvmgexit\@:
    .byte 0xf3, 0x0f, 0x01, 0xd9
    .pushsection .rodata.guest_agent_secure_sites, "a", @progbits
    .long .Lvmgexit\@ - image
    .popsection
.endm

#define OUT_8(port) ((port) << 16 | GHCB_IOIO_SIZE_8 | GHCB_IOIO_ADDRESS_64)

.macro leave port
    mov $OUT_8(\port), %edi
    call leave_by_port
.endm

/*
 * The request is ready beforehand, so that STI's shadow covers the one exit. Whether hardware
 * looks for interrupts before or behind the first instruction of an entry is not published: it has
 * some to choose from.
 */
.macro open_window
    mov $OUT_8(AGENT_WINDOW_PORT), %edi
    call prepare_port
    sti
    vmgexit
    .rept 4
    nop
    .endr
    cli
    call finish_port
.endm

.macro interrupt_taken
    call finish_window
.endm

.macro own_commands
    .long command_allow - commands
    .long command_disallow - commands
    .long command_enable - commands
    .long command_reset - commands
.endm

/* An exception can be told by port only while the GHCB is free, and be an answer only then. */
.macro exception_begins
    test $FAILING, %r15d
    jnz terminate_in_exception
    cmp $GHCB_IDLE, %r15d
    jne report_exception
    cmpq $VECTOR_VC, (%rsp)
    je vc
    lea ppr_may_fault(%rip), %rax
    cmp %rax, 16(%rsp)
    je no_ppr
.endm

.macro report_begins
    or $FAILING, %r15d
.endm

.macro report_ends
    and $~FAILING, %r15d
    mov $AGENT_FAIL_EXCEPTION, %eax
    mov (%rsp), %rdx
    mov 16(%rsp), %rcx
    cmp $GHCB_IDLE, %r15d
    jne fail
.endm

    .section .rodata
    .balign 4096
image:
    .pushsection .rodata.guest_agent_secure_sites, "a", @progbits
    .globl AGENT(sites), AGENT(sites_end)
    .hidden AGENT(sites), AGENT(sites_end)
    .balign 4
AGENT(sites):
    .popsection

#include "interpreter.h"

start:
    mov %rsi, %r13
    mov %rdx, %r14
    mov $NO_GHCB, %r15d
    mov $-1, %ebp
    movq $0, MAILBOX_FAILURE_OFFSET(%rbx)
    movq $0, MAILBOX_FAILURE_OFFSET + 8(%rbx)
    movq $0, MAILBOX_VC_COUNT_OFFSET(%rbx)
    movq $0, MAILBOX_FORWARDED_COUNT_OFFSET(%rbx)
    movq $0, MAILBOX_EARLY_COUNT_OFFSET(%rbx)

    mov $MSR_SEV_STATUS, %ecx
    call read_whole_msr
    mov %rax, MAILBOX_SEV_STATUS_OFFSET(%rbx)
    mov %rax, %rdx
    xor %ecx, %ecx
    mov $AGENT_FAIL_NO_SNP, %eax
    bt $SEV_STATUS_SNP, %rdx
    jnc fail
    mov $AGENT_FAIL_NO_SAVIC, %eax
    bt $SEV_STATUS_SECURE_AVIC, %rdx
    jnc fail

    mov $GHCB_MSR_SEV_INFO_REQUEST, %edx
    call ask_by_msr
    mov %rax, %rdx
    xor %ecx, %ecx
    mov $AGENT_FAIL_PROTOCOL, %eax
    mov %edx, %edi
    and $GHCB_MSR_INFO_MASK, %edi
    cmp $GHCB_MSR_SEV_INFO, %edi
    jne fail
    mov %rdx, %rdi
    shr $GHCB_MSR_SEV_INFO_MAXIMUM_SHIFT, %rdi
    cmp $GHCB_PROTOCOL_VERSION, %edi
    jb fail
    mov %rdx, %rdi
    shr $GHCB_MSR_SEV_INFO_MINIMUM_SHIFT, %rdi
    movzwl %di, %edi
    cmp $GHCB_PROTOCOL_VERSION, %edi
    ja fail

    lea GHCB_MSR_REGISTER_REQUEST(%r13), %rdx
    call ask_by_msr
    mov %rax, %rdx
    xor %ecx, %ecx
    mov $AGENT_FAIL_GHCB_GPA, %eax
    lea GHCB_MSR_REGISTER(%r13), %rdi
    cmp %rdi, %rdx
    jne fail

    mov %r13, %rdx
    mov $MSR_GHCB, %ecx
    call write_whole_msr
    mov $GHCB_IDLE, %r15d
    /* Nobody else writes these two. */
    movw $GHCB_PROTOCOL_VERSION, GHCB_PROTOCOL_VERSION_OFFSET(%r13)
    movl $0, GHCB_USAGE(%r13)
    jmp initialise_page

read_eoi:
    mov $MSR_X2APIC_EOI, %ecx
    call read_by_ghcb
    jnz fixup
    mov %r8d, %eax
    mov %r9d, %edx
    ret

write_spiv:
    load_operand
    call set_spiv
    jnz fixup
    ret

/* TMR first: once the vector is allowed, it can come. */
command_allow:
    mov MAILBOX_OPERAND_OFFSET(%rbx), %eax
    movzbl %al, %edi
    call locate
    shr $8, %eax
    and $3, %eax
    cmp $AGENT_TMR_CLEAR, %eax
    jne 1f
    btr %ecx, BACKING_PAGE_TMR(%rdi)
1:
    cmp $AGENT_TMR_SET, %eax
    jne 2f
    bts %ecx, BACKING_PAGE_TMR(%rdi)
2:
    bts %ecx, BACKING_PAGE_ALLOWED_IRR(%rdi)
    jmp succeed

command_disallow:
    movzbl MAILBOX_OPERAND_OFFSET(%rbx), %edi
    call locate
    btr %ecx, BACKING_PAGE_ALLOWED_IRR(%rdi)
    jmp succeed

command_enable:
    call enable
    jmp succeed

command_reset:
    xor %r8d, %r8d
    call write_control
    mov $GHCB_SECURE_AVIC_UNREGISTER, %edi
    call register_page
    mov MAILBOX_OPERAND_OFFSET(%rbx), %r8
    call clear_page
    call initialise_page
    call enable
    movl $0, MAILBOX_OPEN_OFFSET(%rbx)
    jmp succeed

/*
 * → EAX = result. The page's three arrays lie in a row, and so do their places in the mailbox,
 * and KVM's registers, and their places.
 */
take_snapshot:
    mov BACKING_PAGE_TPR(%r14), %eax
    mov %eax, MAILBOX_TPR_OFFSET(%rbx)
    lea BACKING_PAGE_ALLOWED_IRR(%r14), %rsi
    lea MAILBOX_ALLOWED_OFFSET(%rbx), %rdi
    mov $8, %ecx
    call copy_words
    lea BACKING_PAGE_ISR(%r14), %rsi
    lea MAILBOX_ISR_OFFSET(%rbx), %rdi
    mov $24, %ecx
    call copy_words
    call read_ppr
    xor %eax, %eax
    testb $1, MAILBOX_OPERAND_OFFSET(%rbx)
    jz 2f
    mov $MSR_X2APIC_ISR, %ecx
1:
    call read_by_ghcb
    jnz 2f
    mov %r8d, MAILBOX_KVM_ISR_OFFSET - 4 * MSR_X2APIC_ISR(%rbx,%rcx,4)
    inc %ecx
    cmp $MSR_X2APIC_IRR + 8, %ecx
    jb 1b
2:  ret

/*
 * The hardware works PPR out where it is read. That read is no part of the guest's program: what is
 * known of the last #VC stays.
 */
read_ppr:
    pushq MAILBOX_VC_FLAGS_OFFSET(%rbx)
    pushq MAILBOX_VC_CODE_OFFSET(%rbx)
    pushq MAILBOX_VC_COUNT_OFFSET(%rbx)
    mov $MSR_X2APIC_PPR, %ecx
ppr_may_fault:
    rdmsr
    mov %eax, MAILBOX_PPR_OFFSET(%rbx)
    mov MAILBOX_VC_COUNT_OFFSET(%rbx), %rax
    sub (%rsp), %rax
    mov %eax, MAILBOX_PPR_VC_OFFSET(%rbx)
    popq MAILBOX_VC_COUNT_OFFSET(%rbx)
    popq MAILBOX_VC_CODE_OFFSET(%rbx)
    popq MAILBOX_VC_FLAGS_OFFSET(%rbx)
    ret

/* That RDMSR raised #GP: it is left out, and counts as a #VC, so that its value does not. */
no_ppr:
    incq MAILBOX_VC_COUNT_OFFSET(%rbx)
    addq $MSR_LENGTH, 16(%rsp)
    lea 16(%rsp), %rsp
    xor %eax, %eax
    iretq

/* ECX words from the page at RSI to RDI. */
copy_words:
    mov (%rsi), %eax
    mov %eax, (%rdi)
    add $BACKING_PAGE_WORD_STRIDE, %rsi
    add $4, %rdi
    dec %ecx
    jnz copy_words
    ret

#include "secure_eoi.h"
#include "secure_host.h"
#include "secure_page.h"
#include "secure_vc.h"

    finish_agent

    .pushsection .rodata.guest_agent_secure_sites, "a", @progbits
AGENT(sites_end):
    .popsection
