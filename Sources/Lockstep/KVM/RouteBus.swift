internal import InterruptModel
internal import KVMHost

/// Delivers by GSI: each pin has an MSI route made from its redirection entry, level bit
/// included, so that KVM counts the vector as handled (kvm-snp-uapi §5.9).
struct RouteBus: InterruptBus {
    private let guest: KVMGuest
    /// The first error; the IOAPIC's own code knows none.
    private(set) var failure: KVMError?

    init(guest: KVMGuest) { self.guest = guest }

    mutating func deliver<Sink: EventSink>(
        pin: Int, entry: RedirectionEntry, into sink: inout Sink
    ) -> Int {
        do {
            return try guest.raise(pin: pin)
        } catch {
            failure = failure ?? error
            return 0
        }
    }

    mutating func entryWritten(pin: Int, entry: RedirectionEntry) {
        do {
            try guest.route(pin: pin, entry)
        } catch {
            failure = failure ?? error
        }
    }
}

extension MSIRoute {
    /// A redirection entry as the message that KVM is to send.
    init(pin: Int, entry: RedirectionEntry) {
        self.init(
            gsi: UInt32(pin), destination: UInt8(truncatingIfNeeded: entry.destination),
            vector: UInt8(truncatingIfNeeded: entry.vector), level: entry.level)
    }
}
