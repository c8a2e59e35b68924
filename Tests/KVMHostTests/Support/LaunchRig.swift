import KVMHost

/// A payload that need not run: any bytes will do for a launch.
let launchPayload = GuestPayload(
    image: (0..<0x1800).map { UInt8(truncatingIfNeeded: $0 / 3) }, entry: 0x40, stubs: 0x100,
    stubSize: 16)

/// The launch that everything here is about.
func launch(
    _ calls: SystemCalls, _ irqchip: GuestIRQChip = .split(reservedGSIs: 24),
    wantsSecureAVIC: Bool = true
) throws(KVMError) -> SecureGuest {
    try SecureGuest(
        try KVMSystem(calls: calls), launchPayload,
        SecureSetup(
            irqchip: irqchip, encryptionBit: 51, wantsSecureAVIC: wantsSecureAVIC))
}

/// What a launch ended with; nil if it did not fail.
func failure(_ body: () throws(KVMError) -> Void) -> KVMError? {
    do throws(KVMError) {
        try body()
        return nil
    } catch { return error }
}
