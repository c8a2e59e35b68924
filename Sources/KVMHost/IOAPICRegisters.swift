import CKVM

/// KVM's own IOAPIC as `KVM_GET_IRQCHIP` gives it: `kvm_irqchip` with `kvm_ioapic_state`
/// (kvm-snp-uapi §1.3), 520 bytes.
package struct IOAPICRegisters: Sendable {
    /// 8 bytes each: chip number, base address, register select and id, irr, then 24 redirection
    /// entries. The rest belongs to the other chips that the structure can hold.
    var words = InlineArray<65, UInt64>(repeating: 0)

    /// Asks for the IOAPIC.
    init() { words[0] = UInt64(KVM_IRQCHIP_IOAPIC) }

    /// The redirection entry of a pin, 0…23; bit 14 is Remote IRR, 15 level, 16 mask.
    package subscript(pin: Int) -> UInt64 {
        get { words[4 + pin] }
        set { words[4 + pin] = newValue }
    }

    /// Bit n: the line of pin n is high, as last presented; not for an edge that was delivered.
    package var irr: UInt32 { UInt32(truncatingIfNeeded: words[3]) }

    /// Bit n: pin n has Remote IRR set.
    package var remoteIRR: UInt32 {
        (0..<24).reduce(0) { $0 | UInt32(self[$1] >> 14 & 1) << UInt32($1) }
    }

    /// Where it is in physical memory, which is that of its register select.
    package static let select: UInt32 = 0xFEC0_0000
    /// The register that is selected.
    package static let window: UInt32 = select + 0x10
    /// The EOI register of version 0x20 (story S11); version 0x11 ignores a write.
    package static let eoi: UInt32 = select + 0x40

    /// A fixed, physical redirection entry with Remote IRR clear.
    package static func entry(
        vector: UInt8, destination: UInt8, isLogical: Bool = false, level: Bool, masked: Bool
    ) -> UInt64 {
        UInt64(vector) | (isLogical ? 1 << 11 : 0) | (level ? 1 << 15 : 0)
            | (masked ? 1 << 16 : 0)
            | UInt64(destination) << 56
    }
}
