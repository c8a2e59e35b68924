/// Gates of a 64-bit interrupt table (AMD APM vol. 2, 8.2).
enum InterruptGate {
    /// Fills a table of 256 gates with a payload's stubs, of which `stubs` is the first one's
    /// guest physical address.
    static func fill(
        _ table: UInt64, from stubs: UInt64, _ payload: GuestPayload,
        in memory: borrowing GuestMemory
    ) {
        for vector in UInt64(0)..<256 {
            let gate = words(to: stubs + vector * UInt64(payload.stubSize))
            memory.store(gate.low, at: table + 16 * vector)
            memory.store(gate.high, at: table + 16 * vector + 8)
        }
    }

    /// A present 64-bit interrupt gate of ring 0: it clears IF on the way in.
    private static func words(to target: UInt64) -> (low: UInt64, high: UInt64) {
        let low =
            target & 0xffff | UInt64(LongModeStart.codeSelector) << 16 | 0x8e << 40
            | (target >> 16 & 0xffff) << 48
        return (low, target >> 32)
    }

    /// Where the gate of a vector leads.
    static func target(
        _ vector: UInt8, of table: UInt64, in memory: borrowing GuestMemory
    ) -> UInt64 {
        let low: UInt64 = memory.load(at: table + 16 * UInt64(vector))
        let high: UInt64 = memory.load(at: table + 16 * UInt64(vector) + 8)
        return low & 0xffff | (low >> 48 & 0xffff) << 16 | high << 32
    }
}
