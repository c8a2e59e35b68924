/// The least that `rfc-v2` needs to be safe to expose to a guest.
public enum Hardened: EOIDesign {
    public static let name = "hardened"
    public static let summary = "rfc-v2 that ignores an empty shadow, reads and non-zero data"
    public static let source = "secure-avic §7 (f)"
    public static let explanation = """
        rfc-v2 with the checks that its review asked for or that its code lacks: an EOI with an
        empty shadow is ignored, only a WRMSR of 0 counts, the shadow is cleared when the vCPU
        begins a new life, and the trigger mode is the one remembered from injection. It still
        guesses: the highest vector injected need not be the vector that the guest ended.
        """

    public static func decide<Vectors: VectorSet>(
        _ access: EOIAccess, shadow: Vectors, memory: inout NoMemory
    ) -> EOIDecision<Vectors> {
        access.isArchitectural ? EOIDesignRule.highest(of: shadow) : .refuse
    }

    public static var forgetsOnReset: Bool { true }
    public static var rulesOut: InvariantSet { InvariantSet([.memorySafety, .writeOnlyEOI]) }
}

/// One level vector at a time: attribution is exact because there is only one candidate.
public enum OneOutstanding: EOIDesign {
    public static let name = "one-outstanding"
    public static let summary = "hardened, with one level vector in flight for each vCPU"
    public static let source = "secure-avic §7 (d)"
    public static let explanation = """
        hardened, and while the shadow ISR is not empty injection holds level vectors back; edge
        vectors pass. Of several pending level vectors the highest goes. The only vector noted is
        then the one that the guest ends, at the price of latency: a higher level interrupt
        waits for the EOI of a lower one. An EOI that never comes holds every later one back.
        KVM has to raise KVM_REQ_EVENT wherever the note goes, by an EOI or by a reset, or nobody
        looks at what waits; the model injects at every entry, so that is not to be seen in it.
        """

    public static func movable<Space: VectorSpace>(
        of apic: SoftwareAPIC<Space>
    ) -> Space.Vectors {
        var vectors = apic.irr.subtracting(apic.tmr)
        let level = apic.irr.intersection(apic.tmr)
        if apic.isr.isEmpty, !level.isEmpty { vectors.insert(level.highest) }
        return vectors
    }

    public static func decide<Vectors: VectorSet>(
        _ access: EOIAccess, shadow: Vectors, memory: inout NoMemory
    ) -> EOIDecision<Vectors> { Hardened.decide(access, shadow: shadow, memory: &memory) }

    public static var forgetsOnReset: Bool { true }
    public static var rulesOut: InvariantSet { InvariantSet([.memorySafety, .writeOnlyEOI]) }
}
