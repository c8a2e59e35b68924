internal import InterruptModel
public import Lockstep
internal import Verdicts

/// A run that somebody goes through step by step, in lines for a terminal.
public struct StepReport {
    private let timeline: Timeline
    /// The run as far as it has come.
    private let part: Timeline
    private let position: Int
    private let width: Int
    private let palette: Palette

    /// Rows of one movement, at most, beside those in which an invariant breaks.
    private static let most = 16

    /// - Parameters:
    ///   - timeline: the run with the steps to come.
    ///   - position: how many steps have been taken.
    public init(_ timeline: Timeline, at position: Int, width: Int, palette: Palette) {
        (self.timeline, self.position) = (timeline, position)
        part = timeline.upTo(position)
        (self.width, self.palette) = (width, palette)
    }

    /// What is gone through.
    public var heading: [String] { story.heading(width, palette) }

    /// The steps by which somebody has come here, or who has gone back, the one that was the last
    /// before this place; and in a sentence what goes wrong in them first.
    /// - Parameter before: how many steps had been taken before.
    public func arrival(from before: Int) -> [String] {
        guard position > 0 else { return ["     the start"] }
        let first = before < position ? before + 1 : position
        let passed = first...position
        let shown = passed.filter {
            $0 > position - Self.most || !timeline.broken(in: $0).isEmpty
        }
        let table = StepTable(shown.map(part.line), omitted: passed.count - shown.count)
        let rows = table.lines(width: width, palette) { !$0.violations.isEmpty }
        let isFirstWrong = part.culprit.map { passed.contains($0.number) } ?? false
        return rows + (isFirstWrong ? story.alarm(width, palette) : [])
    }

    /// What comes next, or how the run has come out.
    public var outlook: [String] {
        guard position == timeline.steps.count else {
            let next = timeline.steps[position].action
            return [palette.paint("     next: \(next)", .faint)]
        }
        let outcome = timeline.outcome
        // What is wrong has been said on arrival.
        guard outcome.verdict.isGood else { return [palette.paint("     the end", .faint)] }
        let word = outcome.verdict == .shown ? "nothing is judged" : outcome.verdict.rawValue
        let lines = ([word] + outcome.remarks).joined(separator: "; ").wrapped(at: width - 14)
        let under = String(repeating: " ", count: 14)
        return lines.enumerated().map { ($0 == 0 ? "     the end: " : under) + $1 }
    }

    /// The steps around, those to come without what happens in them.
    public func list(_ steps: ClosedRange<Int>) -> [String] {
        let lines = steps.map { number in
            number <= position
                ? timeline.line(number)
                : HistoryLine(
                    step: number, text: timeline.steps[number - 1].action.description, events: "")
        }
        let table = StepTable(lines, omitted: steps.lowerBound - 1)
        let rows = table.lines(width: width, palette) { $0.step == position }
        let later = timeline.steps.count - steps.upperBound
        return rows + (later > 0 ? ["  (\(counted(later, "later step")) left out)"] : [])
    }

    /// A value that somebody looks at, and what it was where they came from.
    public struct Value {
        let name, before, now: String

        public init(name: String, before: String, now: String) {
            (self.name, self.before, self.now) = (name, before, now)
        }
    }

    /// Values, a line each; of one that has changed both.
    public func values(_ values: [Value]) -> [String] {
        var table = Columns()
        for each in values {
            table.add(
                each.name, each.before == each.now ? each.now : "\(each.before) → \(each.now)")
        }
        return table.lines(indent: 5, width: width) { row, column, text in
            column == 1 && values[row].before != values[row].now
                ? palette.paint(text, .strong) : text
        }
    }

    /// The picture that `show` draws, of the steps taken so far.
    /// - Parameters:
    ///   - steps: those that are drawn.
    ///   - everything: what somebody says to have all of them drawn.
    public func picture(_ steps: ClosedRange<Int>, everything: String) -> [String] {
        TimelineText(
            part, steps: steps, again: nil, everything: everything, width: width,
            palette: palette
        ).lines
    }

    private var story: TimelineStory {
        let part = part.telling
        return TimelineStory(part, TimelineColumn.all(of: part))
    }
}
