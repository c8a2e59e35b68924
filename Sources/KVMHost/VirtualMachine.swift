import CKVM

/// One VM: its memory slots, its interrupt routes, its lines.
///
/// Dropping it closes the descriptor; vCPUs that still exist keep the kernel's VM, and through
/// `MemorySlots` the guest's memory, alive.
@safe
package struct VirtualMachine: ~Copyable {
    let descriptor: Descriptor
    /// A `KVM_X86_…_VM` number.
    let type: Int32
    private let runSize: Int
    let slots = MemorySlots()
    private let routing = RoutingTable()

    /// Takes over a VM descriptor; `runSize` is `KVM_GET_VCPU_MMAP_SIZE`.
    init(_ descriptor: consuming Descriptor, type: Int32, runSize: Int) {
        self.descriptor = descriptor
        self.type = type
        self.runSize = runSize
    }

    /// LAPICs in the kernel, IOAPIC in this tool: the EOI of a level interrupt exits.
    ///
    /// Before any vCPU. `reservedGSIs` pins take routes with EOI exits. Errors: EEXIST there is an
    /// irqchip or a vCPU already, EINVAL more than 4096 pins.
    package func enableSplitIRQChip(reservedGSIs: Int = 24) throws(KVMError) {
        var request = kvm_enable_cap()
        request.cap = UInt32(KVM_CAP_SPLIT_IRQCHIP)
        request.args.0 = UInt64(reservedGSIs)
        try descriptor.ioctl(
            .enableCap, &request, about: .capability(Int32(KVM_CAP_SPLIT_IRQCHIP)))
    }

    /// LAPICs, IOAPIC and PIC in the kernel. Before any vCPU. Errors: EEXIST, EINVAL.
    package func createIRQChip() throws(KVMError) { try descriptor.ioctl(.createIRQChip) }

    /// Puts `memory` at a guest physical address. Errors: EEXIST overlap, EINVAL alignment.
    package func mapMemory(
        _ memory: borrowing GuestMemory, at address: UInt64 = 0, slot: UInt32 = 0
    ) throws(KVMError) {
        let mapping = memory.mapping
        var region = kvm_userspace_memory_region()
        region.slot = slot
        region.guest_phys_addr = address
        region.memory_size = UInt64(mapping.count)
        region.userspace_addr = unsafe UInt64(UInt(bitPattern: mapping.start))
        try descriptor.ioctl(
            .setUserMemoryRegion, &region, about: .memory(address: address, count: mapping.count))
        slots.mappings.append(mapping)
    }

    /// Replaces the whole routing table. A vCPU sees a change at its next entry.
    /// Errors: EINVAL without irqchip, two routes for one GSI, or more than 4096.
    package func setMSIRoutes(_ routes: [MSIRoute]) throws(KVMError) {
        routing.fill(routes)
        try descriptor.ioctl(
            .setGSIRouting, words: &routing.words, about: .routes(routes.count))
    }

    /// Routes each GSI to the IOAPIC's pin of the same number, and none to the 8259: at creation
    /// GSIs below 16 drive both (kvm-snp-uapi §1.4). Kernel irqchip only.
    package func setIOAPICRoutes(pins: [Int]) throws(KVMError) {
        routing.fill(pins: pins)
        try descriptor.ioctl(.setGSIRouting, words: &routing.words, about: .routes(pins.count))
    }

    /// Reads KVM's own IOAPIC. Errors: ENXIO with a split irqchip.
    package func ioapic() throws(KVMError) -> IOAPICRegisters {
        var registers = IOAPICRegisters()
        try descriptor.ioctl(.getIRQChip, &registers.words)
        return registers
    }

    /// Overwrites KVM's own IOAPIC, Remote IRR included; lines that are high are presented again.
    /// Errors: ENXIO with a split irqchip.
    package func setIOAPIC(_ registers: IOAPICRegisters) throws(KVMError) {
        var words = registers.words
        try descriptor.ioctl(.setIRQChip, &words)
    }

    /// Sets a line. On an MSI route level 1 sends the message and level 0 does nothing.
    /// Errors: ENXIO without irqchip.
    package func irqLine(gsi: UInt32, level: Bool) throws(KVMError) {
        var request = kvm_irq_level()
        request.irq = gsi
        request.level = level ? 1 : 0
        try descriptor.ioctl(.irqLine, &request, about: .gsi(gsi))
    }

    /// Sets a line and says what came of it: below 0 ignored (masked, or level 0 on an MSI
    /// route), 0 coalesced, above 0 the number of deliveries (kvm-snp-uapi §1.4).
    package func irqLineStatus(gsi: UInt32, level: Bool) throws(KVMError) -> Int32 {
        var request = kvm_irq_level()
        request.irq = gsi
        request.level = level ? 1 : 0
        try descriptor.ioctl(.irqLineStatus, &request, about: .gsi(gsi))
        return request.status
    }

    /// Sends a message past the routing table: above 0 delivered, 0 refused by the guest's APIC.
    /// Without a level route of the same vector its EOI does not exit (kvm-interrupts §9).
    @discardableResult
    package func signalMSI(
        destination: UInt8, vector: UInt8, level: Bool
    ) throws(KVMError) -> Int32 {
        let message = MSIMessage(destination: destination, vector: vector, level: level)
        var request = kvm_msi()
        request.address_lo = message.addressLow
        request.data = message.data
        return try descriptor.ioctl(.signalMSI, &request, about: .vector(vector))
    }

    /// Lets an eventfd pulse a line. Errors: EINVAL without irqchip, EBUSY used already.
    package func assignIRQFD(_ trigger: borrowing EventFD, gsi: UInt32) throws(KVMError) {
        var request = kvm_irqfd()
        request.fd = UInt32(bitPattern: trigger.number)
        request.gsi = gsi
        try descriptor.ioctl(.irqFD, &request, about: .gsi(gsi))
    }

    /// Lets an eventfd hold a line up until the guest's EOI, which `resampler` announces.
    /// Errors: EINVAL under a split irqchip: the ack notifier is part of KVM's own IOAPIC.
    package func assignIRQFD(
        _ trigger: borrowing EventFD, gsi: UInt32, resampler: borrowing EventFD
    ) throws(KVMError) {
        var request = kvm_irqfd()
        request.fd = UInt32(bitPattern: trigger.number)
        request.gsi = gsi
        request.flags = UInt32(KVM_IRQFD_FLAG_RESAMPLE)
        request.resamplefd = UInt32(bitPattern: resampler.number)
        try descriptor.ioctl(.irqFD, &request, about: .resampledGSI(gsi))
    }

    /// Takes an eventfd away from a line, and returns when whatever it had set going is done: KVM
    /// flushes the work of an irqfd before it lets go (`irqfd_shutdown`, virt/kvm/eventfd.c).
    /// Errors: ENOENT it was not assigned.
    package func removeIRQFD(_ trigger: borrowing EventFD, gsi: UInt32) throws(KVMError) {
        var request = kvm_irqfd()
        request.fd = UInt32(bitPattern: trigger.number)
        request.gsi = gsi
        request.flags = UInt32(KVM_IRQFD_FLAG_DEASSIGN)
        try descriptor.ioctl(.irqFD, &request, about: .gsi(gsi))
    }

    /// A counter to assign to one of the VM's lines. Errors: EMFILE too many descriptors.
    package func eventFD() throws(KVMError) -> EventFD { try EventFD(calls: descriptor.calls) }

    /// A vCPU with this number, which is its APIC id too. Errors: EEXIST, ENOMEM.
    package func createVCPU(_ id: Int32 = 0) throws(KVMError) -> VCPU {
        let number = try descriptor.ioctl(.createVCPU, id, about: .vcpu(id))
        return try VCPU(
            Descriptor(owning: number, calls: descriptor.calls), vmType: type, runSize: runSize,
            slots: slots)
    }

    /// A vCPU as every guest here has it: 64-bit mode, x2APIC on, at `start`. Those behind the
    /// first are application processors, which would wait for INIT and SIPI.
    /// Errors: `.call` of any step.
    package func createVCPU(
        _ id: Int32 = 0, on system: borrowing KVMSystem, at start: LongModeStart
    ) throws(KVMError) -> VCPU {
        let vcpu = try createVCPU(id)
        var cpuid = try system.supportedCPUID()
        cpuid.offerX2APIC()
        try vcpu.setCPUID(cpuid)
        try vcpu.enterLongMode(start)
        if id > 0 { try vcpu.setRunnable() }
        return vcpu
    }
}

/// What a VM's memory slots point to; shared by the VM and its vCPUs, see `Mapping`.
final class MemorySlots {
    var mappings: [Mapping] = []
    /// A slot does not keep its guest_memfd open: with the last descriptor its pages go.
    var guestMemFDs: [GuestMemFD] = []
}
