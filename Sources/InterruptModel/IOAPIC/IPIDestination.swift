/// Whom an IPI is for: the destination that ICR holds, or its shorthand for all but the sender.
public struct IPIDestination: Hashable, Sendable, BitwiseCopyable {
    /// nil for the shorthand.
    public let destination: Destination?

    /// All local APICs but the sender's.
    public static let others = IPIDestination(nil)

    /// - Parameter destination: nil for the shorthand.
    public init(_ destination: Destination?) { self.destination = destination }

    /// The destination of this code.
    public init(code: UInt16) {
        destination = code == Self.others.code ? nil : Destination(code: code)
    }

    /// What actions hold.
    public var code: UInt16 { destination?.code ?? 0x8000 }

    /// Whether the local APIC with this identifier is meant by one with that of the sender.
    public func includes(_ identifier: UInt8, from sender: UInt8) -> Bool {
        destination?.includes(identifier) ?? (identifier != sender)
    }
}

extension IPIDestination: CustomStringConvertible {
    /// As files say it: `others`, or as a destination.
    public var description: String { destination.map { "\($0)" } ?? "others" }
}

extension IPIDestination {
    /// Reads what `description` writes.
    public init?(spelling: String) {
        if spelling == "others" {
            self = .others
        } else {
            guard let destination = Destination(spelling: spelling) else { return nil }
            self.init(destination)
        }
    }
}
