/// What both versions of the RFC do; they differ in where index −1 lands.
public protocol RFCDesign: EOIDesign {}

extension RFCDesign {
    public static func decide<Vectors: VectorSet>(
        _ access: EOIAccess, shadow: Vectors, memory: inout Memory
    ) -> EOIDecision<Vectors> {
        var decision = EOIDecision<Vectors>()
        let vector = shadow.highest
        if vector < 0 {
            decision.usesVectorMinusOne = true
        } else {
            decision.completes.insert(vector)
        }
        return decision
    }

    public static var forgetsOnReset: Bool { false }
}

/// RFC v1, patch 16/19 (February 2025).
public enum RFCv1: RFCDesign {
    public static let name = "rfc-v1"
    public static let summary = "highest shadow vector; empty shadow writes register 0x0F0 (SPIV)"
    public static let source = "RFC PATCH 16/19, 28 Feb 2025 (20250228085115.105648)"
    public static let explanation = """
        KVM notes a level vector in its otherwise unused software ISR when it injects it, and
        takes every EOI that the guest forwards to be for the highest vector noted. Any access to
        the EOI register counts, read or write, with any data. With nothing noted, the index −1
        lands on bit 31 of register offset 0x0F0, the spurious-interrupt vector register.
        """
}

/// RFC v2, patch 13/17 (September 2025): the document that this project was made from.
public enum RFCv2: RFCDesign {
    public static let name = "rfc-v2"
    public static let summary = "highest shadow vector; empty shadow indexes out of bounds"
    public static let source = "RFC PATCH v2 13/17, 23 Sep 2025 (20250923050317.205482)"
    public static let explanation = """
        KVM notes a level vector in its otherwise unused software ISR, the shadow ISR, when it
        injects it, and takes every EOI that the guest forwards to be for the highest vector
        noted. Any access to the EOI register counts, read or write, with any data. With nothing
        noted, the index −1 clears bit 31 of the word 0x7ffffff0 bytes behind the page's ISR: one
        bit about 2 GiB past the register page, in silence where memory is mapped there, else an
        oops. The MSR of a GHCB request is shifted into a register offset of 32 bits without a
        check of its range, so an access to 0xN000080B, for any N up to F, is an EOI too (and one
        to 0xN0000830 an ICR), also where the EOI register itself is guarded. Trigger mode is
        KVM's TMR at the time of the EOI.
        """
}
