internal import AgentFace
internal import InterruptModel
internal import KVMHost

/// The guest's APIC backing page where it really is: in guest memory, at xAPIC offsets.
extension BackingPage where Space == WideSpace {
    /// Reads the page at `address`.
    init(in memory: borrowing GuestMemory, at address: UInt64) {
        self.init(
            irr: Self.load(BackingPageLayout.irr, memory, address),
            isr: Self.load(BackingPageLayout.isr, memory, address),
            tmr: Self.load(BackingPageLayout.tmr, memory, address),
            allowed: Self.load(BackingPageLayout.allowedIRR, memory, address),
            tpr: memory.load(at: address + BackingPageLayout.tpr))
    }

    /// Writes what the hardware writes: IRR, ISR, TMR and TPR.
    func store(in memory: borrowing GuestMemory, at address: UInt64) {
        Self.store(irr, BackingPageLayout.irr, memory, address)
        Self.store(isr, BackingPageLayout.isr, memory, address)
        Self.store(tmr, BackingPageLayout.tmr, memory, address)
        memory.store(tpr, at: address + BackingPageLayout.tpr)
    }

    private static func load(
        _ offset: UInt64, _ memory: borrowing GuestMemory, _ address: UInt64
    ) -> WideVectors {
        var words = SIMD8<UInt32>()
        for word in 0..<8 {
            words[word] = memory.load(
                at: address + offset + BackingPageLayout.stride * UInt64(word))
        }
        return WideVectors(words: words)
    }

    private static func store(
        _ vectors: WideVectors, _ offset: UInt64, _ memory: borrowing GuestMemory,
        _ address: UInt64
    ) {
        let words = vectors.words
        for word in 0..<8 {
            memory.store(
                words[word], at: address + offset + BackingPageLayout.stride * UInt64(word))
        }
    }
}
