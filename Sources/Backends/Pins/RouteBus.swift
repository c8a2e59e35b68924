internal import InterruptModel
internal import KVMHost

/// Delivers by GSI: each pin has an MSI route made from its redirection entry, level bit
/// included, so that KVM counts the vector as handled (kvm-interrupts §9).
struct RouteBus: InterruptBus {
    private let guest: any PinnedGuest
    private let pins: SplitPins
    /// The first error; the IOAPIC's own code knows none.
    private(set) var failure: KVMError?

    init(guest: any PinnedGuest, pins: SplitPins) {
        self.guest = guest
        self.pins = pins
    }

    mutating func deliver<Space: VectorSpace, Sink: EventSink>(
        pin: Int, entry: RedirectionEntry, in space: Space, into sink: inout Sink
    ) -> Delivery {
        do {
            return Delivery(count: Int(try guest.vm.irqLineStatus(gsi: UInt32(pin), level: true)))
        } catch {
            failure = failure ?? error
            return Delivery(count: 0)
        }
    }

    mutating func entryWritten<Space: VectorSpace>(
        pin: Int, from old: RedirectionEntry, to entry: RedirectionEntry,
        _ configuration: Configuration<Space>
    ) {
        do {
            try pins.route(pin: pin, entry, on: guest)
        } catch {
            failure = failure ?? error
        }
    }
}

extension MSIRoute {
    /// A redirection entry as the message that KVM is to send.
    init(pin: Int, entry: RedirectionEntry) {
        self.init(
            gsi: UInt32(pin), destination: entry.destination.number,
            isLogical: entry.destination.isLogical,
            vector: UInt8(truncatingIfNeeded: entry.vector), level: entry.level)
    }
}
