/// Whom a message of the IOAPIC is for: bits 63:56 of a redirection entry. The destination mode is
/// physical, what Secure AVIC guests use (secure-avic §5): one local APIC by its identifier, or
/// all of them.
public struct Destination: Hashable, Sendable, BitwiseCopyable, ExpressibleByIntegerLiteral {
    /// The field as an entry holds it.
    public let number: UInt8

    /// All local APICs.
    public static let broadcast: Destination = 0xFF
    /// What numbers there are.
    package static let numbers = 0...255
    /// What a number of them is, for people.
    package static let meaning = "a physical APIC identifier"
    /// Bits that a state has to keep for one.
    static let bits = 8

    /// The destination that an entry's field says.
    public init(_ number: UInt8) { self.number = number }

    /// The same, written out.
    public init(integerLiteral number: UInt8) { self.init(number) }

    /// Whether the local APIC with this identifier is meant: `kvm_apic_match_physical_addr`
    /// (arch/x86/kvm/lapic.c).
    public func includes(_ identifier: UInt8) -> Bool {
        number == identifier || self == .broadcast
    }
}

extension Destination: CustomStringConvertible {
    /// The number, as files say it.
    public var description: String { "\(number)" }
}
