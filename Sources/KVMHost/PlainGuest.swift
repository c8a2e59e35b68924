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
    /// The page that the host and the agent on the first vCPU share.
    private static let firstMailbox: UInt64 = 0x6000
    /// The stack of the first vCPU: one page, growing down from here.
    private static let firstStackTop: UInt64 = 0x8000
    package static let devicePages: UInt64 = 0x8000
    package static let image: UInt64 = 0x10000
    /// What vCPUs behind the first one need of their own: a mailbox and a stack, a page each. They
    /// lie behind the image, for which 64 KiB are left.
    private static let others: UInt64 = 0x20000
    private static let shareOfEach: UInt64 = 0x2000

    /// Bytes of memory for so many vCPUs.
    package static func memorySize(vcpus: Int) -> Int {
        Int(others) + (vcpus - 1) * Int(shareOfEach)
    }

    /// The page that the host and the agent on this vCPU share.
    package static func mailbox(of vcpu: Int = 0) -> UInt64 {
        vcpu == 0 ? firstMailbox : others + UInt64(vcpu - 1) * shareOfEach
    }

    /// Where the stack of this vCPU grows down from: one page.
    package static func stackTop(of vcpu: Int = 0) -> UInt64 {
        vcpu == 0 ? firstStackTop : mailbox(of: vcpu) + shareOfEach
    }

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

    /// Where a vCPU begins with this payload: its mailbox's address is its argument.
    package static func start(_ payload: GuestPayload, on vcpu: Int = 0) -> LongModeStart {
        LongModeStart(
            instruction: image + UInt64(payload.entry), stack: stackTop(of: vcpu),
            arguments: (mailbox(of: vcpu), 0, 0), pageTable: pageTables, gdt: gdt, idt: idt)
    }
}

/// An ordinary VM with its vCPUs, an irqchip and a payload that each of them is ready to run.
@safe
package struct PlainGuest: ~Copyable {
    package let vm: VirtualMachine
    private let owners: [Owner]
    package let memory: GuestMemory

    /// Holds a vCPU, which itself fits in no array.
    private final class Owner {
        let vcpu: VCPU
        init(_ vcpu: consuming VCPU) { self.vcpu = vcpu }
    }

    /// The first vCPU, lent.
    package var vcpu: VCPU { _read { yield owners[0].vcpu } }

    /// The vCPU with this number, lent.
    package subscript(vcpu number: Int) -> VCPU { _read { yield owners[number].vcpu } }

    /// How many there are.
    package var vcpus: Int { owners.count }

    /// Builds it: nothing of the guest has run yet. Errors: `.call` of any step.
    /// - Parameter broadcasts: what KVM is told about SPIV bit 12, if anything.
    package init(
        _ system: borrowing KVMSystem, _ payload: GuestPayload,
        _ irqchip: GuestIRQChip = .split(reservedGSIs: 24), vcpus: Int = 1,
        broadcasts: EOIBroadcasts? = nil
    ) throws(KVMError) {
        let size = PlainLayout.memorySize(vcpus: vcpus)
        let memory = try GuestMemory(count: size, calls: system.calls)
        PlainLayout.load(payload, into: memory)
        let vm = try system.createVM()
        try vm.create(irqchip, broadcasts: broadcasts)
        try vm.mapMemory(memory)
        var owners: [Owner] = []
        for number in 0..<vcpus {
            let start = PlainLayout.start(payload, on: number)
            owners.append(Owner(try vm.createVCPU(Int32(number), on: system, at: start)))
        }
        self.owners = owners
        self.vm = vm
        self.memory = memory
    }
}
