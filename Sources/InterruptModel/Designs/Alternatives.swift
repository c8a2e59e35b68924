/// Not knowing which vector was ended, complete them all and look at the lines again.
public enum ReevaluateAll: EOIDesign {
    public static let name = "reevaluate-all"
    public static let summary = "an EOI completes every shadow vector; asserted lines go again"
    public static let source = "secure-avic §7 (b)"
    public static let explanation = """
        On an EOI every vector of the shadow ISR is completed at once, and lines that are still
        asserted are serviced again. No line can stay blocked by a wrong guess, at the price of
        spurious interrupts and of acknowledgements that come too early.
        """

    public static func decide<Vectors: VectorSet>(
        _ access: EOIAccess, shadow: Vectors, memory: inout NoMemory
    ) -> EOIDecision<Vectors> {
        guard access.isArchitectural else { return .refuse }
        var decision = EOIDecision<Vectors>()
        decision.completes = shadow
        decision.remembersLevel = true
        return decision
    }

    public static var forgetsOnReset: Bool { true }
    public static var rulesOut: InvariantSet { InvariantSet([.memorySafety, .writeOnlyEOI]) }
}

/// The guest says which vector it ended.
public enum GuestConveys: EOIDesign {
    public static let name = "guest-conveys"
    public static let summary = "the EOI carries its vector"
    public static let source = "secure-avic §7 (e); GHCB specific EOI (draft 0x8000001B)"
    public static let explanation = """
        The EOI carries the vector that the guest ended, as a GHCB specific EOI or a directed EOI
        does, and exactly that vector is completed. Its trigger mode is the one remembered from
        injection, or else KVM's TMR. It needs a change in the guest, or an IOAPIC with an EOI
        register.
        """

    public static func decide<Vectors: VectorSet>(
        _ access: EOIAccess, shadow: Vectors, memory: inout NoMemory
    ) -> EOIDecision<Vectors> {
        guard access.isArchitectural else { return .refuse }
        guard access.conveyed >= 0 else { return .ignore }
        var decision = EOIDecision<Vectors>()
        decision.completes.insert(access.conveyed)
        decision.remembersLevel = shadow.contains(access.conveyed)
        return decision
    }

    public static var wantsVector: Bool { true }
    public static var forgetsOnReset: Bool { true }

    public static var rulesOut: InvariantSet {
        InvariantSet([.memorySafety, .writeOnlyEOI, .attribution, .noPrematureAck])
    }
}
