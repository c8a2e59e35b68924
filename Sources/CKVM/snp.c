/* The SEV-SNP structures: how to read one that older headers lack, and proof against newer ones. */
#include "ckvm_snp.h"

#include <stddef.h>
#include <string.h>

struct ckvm_memory_fault ckvm_memory_fault(const struct kvm_run *run)
{
    struct ckvm_memory_fault fault;

    /* Every member of the union begins where `hw` does. */
    memcpy(&fault, &run->hw, sizeof fault);
    return fault;
}

_Static_assert(sizeof(struct sev_issue_cmd) == 16, "four words, as SEVDevice passes them");

#ifdef CKVM_HEADERS_HAVE_SNP
/* Both definitions are there: they have to agree byte by byte. */
#define SAME_SIZE(name) \
    _Static_assert(sizeof(struct c##name) == sizeof(struct name), #name)
#define SAME(name, field) \
    _Static_assert(offsetof(struct c##name, field) == offsetof(struct name, field), \
                   #name "." #field)
#define SAME_NUMBER(name) _Static_assert((int)C##name == (int)name, #name)

SAME_SIZE(kvm_sev_init);
SAME(kvm_sev_init, vmsa_features);
SAME(kvm_sev_init, flags);
SAME(kvm_sev_init, ghcb_version);
SAME_SIZE(kvm_sev_snp_launch_start);
SAME(kvm_sev_snp_launch_start, policy);
SAME(kvm_sev_snp_launch_start, gosvw);
SAME(kvm_sev_snp_launch_start, flags);
SAME_SIZE(kvm_sev_snp_launch_update);
SAME(kvm_sev_snp_launch_update, gfn_start);
SAME(kvm_sev_snp_launch_update, uaddr);
SAME(kvm_sev_snp_launch_update, len);
SAME(kvm_sev_snp_launch_update, type);
SAME(kvm_sev_snp_launch_update, flags);
SAME_SIZE(kvm_sev_snp_launch_finish);
SAME(kvm_sev_snp_launch_finish, id_block_en);
SAME(kvm_sev_snp_launch_finish, host_data);
SAME(kvm_sev_snp_launch_finish, flags);

SAME_NUMBER(KVM_SEV_INIT2);
SAME_NUMBER(KVM_SEV_SNP_LAUNCH_START);
SAME_NUMBER(KVM_SEV_SNP_LAUNCH_UPDATE);
SAME_NUMBER(KVM_SEV_SNP_LAUNCH_FINISH);
SAME_NUMBER(KVM_SEV_SNP_PAGE_TYPE_NORMAL);
SAME_NUMBER(KVM_SEV_SNP_PAGE_TYPE_ZERO);
SAME_NUMBER(KVM_SEV_SNP_PAGE_TYPE_UNMEASURED);
SAME_NUMBER(KVM_SEV_SNP_PAGE_TYPE_SECRETS);
SAME_NUMBER(KVM_SEV_SNP_PAGE_TYPE_CPUID);
_Static_assert((int)CKVM_SNP_PLATFORM_STATUS == (int)SNP_PLATFORM_STATUS, "SNP_PLATFORM_STATUS");
_Static_assert(
    sizeof(struct ckvm_snp_platform_status) == sizeof(struct sev_user_data_snp_status),
    "sev_user_data_snp_status");
_Static_assert(
    sizeof(struct ckvm_memory_fault) == sizeof(((struct kvm_run *)0)->memory_fault)
        && offsetof(struct kvm_run, memory_fault) == offsetof(struct kvm_run, hw)
        && offsetof(struct kvm_run, memory_fault.gpa) - offsetof(struct kvm_run, hw)
            == offsetof(struct ckvm_memory_fault, gpa),
    "kvm_run.memory_fault");
#endif
