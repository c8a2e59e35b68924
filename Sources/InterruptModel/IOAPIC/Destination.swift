/// Whom a message is for: bits 63:56 of a redirection entry with bit 11, or the same of an IPI.
///
/// Physical: one local APIC by its identifier, or all of them. Logical: a set of them. In x2APIC
/// mode the local APIC with identifier n is member n of cluster 0, and eight bits of a destination
/// name a set of members of that cluster (APM volume 2, 16.6.1; kvm-interrupts §3).
public struct Destination: Hashable, Sendable, BitwiseCopyable, ExpressibleByIntegerLiteral {
    /// The eight bits as an entry holds them.
    public let number: UInt8
    /// The destination mode: logical, else physical.
    public let isLogical: Bool

    /// All local APICs.
    public static let broadcast: Destination = 0xFF
    /// What may be written, for people.
    package static let meaning = "an APIC identifier, “all”, or a logical set like 0+1"

    /// The local APIC with this identifier; 255 is all of them.
    public init(_ number: UInt8) { self.init(number, isLogical: false) }

    /// The destination that an entry's fields say.
    public init(_ number: UInt8, isLogical: Bool) {
        (self.number, self.isLogical) = (number, isLogical)
    }

    /// The same as `init(_:)`, written out.
    public init(integerLiteral number: UInt8) { self.init(number) }

    /// The destination of this code.
    public init(code: UInt16) {
        self.init(UInt8(truncatingIfNeeded: code), isLogical: code >> 8 & 1 != 0)
    }

    /// The field with the mode above it: what actions and tables hold.
    public var code: UInt16 { UInt16(number) | (isLogical ? 1 << 8 : 0) }

    /// Whether the local APIC with this identifier is meant: `kvm_apic_match_dest`
    /// (arch/x86/kvm/lapic.c). What comes from the IOAPIC with all bits set is for every local
    /// APIC in either mode (`kvm_apic_mda`).
    public func includes(_ identifier: UInt8) -> Bool {
        if number == 0xFF { return true }
        return isLogical ? identifier < 8 && number >> identifier & 1 != 0 : number == identifier
    }
}

extension Destination: CustomStringConvertible {
    /// As files say it: `1`, `all`, and for logical sets `0+1`, `+1`, or `+` for nobody.
    public var description: String {
        guard isLogical else { return self == .broadcast ? "all" : "\(number)" }
        let members = (0..<8).filter { number >> UInt8($0) & 1 != 0 }.map(String.init)
        return (members.count < 2 ? "+" : "") + members.joined(separator: "+")
    }
}

extension Destination {
    /// Reads what `description` writes.
    public init?(spelling: String) {
        if spelling == "all" {
            self = .broadcast
        } else if spelling.contains("+") {
            var set: UInt8 = 0
            for word in spelling.split(separator: "+") {
                guard let member = UInt8(word), member < 8 else { return nil }
                set |= 1 << member
            }
            self.init(set, isLogical: true)
        } else {
            let number =
                spelling.hasPrefix("0x")
                ? UInt8(spelling.dropFirst(2), radix: 16) : UInt8(spelling)
            guard let number else { return nil }
            self.init(number)
        }
    }
}
