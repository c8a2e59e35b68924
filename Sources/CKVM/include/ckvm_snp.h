/*
 * What an SEV-SNP launch needs beyond Debian 12's linux-libc-dev (6.1): guest memory since 6.8,
 * SEV-SNP since 6.11 (kvm-snp-uapi §4, §1.1, §1.3, §2.1).
 *
 * Two forms, so that no version of the headers can clash with this one. What the kernel names by
 * a macro is added under that name, behind an #ifndef. SEV commands are enumerators there, which
 * the preprocessor cannot see: they, and their structures, have names with a ckvm_ prefix here,
 * and snp.c holds them against the kernel's own wherever the headers have those.
 */
#ifndef CKVM_SNP_H
#define CKVM_SNP_H

#include <linux/kvm.h>
#include <linux/psp-sev.h>
#include <stdint.h>

/* VM types; DEFAULT since 6.8, SNP since 6.11. Whoever has SNP has its commands, too. */
#ifndef KVM_X86_DEFAULT_VM
#define KVM_X86_DEFAULT_VM 0
#endif
#ifdef KVM_X86_SNP_VM
#define CKVM_HEADERS_HAVE_SNP 1
#else
#define KVM_X86_SNP_VM 4
#endif

/* Memory slots with private pages; KVM_CAP_USER_MEMORY2. */
#ifndef KVM_SET_USER_MEMORY_REGION2
struct kvm_userspace_memory_region2 {
    __u32 slot;
    __u32 flags;
    __u64 guest_phys_addr;
    __u64 memory_size;    /* bytes; 0 deletes the slot */
    __u64 userspace_addr; /* what shared accesses reach */
    __u64 guest_memfd_offset;
    __u32 guest_memfd;
    __u32 pad1;
    __u64 pad2[14];
};
#define KVM_SET_USER_MEMORY_REGION2 _IOW(KVMIO, 0x49, struct kvm_userspace_memory_region2)
#endif
#ifndef KVM_MEM_GUEST_MEMFD
#define KVM_MEM_GUEST_MEMFD (1UL << 2)
#endif

/* Memory that only the guest reaches; KVM_CAP_GUEST_MEMFD. */
#ifndef KVM_CREATE_GUEST_MEMFD
struct kvm_create_guest_memfd {
    __u64 size;
    __u64 flags;
    __u64 reserved[6];
};
#define KVM_CREATE_GUEST_MEMFD _IOWR(KVMIO, 0xd4, struct kvm_create_guest_memfd)
#endif

/* Which pages are private; KVM_CAP_MEMORY_ATTRIBUTES. */
#ifndef KVM_SET_MEMORY_ATTRIBUTES
struct kvm_memory_attributes {
    __u64 address;
    __u64 size;
    __u64 attributes;
    __u64 flags;
};
#define KVM_SET_MEMORY_ATTRIBUTES _IOW(KVMIO, 0xd2, struct kvm_memory_attributes)
#endif
#ifndef KVM_MEMORY_ATTRIBUTE_PRIVATE
#define KVM_MEMORY_ATTRIBUTE_PRIVATE (1ULL << 3)
#endif

/* The exit of an access whose C-bit and attribute differ; KVM_CAP_MEMORY_FAULT_INFO. */
#ifndef KVM_EXIT_MEMORY_FAULT
#define KVM_EXIT_MEMORY_FAULT 39
#endif
#ifndef KVM_MEMORY_EXIT_FLAG_PRIVATE
#define KVM_MEMORY_EXIT_FLAG_PRIVATE (1ULL << 3)
#endif

/* Request numbers and flags, as in ckvm.h; the macros above import one way or not at all. */
enum : unsigned long {
    CKVM_SET_USER_MEMORY_REGION2 = KVM_SET_USER_MEMORY_REGION2,
    CKVM_SET_MEMORY_ATTRIBUTES = KVM_SET_MEMORY_ATTRIBUTES,
    CKVM_CREATE_GUEST_MEMFD = KVM_CREATE_GUEST_MEMFD,
    CKVM_MEMORY_ENCRYPT_OP = KVM_MEMORY_ENCRYPT_OP,
    CKVM_SEV_ISSUE_CMD = SEV_ISSUE_CMD, /* on /dev/sev */
};
enum : uint64_t {
    CKVM_MEM_GUEST_MEMFD = KVM_MEM_GUEST_MEMFD,
    CKVM_MEMORY_ATTRIBUTE_PRIVATE = KVM_MEMORY_ATTRIBUTE_PRIVATE,
    CKVM_MEMORY_EXIT_FLAG_PRIVATE = KVM_MEMORY_EXIT_FLAG_PRIVATE,
};

/* kvm_sev_cmd.id. */
enum : uint32_t {
    CKVM_SEV_INIT2 = 22,
    CKVM_SEV_SNP_LAUNCH_START = 100,
    CKVM_SEV_SNP_LAUNCH_UPDATE = 101,
    CKVM_SEV_SNP_LAUNCH_FINISH = 102,
};

/* ckvm_sev_snp_launch_update.type. */
enum : uint8_t {
    CKVM_SEV_SNP_PAGE_TYPE_NORMAL = 1,
    CKVM_SEV_SNP_PAGE_TYPE_ZERO = 3,
    CKVM_SEV_SNP_PAGE_TYPE_UNMEASURED = 4,
    CKVM_SEV_SNP_PAGE_TYPE_SECRETS = 5,
    CKVM_SEV_SNP_PAGE_TYPE_CPUID = 6,
};

struct ckvm_sev_init {
    uint64_t vmsa_features;
    uint32_t flags;
    uint16_t ghcb_version; /* 0: the kernel's default, 2 */
    uint16_t pad1;
    uint32_t pad2[8];
};

struct ckvm_sev_snp_launch_start {
    uint64_t policy;
    uint8_t gosvw[16];
    uint16_t flags;
    uint8_t pad0[6];
    uint64_t pad1[4];
};

struct ckvm_sev_snp_launch_update {
    uint64_t gfn_start; /* in, and out: what is left */
    uint64_t uaddr;
    uint64_t len; /* bytes */
    uint8_t type;
    uint8_t pad0;
    uint16_t flags;
    uint32_t pad1;
    uint64_t pad2[4];
};

struct ckvm_sev_snp_launch_finish {
    uint64_t id_block_uaddr;
    uint64_t id_auth_uaddr;
    uint8_t id_block_en;
    uint8_t auth_key_en;
    uint8_t vcek_disabled;
    uint8_t host_data[32];
    uint8_t pad0[3];
    uint16_t flags;
    uint64_t pad1[4];
};

/* sev_issue_cmd.cmd, and what it answers; no bit fields, so that every byte has one name. */
enum : uint32_t { CKVM_SNP_PLATFORM_STATUS = 9 };

struct ckvm_snp_platform_status {
    uint8_t api_major, api_minor;
    uint8_t state;     /* 0 uninitialised, 1 initialised */
    uint8_t rmp_flags; /* bit 0: the RMP is initialised */
    uint32_t build;
    uint32_t flags;
    uint32_t guest_count;
    uint64_t current_tcb, reported_tcb;
};

/* kvm_run's union for KVM_EXIT_MEMORY_FAULT: older headers lack the member. */
struct ckvm_memory_fault {
    uint64_t flags;
    uint64_t gpa;
    uint64_t size; /* bytes */
};

/* Copies it out of the shared page. */
struct ckvm_memory_fault ckvm_memory_fault(const struct kvm_run *run);

#endif
