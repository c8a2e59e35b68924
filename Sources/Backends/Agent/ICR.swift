internal import InterruptModel

extension IPIDestination {
    /// The x2APIC's interrupt command register for a fixed interrupt: vector in bits 7:0, logical
    /// mode in bit 11, shorthand in bits 19:18, destination in bits 63:32 (APM volume 2, 16.5 and
    /// 16.13).
    func icr(vector: UInt8) -> UInt64 {
        guard let destination else { return UInt64(vector) | 0b11 << 18 }
        if destination == .broadcast { return UInt64(vector) | 0b10 << 18 }
        return UInt64(vector) | (destination.isLogical ? 1 << 11 : 0)
            | UInt64(destination.number) << 32
    }
}
