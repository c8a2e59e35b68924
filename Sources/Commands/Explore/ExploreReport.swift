internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import StateExplorer
internal import Verdicts

/// What a search has come to.
struct ExploreReport {
    let plan: ExplorePlan
    let found: SearchReport
    let seconds: Double
    let threads: Int
    let ways: [ExploreFinding]

    init(plan: ExplorePlan, found: SearchReport, seconds: Double, threads: Int) {
        self.plan = plan
        self.found = found
        self.seconds = seconds
        self.threads = threads
        ways = ExploreFinding.all(of: found, plan)
    }

    /// The invariants that nothing found violates.
    var kept: [Invariant] {
        let broken = InvariantSet(found.counterexamples.compactMap { Invariant(property: $0) })
        return InvariantSet(Invariant.allCases).subtracting(broken).members
    }

    func status(requiresCompleteness: Bool) -> ExitStatus {
        if found.stop == .interruption { return .interrupted }
        if !ways.isEmpty { return .failed }
        // Who has looked at the start alone has found nothing out.
        if found.states == 1, found.stop == .memory || found.stop == .time { return .budgetSpent }
        let isWhole = found.isComplete && (found.stuck != nil || !plan.question.checksService)
        return isWhole || !requiresCompleteness ? .passed : .budgetSpent
    }

    /// Whether everything was visited, in words.
    var reach: String {
        let depth = max(0, found.judgedDepth)
        let extent =
            found.visitsAll
            ? "every reachable state was visited" : "every state to depth \(depth)"
        return switch found.stop {
        case nil: "complete: \(extent)"
        case .states?: "not complete: --max-states ended it; \(extent)"
        case .memory?: "not complete: --max-memory ended it; \(extent)"
        case .depth?: "not complete: \(extent), where it had to end"
        case .time?: "not complete: --max-seconds ended it; \(extent)"
        case .interruption?: "interrupted; \(extent)"
        }
    }

    var bytesPerState: Double { Double(found.bytes) / Double(found.states) }
}

extension Invariant {
    /// The invariant of a property that a search names.
    init?(property counterexample: Counterexample) {
        self.init(rawValue: UInt8(truncatingIfNeeded: counterexample.property))
    }
}
