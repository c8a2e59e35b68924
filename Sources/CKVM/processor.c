/* What Swift cannot say: CPUID, an atomic byte of kvm_run, eventfd(2), names of errnos. */
#define _GNU_SOURCE
#include "ckvm.h"

#include <cpuid.h>
#include <string.h>
#include <sys/eventfd.h>

struct ckvm_cpuid ckvm_cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct ckvm_cpuid r = { 0, 0, 0, 0 };

    /* Above the highest leaf Intel CPUs repeat another leaf: __get_cpuid_count checks first. */
    if (!__get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx))
        r = (struct ckvm_cpuid){ 0, 0, 0, 0 };
    return r;
}

void ckvm_set_immediate_exit(struct kvm_run *run, uint8_t value)
{
    __atomic_store_n(&run->immediate_exit, value, __ATOMIC_SEQ_CST);
}

const char *ckvm_errno_name(int number)
{
    return strerrorname_np(number);
}

int ckvm_eventfd(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}
