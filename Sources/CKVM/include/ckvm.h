/*
 * The kernel's KVM and SEV interfaces as Swift can import them.
 *
 * Debian 12's linux-libc-dev is 6.1; what is newer and used here is added below, each behind its
 * own #ifndef, so that newer headers win; what SEV-SNP needs is in ckvm_snp.h. Numbers:
 * kvm-snp-uapi §4, §1.1, §1.2 and linux/kvm.h.
 */
#ifndef CKVM_H
#define CKVM_H

#include "ckvm_snp.h"
#include "savic_lab.h"

#include <linux/kvm.h>
#include <linux/psp-sev.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bitmap of VM types that KVM_CREATE_VM accepts; since 6.8. */
#ifndef KVM_CAP_VM_TYPES
#define KVM_CAP_VM_TYPES 235
#endif
/* KVM_GET_DEVICE_ATTR on /dev/kvm: which VMSA feature bits KVM_SEV_INIT2 accepts; since 6.10. */
#ifndef KVM_X86_GRP_SEV
#define KVM_X86_GRP_SEV 1
#endif
#ifndef KVM_X86_SEV_VMSA_FEATURES
#define KVM_X86_SEV_VMSA_FEATURES 0
#endif

/* KVM_CAP_X2APIC_API: what SPIV bit 12 does; in 7.0, and taken over by stable kernels. */
#ifndef KVM_X2APIC_ENABLE_SUPPRESS_EOI_BROADCAST
#define KVM_X2APIC_ENABLE_SUPPRESS_EOI_BROADCAST (1ULL << 2)
#define KVM_X2APIC_DISABLE_SUPPRESS_EOI_BROADCAST (1ULL << 3)
#endif

/*
 * Request numbers. The _IO* macros do not import into Swift; enumerators with an unsigned long
 * base arrive as UInt, which is what ioctl() takes. The comment names the capability needed.
 */
enum : unsigned long {
    CKVM_GET_API_VERSION = KVM_GET_API_VERSION,
    CKVM_CREATE_VM = KVM_CREATE_VM,
    CKVM_CHECK_EXTENSION = KVM_CHECK_EXTENSION,
    CKVM_GET_VCPU_MMAP_SIZE = KVM_GET_VCPU_MMAP_SIZE,
    CKVM_GET_SUPPORTED_CPUID = KVM_GET_SUPPORTED_CPUID,
    CKVM_GET_DEVICE_ATTR = KVM_GET_DEVICE_ATTR, /* KVM_CAP_SYS_ATTRIBUTES on /dev/kvm */
    CKVM_ENABLE_CAP = KVM_ENABLE_CAP,           /* KVM_CAP_ENABLE_CAP_VM */
    CKVM_CREATE_VCPU = KVM_CREATE_VCPU,
    CKVM_CREATE_IRQCHIP = KVM_CREATE_IRQCHIP, /* KVM_CAP_IRQCHIP */
    CKVM_GET_IRQCHIP = KVM_GET_IRQCHIP,       /* KVM_CAP_IRQCHIP */
    CKVM_SET_IRQCHIP = KVM_SET_IRQCHIP,       /* KVM_CAP_IRQCHIP */
    CKVM_SET_USER_MEMORY_REGION = KVM_SET_USER_MEMORY_REGION,
    CKVM_IRQ_LINE = KVM_IRQ_LINE,
    CKVM_IRQ_LINE_STATUS = KVM_IRQ_LINE_STATUS, /* KVM_CAP_IRQ_INJECT_STATUS */
    CKVM_SET_GSI_ROUTING = KVM_SET_GSI_ROUTING, /* KVM_CAP_IRQ_ROUTING */
    CKVM_SIGNAL_MSI = KVM_SIGNAL_MSI,           /* KVM_CAP_SIGNAL_MSI */
    CKVM_IRQFD = KVM_IRQFD,                     /* KVM_CAP_IRQFD */
    CKVM_SET_MSR_FILTER = KVM_X86_SET_MSR_FILTER, /* KVM_CAP_X86_MSR_FILTER */
    CKVM_RUN = KVM_RUN,
    CKVM_GET_REGS = KVM_GET_REGS,
    CKVM_SET_REGS = KVM_SET_REGS,
    CKVM_GET_SREGS = KVM_GET_SREGS,
    CKVM_SET_SREGS = KVM_SET_SREGS,
    CKVM_SET_CPUID2 = KVM_SET_CPUID2, /* KVM_CAP_EXT_CPUID */
    CKVM_INTERRUPT = KVM_INTERRUPT, /* without an irqchip only */
    CKVM_GET_MP_STATE = KVM_GET_MP_STATE, /* KVM_CAP_MP_STATE */
    CKVM_SET_MP_STATE = KVM_SET_MP_STATE,
    CKVM_GET_LAPIC = KVM_GET_LAPIC,
    CKVM_SET_LAPIC = KVM_SET_LAPIC,
};

/* The four registers that one CPUID leaf returns. */
struct ckvm_cpuid {
    uint32_t eax, ebx, ecx, edx;
};

/* CPUID of the CPU that runs this tool. Leaves above the highest one read as zeros. */
struct ckvm_cpuid ckvm_cpuid(uint32_t leaf, uint32_t subleaf);

/* Sets kvm_run.immediate_exit. Atomic, because the watchdog does it from its own thread. */
void ckvm_set_immediate_exit(struct kvm_run *run, uint8_t value);

/* eventfd(2): count 0, non-blocking, close-on-exec; −1 and errno. Not in Glibc's Swift module. */
int ckvm_eventfd(void);

/* The name of an errno such as "EACCES", or NULL; a GNU extension that Glibc's module hides. */
const char *ckvm_errno_name(int number);

/*
 * Makes the calling thread one that a kick reaches, and returns its kernel id. The first call in a
 * thread unblocks the kick signal: libdispatch's workers block all signals, and there a KVM_RUN
 * would never see one. Later calls return a thread-local copy, without a system call.
 */
pid_t ckvm_kickable_thread(void);

/* Gives the kick signal a handler that does nothing. 0, or the errno of sigaction(). */
int ckvm_install_kick_handler(void);

/* Sends the kick signal to a thread of this process. 0 or errno; ESRCH if it has gone. */
int ckvm_kick(pid_t thread);

/* The exit status of a program that was asked to stop. */
#define CKVM_INTERRUPTED 130

/*
 * SIGINT, SIGTERM and SIGHUP end the process with CKVM_INTERRUPTED, at once.
 * 0, or the errno of sigaction().
 */
int ckvm_end_at_interruption(void);

/*
 * The same signals only set a flag, once: the second one has its default action again.
 * 0, or the errno of sigaction().
 */
int ckvm_install_interruption(void);

/* The signal that asked to stop, or 0. */
int ckvm_interruption(void);

/* Forgets a request to stop (tests). */
void ckvm_clear_interruption(void);

/*
 * Gives those of the descriptors 0 to 2 that are closed to /dev/null, each for the way in which
 * nobody uses it: otherwise the next file that is opened would be taken for a standard stream.
 * 0, or the errno of open().
 */
int ckvm_fill_standard_streams(void);

/*
 * Renames a file within its folder; where `replaces` is 0, EEXIST if the new name is taken.
 * 0 or errno.
 */
int ckvm_move_file(const char *from, const char *to, int replaces);

/* One row of what the C compiler says about the kernel's structures, for the golden ABI tests. */
struct ckvm_layout {
    const char *name;
    size_t value;
};

/* Row `index` of the table of sizes and offsets; name is NULL behind the last one. */
struct ckvm_layout ckvm_layout(size_t index);

#endif
