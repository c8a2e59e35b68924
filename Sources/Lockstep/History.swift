internal import InterruptModel
internal import Verdicts

/// The last steps of a run, for the report of a mismatch.
struct History {
    /// Steps kept.
    static let depth = 16

    private var actions: [Action] = []
    private var events: [[Event]] = []
    /// Steps performed so far.
    private(set) var count = 0

    mutating func add(_ action: Action, _ happened: [Event]) {
        if count < Self.depth {
            actions.append(action)
            events.append(happened)
        } else {
            actions[count % Self.depth] = action
            events[count % Self.depth] = happened
        }
        count += 1
    }

    /// The kept steps, oldest first.
    var lines: [HistoryLine] {
        (max(0, count - Self.depth)..<count).map { step in
            let slot = step % Self.depth
            return HistoryLine(
                step: step + 1, text: actions[slot].spelling(in: WideSpace()),
                events: events[slot].map(\.spelling).joined(separator: ", "))
        }
    }

    /// Steps before the kept ones.
    var omitted: Int { max(0, count - Self.depth) }

    func mismatch(_ code: MismatchCode, _ differences: [FieldDifference]) -> Mismatch {
        Mismatch(
            code: code, step: count, differences: differences, history: lines,
            omittedSteps: omitted)
    }
}
