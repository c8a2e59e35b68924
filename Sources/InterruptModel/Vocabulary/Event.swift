/// Something that happened inside a step, in order. Vectors and pins are indices of the machine's
/// `VectorSpace`. It happened on the vCPU of the step's action, but for a delivery, which names
/// its own.
public enum Event: Hashable, Sendable, BitwiseCopyable {
    /// A vector was set in the IRR that KVM keeps of a vCPU.
    case delivered(vector: UInt8, level: Bool, to: UInt8 = 0)
    /// The guest took a vector: IRR to ISR.
    case accepted(vector: UInt8)
    /// The guest ended a vector; `level` is KVM's TMR bit before the EOI.
    case ended(vector: UInt8, level: Bool)
    /// A guest's *read* of the EOI register reached KVM's EOI handling.
    case eoiRead
    /// KVM took an EOI to be for this vector.
    case completed(vector: UInt8)
    /// KVM took an EOI to be for vector −1. The model changes nothing (model-contract §2.6).
    case vectorMinusOne
    /// A completed vector was handled, so its EOI went on to the IOAPIC.
    case ioapicEOI(vector: UInt8)
    /// The same as seen by userspace with a split irqchip: `KVM_EXIT_IOAPIC_EOI`.
    case eoiExit(vector: UInt8)
    /// KVM will make that exit at its next entry: only where a machine makes it an action of its
    /// own (`Configuration.exitsLate`).
    case exitRequested(vector: UInt8)
    /// Such an exit begins; the guest has ended this vector.
    case exitBegins(ended: UInt8)
    /// A completed vector whose EOI broadcast SPIV bit 12 holds back: the guest will end it at the
    /// IOAPIC.
    case eoiSuppressed(vector: UInt8)
    /// An EOI reaches a pin whose interrupt was delivered to other vCPUs than the one that ends.
    case takenElsewhere(pin: UInt8)
    /// The ack notifiers of a pin fired for the EOI of `vector`.
    case acknowledged(pin: UInt8, vector: UInt8)
    /// The pin's resamplefd was signalled.
    case resampled(pin: UInt8)
    /// The 10,000th successive EOI: delivery is left to delayed work.
    case delayed(pin: UInt8)
    /// What KVM_IRQ_LINE_STATUS returned: below 0 ignored, 0 coalesced, above 0 delivered.
    case lineStatus(Int8)
    /// The guest's register access raised #GP.
    case faulted
    /// An edge that KVM had accepted is pending nowhere any more, and nobody took it.
    case lostEdge(vector: UInt8)
    /// A check in KVM failed.
    case hostWarning(HostWarning)
}

extension Event {
    /// Whether it is a part of what one vCPU goes through: a delivery names the vCPU, all else
    /// happened on that of the action, or at the IOAPIC for all of them.
    package func concerns(_ vcpu: UInt8, in action: Action) -> Bool {
        if case .delivered(_, _, let receiver) = self { return receiver == vcpu }
        return action.vcpu == vcpu || !action.verb.happensOnVCPU
    }
}

/// Takes the events of a step. The search folds them into a few bits, the lockstep keeps them.
public protocol EventSink {
    /// Takes the next event of the step.
    mutating func note(_ event: Event)
}

/// Keeps events in order.
public struct EventTrace: EventSink, Sendable {
    /// All since the last `removeAll`, in order.
    public private(set) var events: [Event] = []
    /// No events yet.
    public init() {}
    public mutating func note(_ event: Event) { events.append(event) }
    /// Puts events where they happened, though they became known later.
    package mutating func insert(_ late: [Event], at index: Int) {
        events.insert(contentsOf: late, at: index)
    }
    /// Forgets the events, for the next step; their memory is kept.
    public mutating func removeAll() { events.removeAll(keepingCapacity: true) }
}
