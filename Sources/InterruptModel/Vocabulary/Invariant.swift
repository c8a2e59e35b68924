/// What must hold (model-contract §5).
public enum Invariant: UInt8, Sendable, CaseIterable {
    /// KVM uses no vector −1 (step).
    case memorySafety
    /// KVM completes the vector that the guest ended (step).
    case attribution
    /// An ack notifier fires only for the EOI of the vector that the guest ended (step).
    case noPrematureAck
    /// A read of the EOI register completes nothing (step).
    case writeOnlyEOI
    /// Where Remote IRR is set, an EOI can still come (state).
    case noOrphanedRemoteIRR
    /// A noted vector has been handed off and not ended (state).
    case noStaleShadow
    /// A level line that is high will be served (state).
    case noLostLevel
    /// One EOI of a level vector is one EOI at the IOAPIC (step).
    case exactlyOnce
    /// An edge that was accepted is pending until the guest takes it (step).
    case noLostEdge
    /// KVM runs into none of its own checks (step).
    case hostWarning

    /// The name that files, reports and options use.
    public var name: String {
        switch self {
        case .memorySafety: "memory-safety"
        case .attribution: "attribution"
        case .noPrematureAck: "no-premature-ack"
        case .writeOnlyEOI: "write-only-eoi"
        case .noOrphanedRemoteIRR: "no-orphaned-remote-irr"
        case .noStaleShadow: "no-stale-shadow"
        case .noLostLevel: "no-lost-level"
        case .exactlyOnce: "exactly-once"
        case .noLostEdge: "no-lost-edge"
        case .hostWarning: "host-warning"
        }
    }

    /// The invariant of this name, or nil.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// What happens where it does not hold, in so few words that they fit behind a count.
    public var breach: String {
        switch self {
        case .memorySafety: "KVM indexes a register page with −1"
        case .attribution: "KVM ends another interrupt than the guest"
        case .noPrematureAck: "device acknowledged before it was served"
        case .writeOnlyEOI: "a read of the register ends an interrupt"
        case .noOrphanedRemoteIRR: "a line waits for an EOI that cannot come"
        case .noStaleShadow: "a leftover note will claim a later EOI"
        case .noLostLevel: "a line is high and nobody will serve it"
        case .exactlyOnce: "one EOI ends no interrupt, or two"
        case .noLostEdge: "an accepted edge is pending nowhere"
        case .hostWarning: "a guest trips a WARN or BUG of the host"
        }
    }

    /// What it means, for `explain`.
    public var explanation: String {
        switch self {
        case .memorySafety:
            "KVM never uses vector −1, the answer of an empty register, as an index."
        case .attribution:
            "The vector that KVM completes is the vector that the guest ended."
        case .noPrematureAck:
            "An ack notifier fires only for a pin whose vector the guest ended: "
                + "an assigned device is not unmasked before it was served."
        case .writeOnlyEOI:
            "A read of the EOI register completes nothing."
        case .noOrphanedRemoteIRR:
            "Where Remote IRR is set, the pin's vector is in flight or in service, "
                + "so that an EOI can still come and clear it. Otherwise the line is dead."
        case .noStaleShadow:
            "A bit of the shadow ISR stands for a vector in flight or in service. "
                + "A stale bit will be taken for a later EOI."
        case .noLostLevel:
            "An unmasked level pin that userspace holds high, or that was last presented high, "
                + "has Remote IRR set, or delayed work is scheduled for it: somebody will serve "
                + "it."
        case .exactlyOnce:
            "One guest EOI of a level vector gives exactly one IOAPIC EOI."
        case .noLostEdge:
            "An edge that KVM has accepted, from a pin, a message or an IPI, is pending somewhere "
                + "until the guest takes it. (An edge on a masked pin or for a disabled local APIC "
                + "was never accepted.)"
        case .hostWarning:
            "KVM runs into none of its own WARN or BUG checks, which a guest could then trip on "
                + "the host at will."
        }
    }
}

/// A set of invariants, usually the violated ones.
public struct InvariantSet: OptionSet, Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// This one alone.
    public init(_ invariant: Invariant) { rawValue = 1 << UInt16(invariant.rawValue) }

    /// These, in whatever order.
    public init(_ invariants: some Sequence<Invariant>) {
        self = invariants.reduce(into: []) { $0.formUnion(Self($1)) }
    }

    /// The members, in the order of model-contract §5.
    public var members: [Invariant] {
        Invariant.allCases.filter { contains(Self($0)) }
    }
}
