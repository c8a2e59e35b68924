internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// What a run would do, said before it does anything.
struct RunPlan {
    /// A scenario by the name that its result would have.
    struct Row {
        var name: String
        var steps: Int
        /// Nil where it would run.
        var skip: Skip?
    }

    /// What performs them, and why.
    var place: String
    var rows: [Row] = []

    var status: ExitStatus { rows.contains { $0.skip == nil } ? .passed : .nothingRan }

    func text(_ palette: Palette) -> String {
        let width = Console.current.width
        var table = Columns()
        for row in rows {
            let what = row.skip.map { "skip: \($0.text)" } ?? counted(row.steps, "step")
            table.add(row.name, what)
        }
        let skipped = rows.count { $0.skip != nil }
        let lines = table.lines(width: width) { index, column, text in
            column == 1 && rows[index].skip != nil ? palette.paint(text, .absent) : text
        }
        let sums =
            "\(rows.count - skipped) of \(counted(rows.count, "scenario")) would run on \(place), "
            + "\(skipped) would be skipped; nothing has run"
        return (lines + [""] + sums.printable.wrapped(at: width)).map { $0 + "\n" }.joined()
    }
}

extension Lockstep {
    /// Why a scenario does not run on a backend; a backend that cannot be asked ends the command.
    func skip(
        _ scenario: Scenario, on backend: inout any Backend
    ) throws(CommandFailure) -> Skip? {
        do {
            return try obstacle(to: scenario, on: &backend)
        } catch {
            switch error {
            case .lacking(let skip): return skip
            case .timeout(let message), .failed(let message):
                throw CommandFailure(status: .internalError, message: message)
            case .interrupted:
                throw CommandFailure(status: .interrupted, message: "")
            }
        }
    }
}

extension [ScenarioStep] {
    /// Actions, repeated ones each time.
    var actionCount: Int {
        reduce(0) { sum, step in
            switch step {
            case .action: sum + 1
            case .expect: sum
            case .repeat(let times, let steps): sum + times * steps.actionCount
            }
        }
    }
}
