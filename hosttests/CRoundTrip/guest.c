/* Sets up the VM: what every KVM program does, with errno left as it is at the first failure. */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    PML4 = 0x1000, PDPT = 0x2000, PD = 0x3000, GDT = 0x4000, IDT = 0x5000,
    MAILBOX = 0x6000, STACK_TOP = 0x8000, IMAGE = 0x10000, MEMORY = 0x20000,
};

static void fill_memory(uint8_t *memory, const struct croundtrip_guest *guest)
{
    uint64_t *pd = (uint64_t *)(memory + PD), *gdt = (uint64_t *)(memory + GDT);

    *(uint64_t *)(memory + PML4) = PDPT | 3;
    *(uint64_t *)(memory + PDPT) = PD | 3;
    for (uint64_t i = 0; i < 512; i++)
        pd[i] = i << 21 | 0x83; /* 2 MiB page, writable, present */
    gdt[1] = 0x00af9b000000ffff;
    gdt[2] = 0x00cf93000000ffff;
    for (unsigned vector = 0; vector < 256; vector++) {
        uint64_t target = IMAGE + guest->stubs + vector * AGENT_STUB_SIZE;
        uint64_t *gate = (uint64_t *)(memory + IDT) + 2 * vector;

        gate[0] = (target & 0xffff) | 8 << 16 | 0x8eULL << 40 | (target >> 16 & 0xffff) << 48;
        gate[1] = target >> 32;
    }
    memcpy(memory + IMAGE, guest->image, guest->length);
}

static int set_cpuid(struct machine *machine)
{
    enum { ENTRIES = 256 };
    struct kvm_cpuid2 *table = calloc(1, sizeof *table + ENTRIES * sizeof table->entries[0]);
    int result;

    if (!table)
        return -1;
    table->nent = ENTRIES;
    result = ioctl(machine->kvm, KVM_GET_SUPPORTED_CPUID, table);
    for (unsigned i = 0; result == 0 && i < table->nent; i++)
        if (table->entries[i].function == 1)
            table->entries[i].ecx |= 1u << 21; /* x2APIC */
    if (result == 0)
        result = ioctl(machine->vcpu, KVM_SET_CPUID2, table);
    free(table);
    return result;
}

static int set_registers(struct machine *machine, const struct croundtrip_guest *guest)
{
    struct kvm_sregs sregs;
    struct kvm_regs regs = {
        .rip = IMAGE + guest->entry, .rsp = STACK_TOP, .rdi = MAILBOX, .rflags = 2,
    };
    struct kvm_segment code = {
        .limit = 0xffffffff, .selector = 8, .type = 11, .present = 1, .s = 1, .l = 1, .g = 1,
    };
    struct kvm_segment data = {
        .limit = 0xffffffff, .selector = 16, .type = 3, .present = 1, .s = 1, .db = 1, .g = 1,
    };

    if (ioctl(machine->vcpu, KVM_GET_SREGS, &sregs) < 0)
        return -1;
    sregs.cs = code;
    sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
    sregs.gdt = (struct kvm_dtable){ .base = GDT, .limit = 3 * 8 - 1 };
    sregs.idt = (struct kvm_dtable){ .base = IDT, .limit = 256 * 16 - 1 };
    sregs.cr0 = 0x80010033; /* PG WP NE ET MP PE */
    sregs.cr3 = PML4;
    sregs.cr4 = 0x620; /* OSXMMEXCPT OSFXSR PAE */
    sregs.efer = 0x500; /* LMA LME */
    sregs.apic_base |= 0xc00; /* EN, EXTD: x2APIC */
    if (ioctl(machine->vcpu, KVM_SET_SREGS, &sregs) < 0)
        return -1;
    return ioctl(machine->vcpu, KVM_SET_REGS, &regs);
}

static int set_route(struct machine *machine, const struct croundtrip_guest *guest)
{
    struct kvm_irq_routing *table = calloc(1, sizeof *table + sizeof table->entries[0]);
    int result;

    if (!table)
        return -1;
    table->nr = 1;
    table->entries[0].gsi = guest->gsi;
    table->entries[0].type = KVM_IRQ_ROUTING_MSI;
    table->entries[0].u.msi.address_lo = 0xfee00000;
    table->entries[0].u.msi.data = guest->vector | 1u << 15; /* level */
    result = ioctl(machine->vm, KVM_SET_GSI_ROUTING, table);
    free(table);
    return result;
}

int machine_open(struct machine *machine, const struct croundtrip_guest *guest)
{
    struct kvm_enable_cap split = { .cap = KVM_CAP_SPLIT_IRQCHIP, .args = { 24 } };
    struct kvm_userspace_memory_region region = { .memory_size = MEMORY };
    int run_size;

    *machine = (struct machine){ .kvm = -1, .vm = -1, .vcpu = -1 };
    if (guest->length > MEMORY - IMAGE) {
        errno = EINVAL;
        return -1;
    }
    machine->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                           -1, 0);
    if (machine->memory == MAP_FAILED) {
        machine->memory = NULL;
        return -1;
    }
    machine->mailbox = (volatile struct mailbox *)(machine->memory + MAILBOX);
    fill_memory(machine->memory, guest);
    region.userspace_addr = (uintptr_t)machine->memory;
    if ((machine->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC)) < 0 ||
        (machine->vm = ioctl(machine->kvm, KVM_CREATE_VM, 0)) < 0 ||
        ioctl(machine->vm, KVM_SET_USER_MEMORY_REGION, &region) < 0 ||
        ioctl(machine->vm, KVM_ENABLE_CAP, &split) < 0 ||
        (run_size = ioctl(machine->kvm, KVM_GET_VCPU_MMAP_SIZE, 0)) < 0 ||
        (machine->vcpu = ioctl(machine->vm, KVM_CREATE_VCPU, 0)) < 0)
        return -1;
    machine->run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, machine->vcpu, 0);
    if (machine->run == MAP_FAILED) {
        machine->run = NULL;
        return -1;
    }
    machine->run_size = run_size;
    if (set_cpuid(machine) < 0 || set_registers(machine, guest) < 0)
        return -1;
    return set_route(machine, guest);
}

void machine_close(struct machine *machine)
{
    if (machine->run)
        munmap(machine->run, machine->run_size);
    if (machine->vcpu >= 0)
        close(machine->vcpu);
    if (machine->vm >= 0)
        close(machine->vm);
    if (machine->kvm >= 0)
        close(machine->kvm);
    if (machine->memory)
        munmap(machine->memory, MEMORY);
}
