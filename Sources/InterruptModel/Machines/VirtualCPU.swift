internal import StateExplorer

/// A vCPU with its local APIC: where a secure machine differs from a plain one.
///
/// It knows of nothing but itself. What goes from it to the IOAPIC or to other vCPUs it returns as
/// a value, and the machine, which has them all, carries it out.
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

    /// The vCPU with this number.
    init(
        _ number: Int, _ setup: MachineSetup, _ ioapic: IOAPIC<Space>,
        _ configuration: Configuration<Space>)

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

    /// What KVM makes of an access to the EOI register.
    mutating func decide(
        _ access: EOIAccess, _ configuration: Configuration<Space>
    ) -> EOIDecision<Space.Vectors>

    /// A vector that KVM completes is no longer in service for it.
    mutating func complete(_ vector: Int, _ space: Space)

    // MARK: The host

    /// The guest takes its page, if it has one, away from KVM.
    mutating func unregisterPage()

    /// The local APIC begins anew, with the guest's interrupt flag clear.
    /// - Returns: whether KVM's map of local APICs has changed.
    mutating func beginNewLife(_ configuration: Configuration<Space>) -> Bool

    /// The guest gives KVM its page again, if it has one.
    mutating func registerPage()

    mutating func askByExtINT(_ configuration: Configuration<Space>) -> Bool

    // MARK: The guest

    /// The guest ends its highest vector in service.
    /// - Returns: nil where nothing is in service.
    mutating func endHighest<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> GuestEnd?

    /// Accesses of the guest to registers of its local APIC, beside that EOI.
    mutating func access<Sink: EventSink>(
        _ verb: AccessVerb, _ operand: UInt8, _ ioapic: IOAPIC<Space>,
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> AccessOutcome

    /// Whether the guest writes an IPI into the pages of those that it is for, and not KVM into
    /// its own registers.
    func sendsByPages(_ configuration: Configuration<Space>) -> Bool

    /// Another vCPU, or this one, has written an IPI into this guest's page.
    mutating func receiveInPage(_ vector: Int)
}

/// What a guest has done to end an interrupt, and what of it goes further.
struct GuestEnd {
    /// The vector that it ended.
    var vector: Int
    /// The access by which KVM hears of it.
    var access: EOIAccess
    /// How often KVM hears of it: not at all, once, or twice from a guest that ends in both ways.
    var times: Int
    /// The guest ends it at the IOAPIC too.
    var endsAtIOAPIC: Bool
}

/// What becomes of an access to a local APIC's register.
enum AccessOutcome {
    /// It is not enabled; nothing has changed.
    case refused
    /// It was the vCPU's own.
    case done
    /// It was the vCPU's own, but that KVM's map of local APICs has changed, or not.
    case enabled(mapChanges: Bool)
    /// It ends the highest vector in service.
    case endsHighest
    /// It reaches KVM's handling of EOIs.
    case reachesKVM(EOIAccess)
    /// Userspace has brought the register in by KVM_SET_LAPIC.
    case restored
}

extension VirtualCPU {
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
    func draw(in registers: inout Registers, _ configuration: Configuration<WideSpace>)
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
    func pack<Word: StateWord>(_ layout: ProcessorLayout, into word: inout Word)
    /// Takes them over.
    mutating func unpack<Word: StateWord>(_ word: Word, _ layout: ProcessorLayout)
}
