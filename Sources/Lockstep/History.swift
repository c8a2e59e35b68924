internal import InterruptModel
internal import Verdicts

/// The last steps of a run, for the report of a mismatch.
struct History {
    /// Steps kept.
    static let depth = 16

    private var actions: [Action] = []
    private var events: [[Event]] = []
    private var broken: [InvariantSet] = []
    /// The last step that broke an invariant for the first time, or 0.
    private var lastBreak = 0
    /// Steps performed so far.
    private(set) var count = 0

    mutating func add(_ action: Action, _ happened: [Event]) {
        if count < Self.depth {
            actions.append(action)
            events.append(happened)
            broken.append([])
        } else {
            actions[count % Self.depth] = action
            events[count % Self.depth] = happened
            broken[count % Self.depth] = []
        }
        count += 1
    }

    /// Notes which invariants the latest step was the first to break.
    mutating func mark(_ invariants: InvariantSet) {
        broken[(count - 1) % Self.depth] = invariants
        lastBreak = count
    }

    /// The kept steps up to the last one that broke an invariant.
    var linesToLastBreak: [HistoryLine] { lines.filter { $0.step <= lastBreak } }

    /// The kept steps, oldest first.
    var lines: [HistoryLine] {
        (max(0, count - Self.depth)..<count).map { step in
            let slot = step % Self.depth
            return HistoryLine(step: step + 1, actions[slot], events[slot], breaking: broken[slot])
        }
    }

    /// Steps before the kept ones.
    var omitted: Int { max(0, count - Self.depth) }

    /// A mismatch in one thing that the backend's registers do not show.
    func mismatch(
        _ code: MismatchCode, _ field: String, expected: String, observed: String
    ) -> Mismatch {
        mismatch(
            code,
            [FieldDifference(field: field, expected: expected, observed: observed, before: "")])
    }

    func mismatch(_ code: MismatchCode, _ differences: [FieldDifference]) -> Mismatch {
        Mismatch(
            code: code, step: count, differences: differences, history: lines,
            omittedSteps: omitted)
    }
}

extension HistoryLine {
    /// A step of the wide machine, in words.
    init(step: Int, _ action: Action, _ events: [Event], breaking broken: InvariantSet) {
        self.init(
            step: step, text: action.spelling(in: WideSpace()),
            events: events.filter(\.isTelling).map(\.spelling).joined(separator: ", "),
            violations: broken.members.map(\.name))
    }
}

extension Event {
    /// Whether a reader learns from it; that an EOI reached the IOAPIC shows in what it did there.
    fileprivate var isTelling: Bool {
        if case .ioapicEOI = self { false } else { true }
    }
}
