/// The thing under test: how KVM attributes the EOI of a guest whose in-service register it
/// cannot see (model-contract §3).
///
/// A design only *decides*; the machine carries the decision out. To add one, write a type and
/// name it in `EOIDesigns.all`.
public protocol EOIDesign: Sendable {
    /// What the design notes for itself in each vCPU; nothing unless it says otherwise.
    associatedtype Memory: DesignMemory = NoMemory

    /// The name on the command line.
    static var name: String { get }
    /// One line for lists.
    static var summary: String { get }
    /// Where it was proposed.
    static var source: String { get }
    /// What it does, in prose, for `explain`.
    static var explanation: String { get }

    /// Which pending vectors injection may move to RequestedIRR; all of them unless a design
    /// says otherwise.
    static func movable<Space: VectorSpace>(
        of apic: SoftwareAPIC<Space>
    ) -> Space.Vectors

    /// Injection has handed off these level vectors, some of which the shadow may have had before.
    /// The design notes of them what it likes; nothing unless it says otherwise.
    static func note<Vectors: VectorSet>(
        _ handedOff: Vectors, shadow: Vectors, memory: inout Memory)

    /// What an access to the EOI register completes.
    static func decide<Vectors: VectorSet>(
        _ access: EOIAccess, shadow: Vectors, memory: inout Memory
    ) -> EOIDecision<Vectors>

    /// Whether KVM drops its shadow, what it has handed off, and the design's memory when the vCPU
    /// begins a new life.
    static var forgetsOnReset: Bool { get }

    /// Whether the guest has to say which vector it ends.
    static var wantsVector: Bool { get }

    /// Invariants that the design cannot violate by its construction, whatever the guest does
    /// and whatever is assumed; none unless a design says otherwise.
    static var rulesOut: InvariantSet { get }
}

extension EOIDesign {
    public static func movable<Space: VectorSpace>(
        of apic: SoftwareAPIC<Space>
    ) -> Space.Vectors { apic.irr }

    public static func note<Vectors: VectorSet>(
        _ handedOff: Vectors, shadow: Vectors, memory: inout Memory
    ) {}

    public static var wantsVector: Bool { false }

    public static var rulesOut: InvariantSet { [] }
}

/// A guest's access to the EOI register as it reaches KVM through the GHCB.
public struct EOIAccess: Sendable, BitwiseCopyable {
    /// SW_EXITINFO1: a WRMSR, not an RDMSR.
    public var isWrite: Bool
    /// What a WRMSR writes; of an RDMSR it means nothing. The x2APIC architecture allows 0 alone.
    public var data: UInt32
    /// Index of the vector that the guest ended, where the design wants it (`wantsVector`), or −1.
    public var conveyed: Int

    package static func write(conveying vector: Int, data: UInt32 = 0) -> Self {
        Self(isWrite: true, data: data, conveyed: vector)
    }

    package static var read: Self { Self(isWrite: false, data: 0, conveyed: -1) }
}

/// What a design makes of an EOI.
public struct EOIDecision<Vectors: VectorSet>: Sendable, BitwiseCopyable {
    /// Vectors to complete, the highest first.
    public var completes = Vectors()
    /// The design goes on with the index −1 of an empty register.
    public var usesVectorMinusOne = false
    /// The completed vectors count as level because injection remembered it; otherwise KVM's
    /// TMR decides at EOI time.
    public var remembersLevel = false
    /// The guest's access raises #GP, as one to the register itself would.
    public var refuses = false

    /// The EOI completes nothing.
    static var ignore: Self { Self() }

    /// The access is none that the register allows, and completes nothing.
    static var refuse: Self {
        var decision = Self()
        decision.refuses = true
        return decision
    }
}

/// What the designs have in common.
enum EOIDesignRule {
    /// The highest vector of the shadow, by its remembered trigger mode.
    static func highest<Vectors: VectorSet>(of shadow: Vectors) -> EOIDecision<Vectors> {
        var decision = EOIDecision<Vectors>()
        let vector = shadow.highest
        guard vector >= 0 else { return decision }
        decision.completes.insert(vector)
        decision.remembersLevel = true
        return decision
    }
}

extension EOIAccess {
    /// A WRMSR of 0, the only access that the x2APIC architecture takes as an EOI.
    var isArchitectural: Bool { isWrite && data == 0 }
}
