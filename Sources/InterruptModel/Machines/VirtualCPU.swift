internal import StateExplorer

/// A vCPU with its local APIC: where a secure machine differs from a plain one.
///
/// The machine has the IOAPIC and lends it; what is the same for every guest stands in `Machine`.
protocol VirtualCPU: Hashable, Sendable, BitwiseCopyable {
    associatedtype Space: VectorSpace

    /// The local APIC registers that KVM has of it.
    var apic: SoftwareAPIC<Space> { get set }
    var interruptFlag: Bool { get set }
    /// What the guest has in service: the highest is what its EOI ends.
    var inService: Space.Vectors { get }
    /// Vectors for which the guest's EOI can still come.
    var live: Space.Vectors { get }
    /// Vectors that KVM has noted as in service though they are nowhere on their way.
    var stale: Space.Vectors { get }

    init(_ setup: MachineSetup, _ ioapic: IOAPIC<Space>, _ configuration: Configuration<Space>)

    // MARK: KVM and the hardware

    /// KVM hands pending vectors off, where the guest has a page of its own.
    mutating func inject<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool

    /// The hardware takes what was handed off.
    mutating func vmrun<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool

    /// The vector that the guest's local APIC would deliver now, or −1.
    func deliverable(_ space: Space) -> Int

    /// Moves a vector from IRR to ISR of the guest's local APIC.
    mutating func putInService(_ vector: Int, _ space: Space)

    /// The guest takes the highest interrupt that is deliverable, and what follows from that.
    mutating func accept<Sink: EventSink>(
        _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool

    // MARK: The host

    mutating func reset<Sink: EventSink>(
        _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool

    mutating func takeInit(
        _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>
    ) -> Bool

    mutating func askByExtINT(_ configuration: Configuration<Space>) -> Bool

    // MARK: The guest

    /// The guest ends its highest vector in service.
    /// - Parameter rising: a pin whose line rises meanwhile, or −1.
    mutating func endHighest<Sink: EventSink>(
        rising: Int, _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>,
        _ sink: inout Sink
    ) -> Bool

    /// Accesses of the guest to registers of its local APIC, beside that EOI.
    mutating func access<Sink: EventSink>(
        _ verb: AccessVerb, _ operand: UInt8, _ ioapic: inout IOAPIC<Space>,
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool
}

extension VirtualCPU {
    /// What a vCPU entry does before the guest runs: an EOI exit that is owed, the scan, and on a
    /// secure machine injection and VMRUN.
    mutating func enter<Sink: EventSink>(
        _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>, _ sink: inout Sink
    ) {
        _ = apic.exitLate(to: &ioapic, configuration, &sink)
        _ = apic.scanIfRequested(ioapic, configuration)
        _ = inject(configuration, &sink)
        _ = vmrun(configuration, &sink)
    }

    /// The guest takes the highest interrupt that is deliverable.
    mutating func take<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool {
        let space = configuration.space
        guard interruptFlag || space.breaks(.acceptNeedsInterruptFlag) else { return false }
        let vector = deliverable(space)
        guard vector >= 0 else { return false }
        putInService(vector, space)
        interruptFlag = false
        sink.note(.accepted(vector: UInt8(truncatingIfNeeded: vector)))
        return true
    }

    mutating func setInterruptFlag(_ on: Bool, nesting: Bool) -> Bool {
        guard interruptFlag != on, !on || nesting || inService.isEmpty else { return false }
        interruptFlag = on
        return true
    }
}

/// A vCPU in the wide space, as the lockstep uses it: it can say what it looks like.
protocol WideCPU: VirtualCPU where Space == WideSpace {
    /// Adds what its guest runs with to the picture of KVM's registers.
    func draw(in snapshot: inout Snapshot, _ configuration: Configuration<WideSpace>)
    /// What KVM would complete if the guest ended this vector now; nil where it would not hear of
    /// it. Nothing changes.
    func completions(
        ofEnding vector: Int, _ configuration: Configuration<WideSpace>
    ) -> WideVectors?
}

/// A vCPU whose state fits a word of the search.
protocol PackableCPU: VirtualCPU where Space == NarrowSpace {
    /// How many bits a state needs for the memory of its design, if it has one.
    static func memoryBits(vectors: Int) -> Int
    /// Writes the parts that KVM's local APIC registers are not.
    func pack<Word: StateWord>(_ layout: StateLayout<Word>, into word: inout Word)
    /// Takes them over.
    mutating func unpack<Word: StateWord>(_ word: Word, _ layout: StateLayout<Word>)
}
