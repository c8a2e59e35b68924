/// A LAPIC's register page as `KVM_GET_LAPIC` gives it: 1024 bytes, one 32-bit register every 16.
///
/// 256-bit registers are eight words, lowest vectors first (kvm-snp-uapi §1.3, `kvm_lapic_state`).
package struct LAPICRegisters: Sendable {
    /// The page, 4 bytes each. Inline: reading it allocates nothing.
    var page = InlineArray<256, UInt32>(repeating: 0)

    /// All zeros, to be filled by the kernel.
    init() {}

    /// A single register by its byte offset in the page, a multiple of 16 below 0x400.
    package subscript(offset: Int) -> UInt32 {
        get { page[offset / 4] }
        set { page[offset / 4] = newValue }
    }

    /// The id register as stored; in x2APIC mode without X2APIC_API the id is in bits 31:24.
    package var id: UInt32 { self[0x20] }
    package var tpr: UInt8 { UInt8(truncatingIfNeeded: self[0x80]) }
    package var ppr: UInt8 { UInt8(truncatingIfNeeded: self[0xa0]) }
    /// Spurious-interrupt vector; bit 8 is the software enable, bit 12 suppresses EOI broadcasts.
    package var spiv: UInt32 { self[0xf0] }
    /// In service.
    package var isr: SIMD8<UInt32> {
        get { vectors(0x100) }
        set { setVectors(0x100, newValue) }
    }
    /// Level triggered.
    package var tmr: SIMD8<UInt32> {
        get { vectors(0x180) }
        set { setVectors(0x180, newValue) }
    }
    /// Requested.
    package var irr: SIMD8<UInt32> {
        get { vectors(0x200) }
        set { setVectors(0x200, newValue) }
    }

    /// The vectors whose bits are set, ascending.
    package static func vectors(in bits: SIMD8<UInt32>) -> [UInt8] {
        (UInt8.min...UInt8.max).filter { contains($0, in: bits) }
    }

    /// Whether a vector's bit is set.
    package static func contains(_ vector: UInt8, in bits: SIMD8<UInt32>) -> Bool {
        bits[Int(vector / 32)] >> UInt32(vector % 32) & 1 == 1
    }

    /// The highest vector whose bit is set.
    package static func highest(in bits: SIMD8<UInt32>) -> UInt8? {
        for word in (0..<8).reversed() where bits[word] != 0 {
            return UInt8(32 * word + 31 - bits[word].leadingZeroBitCount)
        }
        return nil
    }

    private func vectors(_ offset: Int) -> SIMD8<UInt32> {
        var bits = SIMD8<UInt32>()
        for word in 0..<8 { bits[word] = page[(offset + 16 * word) / 4] }
        return bits
    }

    private mutating func setVectors(_ offset: Int, _ bits: SIMD8<UInt32>) {
        for word in 0..<8 { page[(offset + 16 * word) / 4] = bits[word] }
    }
}

/// What a local APIC has to do: the registers that say so, out of its page.
package struct LAPICInterrupts: Sendable {
    /// Requested, in service, level triggered: 256 bits each, lowest vectors first.
    package var irr, isr, tmr: SIMD8<UInt32>
    /// The processor priority.
    package var ppr: UInt8
}

extension LAPICRegisters: Equatable {
    /// Equal if every register is.
    package static func == (one: LAPICRegisters, other: LAPICRegisters) -> Bool {
        one.page.indices.allSatisfy { one.page[$0] == other.page[$0] }
    }
}
