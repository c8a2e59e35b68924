/// What a guest payload consists of, for the loader. The bytes come from whoever built it.
package struct GuestPayload: Sendable {
    /// Position-independent machine code.
    package let image: [UInt8]
    /// Offset of the first instruction, bytes.
    package let entry: Int
    /// Offset of the table of 256 interrupt stubs, bytes.
    package let stubs: Int
    /// Bytes per stub.
    package let stubSize: Int

    package init(image: [UInt8], entry: Int, stubs: Int, stubSize: Int) {
        self.image = image
        self.entry = entry
        self.stubs = stubs
        self.stubSize = stubSize
    }
}

/// Where everything lies in a plain guest's physical memory, which it sees one to one.
package enum PlainLayout {
    /// Three levels of page tables, one page each: the first GiB in pages of 2 MiB. Its fourth,
    /// where the IOAPIC lies, has a page of its own behind the stack.
    package static let pageTables: UInt64 = 0x1000
    package static let gdt: UInt64 = 0x4000
    /// 256 gates of 16 bytes: exactly one page.
    package static let idt: UInt64 = 0x5000
    /// The page that host and agent share.
    package static let mailbox: UInt64 = 0x6000
    /// One page, growing down from here.
    package static let stackTop: UInt64 = 0x8000
    package static let devicePages: UInt64 = 0x8000
    package static let image: UInt64 = 0x10000
    /// Bytes of guest memory; what is left for the image is 64 KiB.
    package static let memorySize = 0x20000

    /// Fills fresh memory: page tables, descriptors, gates to the stubs, the image.
    package static func load(_ payload: GuestPayload, into memory: borrowing GuestMemory) {
        let present: UInt64 = 0b11  // and writable
        let large: UInt64 = 0x80
        memory.store(pageTables + 0x1000 | present, at: pageTables)
        memory.store(pageTables + 0x2000 | present, at: pageTables + 0x1000)
        for index in UInt64(0)..<512 {
            memory.store(index << 21 | large | present, at: pageTables + 0x2000 + 8 * index)
            let device = (3 << 30 | index << 21) | large | present
            memory.store(device, at: devicePages + 8 * index)
        }
        memory.store(devicePages | present, at: pageTables + 0x1000 + 8 * 3)
        for (index, descriptor) in LongModeStart.descriptors.enumerated() {
            memory.store(descriptor, at: gdt + 8 * UInt64(index))
        }
        InterruptGate.fill(idt, from: image + UInt64(payload.stubs), payload, in: memory)
        memory.store(bytes: payload.image, at: image)
    }

    /// Where the vCPU begins with this payload: the mailbox's address is its argument.
    package static func start(_ payload: GuestPayload) -> LongModeStart {
        LongModeStart(
            instruction: image + UInt64(payload.entry), stack: stackTop,
            arguments: (mailbox, 0, 0), pageTable: pageTables, gdt: gdt, idt: idt)
    }
}

/// An ordinary VM with one vCPU, an irqchip and a payload ready to run.
@safe
package struct PlainGuest: ~Copyable {
    package let vm: VirtualMachine
    package let vcpu: VCPU
    package let memory: GuestMemory

    /// Builds it: nothing of the guest has run yet. Errors: `.call` of any step.
    /// - Parameter broadcasts: what KVM is told about SPIV bit 12, if anything.
    package init(
        _ system: borrowing KVMSystem, _ payload: GuestPayload,
        _ irqchip: GuestIRQChip = .split(reservedGSIs: 24), broadcasts: EOIBroadcasts? = nil
    ) throws(KVMError) {
        let memory = try GuestMemory(count: PlainLayout.memorySize, calls: system.calls)
        PlainLayout.load(payload, into: memory)
        let vm = try system.createVM()
        try vm.create(irqchip, broadcasts: broadcasts)
        try vm.mapMemory(memory)
        vcpu = try vm.createVCPU(on: system, at: PlainLayout.start(payload))
        self.vm = vm
        self.memory = memory
    }
}
