/// Values of the spurious-interrupt vector register (APM volume 2, 16.4.7).
enum SPIV {
    /// Bit 8: the APIC is on.
    static let enable: UInt64 = 0x100
    /// Bit 12: no EOI broadcasts.
    static let suppress: UInt64 = 0x1000
    /// On, with spurious vector 0xFF.
    static let enabled: UInt64 = 0x1FF
    static let disabled: UInt64 = 0x0FF
    /// On, without broadcasts.
    static let suppressing: UInt64 = 0x11FF
}
