/* Exported sizes and offsets: what the C compiler says, for the golden ABI tests. */
#include "ckvm.h"

#define SIZE(type) { #type, sizeof(struct type) }
#define OFFSET(type, field) { #type "." #field, offsetof(struct type, field) }

static const struct ckvm_layout table[] = {
    SIZE(kvm_run),
    OFFSET(kvm_run, request_interrupt_window),
    OFFSET(kvm_run, immediate_exit),
    OFFSET(kvm_run, exit_reason),
    OFFSET(kvm_run, apic_base),
    OFFSET(kvm_run, io.direction),
    OFFSET(kvm_run, io.size),
    OFFSET(kvm_run, io.port),
    OFFSET(kvm_run, io.count),
    OFFSET(kvm_run, io.data_offset),
    OFFSET(kvm_run, eoi.vector),
    OFFSET(kvm_run, mmio.phys_addr),
    OFFSET(kvm_run, mmio.data),
    OFFSET(kvm_run, mmio.len),
    OFFSET(kvm_run, mmio.is_write),
    OFFSET(kvm_run, msr.error),
    OFFSET(kvm_run, msr.reason),
    OFFSET(kvm_run, msr.index),
    OFFSET(kvm_run, msr.data),
    OFFSET(kvm_run, fail_entry.hardware_entry_failure_reason),
    OFFSET(kvm_run, fail_entry.cpu),
    OFFSET(kvm_run, internal.suberror),
    OFFSET(kvm_run, internal.ndata),
    OFFSET(kvm_run, internal.data),
    OFFSET(kvm_run, system_event.type),
    OFFSET(kvm_run, system_event.ndata),
    OFFSET(kvm_run, system_event.data),
    SIZE(kvm_regs),
    OFFSET(kvm_regs, rsp),
    OFFSET(kvm_regs, rip),
    OFFSET(kvm_regs, rflags),
    SIZE(kvm_segment),
    SIZE(kvm_sregs),
    OFFSET(kvm_sregs, cs),
    OFFSET(kvm_sregs, tr),
    OFFSET(kvm_sregs, gdt),
    OFFSET(kvm_sregs, idt),
    OFFSET(kvm_sregs, cr0),
    OFFSET(kvm_sregs, efer),
    OFFSET(kvm_sregs, apic_base),
    SIZE(kvm_lapic_state),
    SIZE(kvm_irqchip),
    OFFSET(kvm_irqchip, chip),
    SIZE(kvm_ioapic_state),
    OFFSET(kvm_ioapic_state, irr),
    OFFSET(kvm_ioapic_state, redirtbl),
    OFFSET(kvm_irq_routing_entry, u.irqchip.irqchip),
    OFFSET(kvm_irq_routing_entry, u.irqchip.pin),
    SIZE(kvm_cpuid_entry2),
    SIZE(kvm_enable_cap),
    OFFSET(kvm_enable_cap, args),
    SIZE(kvm_device_attr),
    OFFSET(kvm_device_attr, attr),
    OFFSET(kvm_device_attr, addr),
    SIZE(kvm_userspace_memory_region),
    SIZE(kvm_irq_level),
    SIZE(kvm_irqfd),
    OFFSET(kvm_irqfd, resamplefd),
    SIZE(kvm_msi),
    OFFSET(kvm_msi, data),
    SIZE(kvm_irq_routing),
    SIZE(kvm_irq_routing_entry),
    OFFSET(kvm_irq_routing_entry, u.msi.address_lo),
    OFFSET(kvm_irq_routing_entry, u.msi.data),
};

struct ckvm_layout ckvm_layout(size_t index)
{
    if (index >= sizeof table / sizeof table[0])
        return (struct ckvm_layout){ NULL, 0 };
    return table[index];
}
