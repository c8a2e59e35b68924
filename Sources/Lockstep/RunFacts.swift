internal import InterruptModel
internal import Scenarios

/// What has happened in a run so far, as expectations ask for it.
struct RunFacts {
    private var eoiExits: [UInt8] = []
    private var taken: [UInt8] = []
    private var acknowledgements: [UInt8] = []
    private var resamples: [UInt8] = []
    private var lineStatus: [Int] = []
    private var faults = 0
    private var snapshot = Snapshot()

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    /// Adds a step in which backend and model agree: the prediction is then what the backend saw,
    /// and stands in for what it cannot see.
    mutating func add(_ agreed: Observation) {
        snapshot = agreed.snapshot
        for event in agreed.events { add(event) }
    }

    private mutating func add(_ event: Event) {
        switch event {
        case .accepted(let vector): taken.append(vector)
        // With a split irqchip this is the exit, which the comparison has just checked.
        case .ioapicEOI(let vector): eoiExits.append(vector)
        case .acknowledged(let pin, _): acknowledgements.append(pin)
        case .resampled(let pin): resamples.append(pin)
        case .lineStatus(let status): lineStatus.append(Int(status))
        case .faulted: faults += 1
        default: break
        }
    }

    /// What does not hold, as text.
    struct Contradiction {
        var field: String
        var expected: String
        var found: String
    }

    /// What is there instead of `expected`, as text, or nil when it holds.
    func contradiction(to fact: Expectation.Fact) -> Contradiction? {
        func vectors(_ list: [UInt8]) -> String { text(list.map(Spelling.vector)) }
        func text(_ list: [String]) -> String {
            list.isEmpty ? "none" : list.joined(separator: ", ")
        }
        func compare(_ field: String, _ expected: String, _ found: String) -> Contradiction? {
            expected == found
                ? nil : Contradiction(field: field, expected: expected, found: found)
        }
        func set(_ field: String, _ expected: [UInt8], _ found: WideVectors) -> Contradiction? {
            compare(field, Spelling.vectors(WideVectors(expected)), Spelling.vectors(found))
        }
        func counts(_ counts: [UInt8: Int]) -> String {
            text(
                counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }
                    .map { "\(Spelling.vector($0.key))×\($0.value)" })
        }
        switch fact {
        case .eoiExits(let list): return compare("EOIs", vectors(list), vectors(eoiExits))
        case .order(let list): return compare("interrupts taken", vectors(list), vectors(taken))
        case .deliveries(let expected):
            let found = taken.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            return compare("deliveries", counts(expected), counts(found))
        case .acknowledgements(let pins):
            return compare(
                "acks", text(pins.map(String.init)), text(acknowledgements.map(String.init)))
        case .resamples(let pins):
            return compare(
                "resamples", text(pins.map(String.init)), text(resamples.map(String.init)))
        case .lineStatus(let list):
            return compare(
                "line status", text(list.map(String.init)), text(lineStatus.map(String.init)))
        case .faults(let count): return compare("#GP", "\(count)", "\(faults)")
        case .remoteIRR(let pins):
            return compare(
                "Remote IRR", Spelling.pins(PinSet(pins.map(Int.init))),
                Spelling.pins(snapshot.remoteIRR))
        case .irr(let list): return set("IRR", list, snapshot.irr)
        case .isr(let list): return set("ISR", list, snapshot.isr)
        case .tmr(let list): return set("TMR", list, snapshot.tmr)
        case .pageIRR(let list): return set("page IRR", list, snapshot.pageIRR)
        case .pageISR(let list): return set("page ISR", list, snapshot.pageISR)
        }
    }
}
