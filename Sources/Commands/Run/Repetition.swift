internal import Lockstep
internal import Verdicts

/// The runs of one scenario, one behind the other.
struct Repetition {
    private let asked: Int
    /// Whether it goes on behind a failure, to count them.
    private let countsFailures: Bool
    private var done = 0
    private var failed = 0
    /// Number of the first run that did not pass, from 1.
    private var firstFailure: Int?
    private var compared = Compared()
    /// The first outcome that is not good, else the last.
    private var told: (outcome: ScenarioOutcome, timeline: Timeline?)?

    init(_ conduct: ConductOptions) {
        (asked, countsFailures) = (conduct.repeat, conduct.countFailures)
    }

    /// Whether no more runs are wanted: what could not run at all is not tried again.
    var isOver: Bool {
        done == asked || told?.outcome.verdict == .skip || failed > 0 && !countsFailures
    }

    /// Adds a run that came to its end.
    mutating func add(_ outcome: ScenarioOutcome, _ timeline: Timeline?) {
        done += 1
        compared += outcome.compared
        let isBad = !outcome.verdict.isGood && outcome.verdict != .skip
        if isBad { failed += 1 }
        guard firstFailure == nil else { return }
        if isBad { firstFailure = done }
        told = (outcome, timeline)
    }

    /// What came of them; nil where they were cut short with nothing to tell: runs that were asked
    /// for and not done are no pass.
    var result: (outcome: ScenarioOutcome, timeline: Timeline?)? {
        guard var told, isOver || failed > 0 else { return nil }
        told.outcome.compared = compared
        if let place {
            told.outcome.failure = told.outcome.failure.map { "\(place): \($0)" } ?? place
        }
        return told
    }

    /// For the reports; nil where it was asked for once.
    var runs: Runs? { asked > 1 ? Runs(asked: asked, done: done, failed: failed) : nil }

    /// `in run 17 of 100`; `in 3 of 100 runs, first in run 17`.
    private var place: String? {
        guard asked > 1, let firstFailure else { return nil }
        return countsFailures
            ? "in \(failed) of \(done) runs, first in run \(firstFailure)"
            : "in run \(firstFailure) of \(asked)"
    }
}
