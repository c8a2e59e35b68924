package import InterruptModel
internal import Verdicts

/// The last steps of a run, for the report of a mismatch.
struct History {
    /// Steps that are kept for the report of a mismatch.
    static let standard = 16
    /// As many as somebody looks at who wants to see them all.
    static let whole = 2_048

    /// A step that was performed, or left out.
    private struct Entry {
        var action: Action
        var events: [Event] = []
        var broken: InvariantSet = []
        /// Why it was left out, if it was.
        var leftOut: String?
    }

    /// Steps kept.
    private let depth: Int
    private var entries: [Entry] = []
    /// The last step that broke an invariant for the first time, or 0.
    private var lastBreak = 0
    /// Steps so far, those left out with them.
    private(set) var count = 0

    init(depth: Int = Self.standard) { self.depth = depth }

    mutating func add(_ action: Action, _ happened: [Event]) {
        add(Entry(action: action, events: happened))
    }

    /// Notes a step that is not enabled and may be left out.
    mutating func leaveOut(_ action: Action, _ reason: String) {
        add(Entry(action: action, leftOut: reason))
    }

    private mutating func add(_ entry: Entry) {
        if count < depth {
            entries.append(entry)
        } else {
            entries[count % depth] = entry
        }
        count += 1
    }

    /// Notes which invariants the latest step was the first to break.
    mutating func mark(_ invariants: InvariantSet) {
        entries[(count - 1) % depth].broken = invariants
        lastBreak = count
    }

    /// The kept steps up to the last one that broke an invariant.
    var linesToLastBreak: [HistoryLine] { lines.filter { $0.step <= lastBreak } }

    /// The kept steps, oldest first.
    var lines: [HistoryLine] {
        (max(0, count - depth)..<count).map { step in
            let entry = entries[step % depth]
            var line = HistoryLine(
                step: step + 1, entry.action, entry.events, breaking: entry.broken)
            line.leftOut = entry.leftOut
            return line
        }
    }

    /// Steps before the kept ones.
    var omitted: Int { max(0, count - depth) }

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
    package init(step: Int, _ action: Action, _ events: [Event], breaking broken: InvariantSet) {
        self.init(
            step: step, text: action.description,
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
