internal import InterruptModel
internal import StateExplorer
package import Verdicts

/// What a search has come to.
package struct ExploreReport: Sendable {
    package let plan: ExplorePlan
    package let found: ModelFindings
    package let seconds: Double
    package let threads: Int
    package let ways: [ExploreFinding]

    package init(plan: ExplorePlan, found: ModelFindings, seconds: Double, threads: Int) {
        self.plan = plan
        self.found = found
        self.seconds = seconds
        self.threads = threads
        ways =
            found.violations.map { ExploreFinding($0, plan) }
            + (found.stuck ?? []).map { ExploreFinding($0, plan) }
    }

    /// Whether all that was asked is answered.
    package var isWhole: Bool {
        found.extent.isComplete && (found.stuck != nil || !plan.question.checksLiveness)
    }

    package func status(requiresCompleteness: Bool) -> ExitStatus {
        let extent = found.extent
        if extent.stop == .interruption { return .interrupted }
        if !ways.isEmpty { return .failed }
        // Who has looked at the start alone has found nothing out.
        if extent.states == 1, extent.stop == .memory || extent.stop == .time {
            return .budgetSpent
        }
        return isWhole || !requiresCompleteness ? .passed : .budgetSpent
    }
}
