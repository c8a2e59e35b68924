/// The vCPUs of a machine, and so the bus of its IOAPIC. The vCPU with number n has the APIC
/// identifier n.
protocol ProcessorSet: InterruptBus, Hashable, Sendable, BitwiseCopyable {
    associatedtype CPU: VirtualCPU

    /// - Parameters:
    ///   - count: how many there are, 1…8.
    ///   - each: makes the vCPU with this number.
    init(_ count: Int, each: (_ number: Int) -> CPU)

    /// How many there are.
    var count: Int { get }

    /// The vCPU with this number, which is one that there is.
    subscript(number: Int) -> CPU { get set }

    /// Whether there can be one at most. The search then has a loop of its own for each action.
    static var isOne: Bool { get }
}

/// Sets of vCPUs by their numbers: bit n is vCPU n.
typealias ProcessorMask = UInt8

/// The only vCPU of a machine: nothing is chosen, and nothing is stored but it.
struct OneProcessor<CPU: VirtualCPU>: ProcessorSet {
    private var only: CPU

    init(_ count: Int, each: (_ number: Int) -> CPU) { only = each(0) }

    var count: Int { 1 }

    subscript(number: Int) -> CPU {
        @inline(__always) get { only }
        @inline(__always) _modify { yield &only }
    }

    static var isOne: Bool { true }
}

/// Up to eight of them.
struct Processors<CPU: VirtualCPU>: ProcessorSet {
    private var places: InlineArray<8, CPU>
    let count: Int

    init(_ count: Int, each: (_ number: Int) -> CPU) {
        self.count = count
        places = InlineArray { each($0) }
    }

    subscript(number: Int) -> CPU {
        get { places[number] }
        _modify { yield &places[number] }
    }

    static var isOne: Bool { false }

    // `InlineArray` has no conformances of its own in Swift 6.3 (Swift Evolution SE-0453).
    static func == (one: Self, other: Self) -> Bool {
        (0..<one.count).allSatisfy { one.places[$0] == other.places[$0] }
    }

    func hash(into hasher: inout Hasher) {
        for number in 0..<count { hasher.combine(places[number]) }
    }
}

extension ProcessorSet {
    /// The vCPUs for which something holds.
    @inline(__always)
    func mask(where holds: (CPU) -> Bool) -> ProcessorMask {
        var mask: ProcessorMask = 0
        for number in 0..<count where holds(self[number]) { mask |= 1 << UInt8(number) }
        return mask
    }

    /// All that some vCPU has of something.
    @inline(__always)
    func union(_ part: (CPU) -> CPU.Space.Vectors) -> CPU.Space.Vectors {
        var all = CPU.Space.Vectors()
        for number in 0..<count { all = all.union(part(self[number])) }
        return all
    }

    /// A message reaches every local APIC that it is for: `kvm_irq_delivery_to_apic`.
    /// - Returns: those that accepted it.
    @inline(__always)
    mutating func accept<AnySpace: VectorSpace, Sink: EventSink>(
        _ vector: Int, level: Bool, destination: Destination, _ space: AnySpace, _ sink: inout Sink
    ) -> ProcessorMask {
        var accepted: ProcessorMask = 0
        for number in 0..<count
        where self[number].apic.accept(
            vector, level: level, destination: destination, space, &sink)
        {
            accepted |= 1 << UInt8(number)
        }
        return accepted
    }

    @inline(__always)
    mutating func deliver<AnySpace: VectorSpace, Sink: EventSink>(
        pin: Int, entry: RedirectionEntry, in space: AnySpace, into sink: inout Sink
    ) -> Delivery {
        Delivery(
            to: accept(
                entry.vector, level: entry.level, destination: entry.destination, space, &sink))
    }

    /// Userspace's change of routes asks every vCPU to scan, KVM's own IOAPIC only those that the
    /// entry meant or means (`kvm_bitmap_or_dest_vcpus`).
    mutating func entryWritten<AnySpace: VectorSpace>(
        pin: Int, from old: RedirectionEntry, to entry: RedirectionEntry,
        _ configuration: Configuration<AnySpace>
    ) {
        let asksAll =
            configuration.irqchip == .split
            || configuration.space.breaks(.entryWriteAsksItsDestinations)
        for number in 0..<count {
            let identifier = self[number].apic.identifier
            if asksAll || old.destination.includes(identifier)
                || entry.destination.includes(identifier)
            {
                self[number].apic.scanRequested = true
            }
        }
    }
}
