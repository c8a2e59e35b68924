package import Lockstep
internal import Verdicts

/// Performs a shard's part of a campaign; what is found is told at once.
package struct FuzzSession {
    private let campaign: FuzzCampaign
    private let maxFindings: Int
    private let isStopped: @Sendable () -> Bool
    package private(set) var report: FuzzReport

    /// - Parameters:
    ///   - report: of the same campaign, and still empty.
    ///   - maxFindings: different findings after which it ends.
    package init(_ options: FuzzOptions, _ report: FuzzReport, maxFindings: Int) {
        campaign = FuzzCampaign(options)
        isStopped = options.isStopped
        self.report = report
        self.maxFindings = maxFindings
    }

    /// - Parameters:
    ///   - begins: called before each run.
    ///   - found: called for each finding of its own kind; the report has it already.
    package mutating func perform(
        on backend: inout any Backend, begins: (FuzzReport) -> Void,
        found: (FuzzFinding, FuzzReport) throws -> Void
    ) throws {
        for number in report.shard.runs(of: report.settings.runs) {
            begins(report)
            guard !isStopped() else { break }
            switch campaign.run(number, on: &backend) {
            case .agreed(let compared): report.add(compared)
            case .interrupted: break
            case .skipped(let reason):
                report.add(skip: reason)
                // What stops one run for want of something stops them all.
                if report.compared.steps == 0 { return }
            case .failed(let reason, let compared):
                report.add(failure: reason, compared)
                if report.compared.steps == 0 { return }
            case .differs(let difference):
                guard report.add(difference) else { continue }
                let finding = campaign.finding(of: difference, on: &backend)
                report.add(finding)
                try found(finding, report)
                if report.findings.count >= maxFindings { return }
            }
        }
        report.isInterrupted = isStopped()
    }
}
