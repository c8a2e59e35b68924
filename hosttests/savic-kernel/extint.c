/*
 * Whether a halted vCPU of the kernel lab sleeps while the 8259 asks for an interrupt (ExtINT).
 *
 *   extint [DESIGN]     the EOI design of the VM; default: rfc-v2
 *
 * The guest does nothing but HLT. Its vCPU runs for a second, once without a line and once with
 * GSI 1 high, which KVM's default routes give to the 8259; printed is how much processor time
 * KVM_RUN took. Exit status: 0 when it sleeps without the line and spins with it, 1 when it does
 * something else, 2 when that could not be tried.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "savic_lab.h"

#define CODE 0x1000

static void on_alarm(int number)
{
    (void)number;
}

/* The result of a system call; ends the program where it failed. */
static int must(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(2);
    }
    return result;
}

static double cpu_seconds(void)
{
    struct rusage usage;

    must(getrusage(RUSAGE_THREAD, &usage), "getrusage");
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* A VM of the lab with KVM's own irqchip and its default routes. */
static int open_vm(int kvm, const char *design)
{
    /* sti; hlt; jmp back to hlt */
    static const uint8_t code[] = { 0xfb, 0xf4, 0xeb, 0xfd };
    struct kvm_enable_cap lab = { .cap = SAVIC_LAB_CAPABILITY };
    uint8_t *memory = mmap(NULL, CODE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct kvm_userspace_memory_region region = {
        .guest_phys_addr = CODE, .memory_size = CODE, .userspace_addr = (uintptr_t)memory
    };
    int vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");

    must(memory == MAP_FAILED ? -1 : 0, "mmap");
    memcpy(memory, code, sizeof(code));
    strncpy((char *)&lab.args[1], design, SAVIC_LAB_NAME_SIZE - 1);
    must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
    must(ioctl(vm, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP");
    must(ioctl(vm, KVM_ENABLE_CAP, &lab), "KVM_ENABLE_CAP of the kernel lab");
    return vm;
}

/* Processor time of a second of KVM_RUN. */
static double halted(int kvm, const char *design, int gsi)
{
    int vm = open_vm(kvm, design);
    int vcpu = must(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
    struct kvm_regs registers = { .rip = CODE, .rflags = 2 };
    struct kvm_irq_level line = { .irq = (uint32_t)gsi, .level = 1 };
    struct kvm_sregs segments;
    double begin;

    must(ioctl(vcpu, KVM_GET_SREGS, &segments), "KVM_GET_SREGS");
    segments.cs.base = segments.cs.selector = 0;
    must(ioctl(vcpu, KVM_SET_SREGS, &segments), "KVM_SET_SREGS");
    must(ioctl(vcpu, KVM_SET_REGS, &registers), "KVM_SET_REGS");
    if (gsi >= 0)
        must(ioctl(vm, KVM_IRQ_LINE, &line), "KVM_IRQ_LINE");

    begin = cpu_seconds();
    alarm(1);
    if (ioctl(vcpu, KVM_RUN, 0) == 0) {
        fprintf(stderr, "KVM_RUN came back before the second was over\n");
        exit(2);
    }
    begin = cpu_seconds() - begin;
    close(vcpu);
    close(vm);
    return begin;
}

int main(int argc, char **argv)
{
    const char *design = argc > 1 ? argv[1] : "rfc-v2";
    /* Without SA_RESTART: the alarm ends KVM_RUN. */
    struct sigaction action = { .sa_handler = on_alarm };
    int kvm = must(open("/dev/kvm", O_RDWR), "/dev/kvm");
    double without, with;

    must(sigaction(SIGALRM, &action, NULL), "sigaction");
    without = halted(kvm, design, -1);
    with = halted(kvm, design, 1);
    printf("a second of a halted vCPU, design %s, takes\n"
           "%.2f s of processor time without a line\n"
           "%.2f s while the 8259 asks for an interrupt\n", design, without, with);
    return without < 0.25 && with > 0.5 ? 0 : 1;
}
