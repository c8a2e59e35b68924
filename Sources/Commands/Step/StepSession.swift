internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// Where somebody is in a list of steps, and what is watched there. It follows one order after the
/// other, and answers in lines.
struct StepSession {
    private var course: StepCourse
    /// How many steps have been taken.
    private(set) var position = 0
    private var watches: [Watch] = []
    /// The latest movement: so many steps forward, or where it is negative, back.
    private var stride = 1
    private let width: Int
    private let palette: Palette

    /// Steps that are drawn or listed where nobody says which: as many as one row of pictures has.
    private static let near = 8

    init(_ course: StepCourse, width: Int, palette: Palette) {
        self.course = course
        (self.width, self.palette) = (width, palette)
    }

    private var timeline: Timeline { course.timeline }

    /// All steps, those to come with them.
    private var count: Int { timeline.steps.count }

    private var report: StepReport {
        StepReport(timeline, at: position, width: width, palette: palette)
    }

    /// What it begins with.
    var heading: [String] {
        report.heading + ["\(counted(count, "step")); “help” says what can be typed"]
            + report.outlook
    }

    /// What a terminal asks with.
    var prompt: String { "step \(position) of \(count)> " }

    /// Reads what can be typed here.
    var reader: StepReader {
        StepReader(setup: timeline.setup, granularity: timeline.granularity)
    }

    /// The steps so far as a scenario.
    func found(named name: String?) throws(CommandFailure) -> Scenario {
        guard position > 0 else { throw .typed("no step has been taken that could be saved") }
        return course.found(position, named: name)
    }

    /// Does what an order says.
    /// - Returns: what is to be said of it. To save a file and to quit are the caller's.
    mutating func follow(_ order: StepOrder) throws(CommandFailure) -> [String] {
        switch order {
        case .nothing, .save, .quit: return []
        case .again: return move(by: stride)
        case .forward(let steps):
            stride = min(steps, StepLoader.mostSteps)
            return move(by: stride)
        case .back(let steps):
            stride = -min(steps, StepLoader.mostSteps)
            return move(by: stride)
        case .go(let target):
            guard target <= count else {
                throw .typed("there are \(counted(count, "step")); “goto” takes 0 to \(count)")
            }
            return move(to: target)
        case .goOn: return move(by: nextStop - position)
        case .perform(let action, let isOptional):
            let other = try course.inserting(action, isOptional: isOptional, behind: position)
            if let reason = other.timeline.steps[position].leftOut, !isOptional {
                throw .typed(
                    "“\(action)” is not enabled here: \(reason); with “?” behind the verb it is "
                        + "put in and left out")
            }
            course = other
            return move(to: position + 1)
        case .drop(let steps):
            guard position < count else { throw .typed("no step comes that could be dropped") }
            let dropped = min(steps, count - position)
            course = try course.dropping(dropped, behind: position)
            return ["     \(counted(dropped, "step")) dropped"] + report.outlook
        case .watch(let watch):
            if !watches.contains(watch) { watches.append(watch) }
            return values(since: position)
        case .watches:
            return watches.isEmpty ? ["     nothing is watched"] : values(since: position)
        case .unwatch(let rank): return try unwatch(rank)
        case .value(let expression): return value(expression)
        case .show(let part):
            guard position > 0 else { throw .typed("no step has been taken that could be drawn") }
            let near = max(1, position - Self.near + 1)...position
            return report.picture(try steps(part, near, upTo: position), everything: "show all")
        case .list(let part):
            guard count > 0 else { throw .typed("there is no step") }
            let first = min(max(1, position - Self.near / 2), max(1, count - Self.near))
            return report.list(try steps(part, first...min(count, first + Self.near), upTo: count))
        case .help: return StepHelp(timeline).lines(width, palette)
        }
    }

    // MARK: - Movements

    private mutating func move(by steps: Int) -> [String] {
        // At either end there is nothing to tell once more.
        if steps >= 0, position == count { return report.outlook }
        return move(to: min(max(0, position + steps), count))
    }

    private mutating func move(to target: Int) -> [String] {
        let before = position
        position = target
        let report = report
        return report.arrival(from: before) + values(since: before) + report.outlook
    }

    /// Where to go on to: behind the next step in which something happens, or the last.
    private var nextStop: Int {
        let end = timeline.outcome.mismatch?.step
        return (position..<count).lazy.map { $0 + 1 }.first { step in
            step == end || !timeline.broken(in: step).isEmpty
                || watches.contains {
                    $0.value(in: timeline, behind: step)
                        != $0.value(in: timeline, behind: step - 1)
                }
        } ?? count
    }

    private func steps(
        _ part: StepPart, _ near: ClosedRange<Int>, upTo last: Int
    ) throws(CommandFailure) -> ClosedRange<Int> {
        switch part {
        case .near: return near
        case .all: return 1...last
        case .steps(let steps):
            guard steps.overlaps(1...last) else {
                throw .typed("expected steps among 1-\(last)")
            }
            return steps.clamped(to: 1...last)
        }
    }

    // MARK: - Values

    /// What is watched, each with what it was before.
    private func values(since before: Int) -> [String] {
        report.values(
            watches.enumerated().map { index, watch in
                StepReport.Value(
                    name: "\(index + 1): \(watch.text)",
                    before: watch.value(in: timeline, behind: before),
                    now: watch.value(in: timeline, behind: position))
            })
    }

    private func value(_ expression: Watch?) -> [String] {
        let fields = StepField.all(of: timeline.setup.kind)
        let asked = expression.map { [$0] } ?? fields.map(Watch.init)
        return report.values(
            asked.map { watch in
                let now = watch.value(in: timeline, behind: position)
                return StepReport.Value(name: watch.text, before: now, now: now)
            })
    }

    private mutating func unwatch(_ rank: Int?) throws(CommandFailure) -> [String] {
        guard let rank else {
            watches = []
            return ["     nothing is watched"]
        }
        guard rank <= watches.count else {
            throw .typed(
                watches.isEmpty ? "nothing is watched" : "expected a rank, 1…\(watches.count)")
        }
        watches.remove(at: rank - 1)
        return watches.isEmpty ? ["     nothing is watched"] : values(since: position)
    }
}
