/// Watches the events of one step and says which step invariants it broke (model-contract §5).
///
/// It folds events into a few bits, so the search uses it as it is.
public struct StepMonitor: EventSink, Sendable, BitwiseCopyable {
    private var broken: InvariantSet = []
    /// The vector that the guest ended in this step, or −1.
    private var ended: Int16 = -1
    private var endedLevel = false
    private var isRead = false
    private var ioapicEOIs: UInt16 = 0
    /// An exit that was asked for, and counted, has begun.
    private var isExiting = false

    /// Before the first event of a step; each step has a monitor of its own.
    public init() {}

    public mutating func note(_ event: Event) {
        switch event {
        case .ended(let vector, let level):
            ended = Int16(vector)
            endedLevel = level
            isExiting = false
        case .eoiRead:
            isRead = true
        case .completed(let vector):
            if Int16(vector) != ended { broken.insert(InvariantSet(.attribution)) }
            if isRead { broken.insert(InvariantSet(.writeOnlyEOI)) }
        case .vectorMinusOne:
            broken.insert(InvariantSet(.memorySafety))
        case .ioapicEOI:
            if !isExiting { ioapicEOIs += 1 }
            isExiting = false
        case .eoiSuppressed, .exitRequested:
            ioapicEOIs += 1
        case .exitBegins(let vector):
            ended = Int16(vector)
            isExiting = true
        case .takenElsewhere: broken.insert(InvariantSet(.noPrematureAck))
        case .acknowledged(_, let vector):
            if Int16(vector) != ended { broken.insert(InvariantSet(.noPrematureAck)) }
        case .lostEdge: broken.insert(InvariantSet(.noLostEdge))
        case .hostWarning: broken.insert(InvariantSet(.hostWarning))
        case .delivered, .accepted, .eoiExit, .resampled, .delayed, .lineStatus, .faulted:
            break
        }
    }

    /// The invariants that the step broke.
    public var violations: InvariantSet {
        endedLevel && ioapicEOIs != 1 ? broken.union(InvariantSet(.exactlyOnce)) : broken
    }
}
