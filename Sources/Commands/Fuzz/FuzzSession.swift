internal import KVMHost
internal import Lockstep
internal import Scenarios
internal import Verdicts

/// Performs a shard's part of a campaign: what is found is told at once and saved then.
struct FuzzSession {
    private let campaign: FuzzCampaign
    private let maxFindings: Int
    /// Whether findings are told in text as they come.
    private let tellsFindings: Bool
    private(set) var report: FuzzReport
    private var files: SavedReproducers
    private var progress = ProgressLine()

    init(
        _ campaign: FuzzCampaign, _ report: FuzzReport, saving files: SavedReproducers,
        maxFindings: Int, tellsFindings: Bool
    ) {
        self.campaign = campaign
        self.report = report
        self.files = files
        self.maxFindings = maxFindings
        self.tellsFindings = tellsFindings
    }

    /// The worst of what the runs say and of what has come of saving.
    var status: ExitStatus { report.status.worse(files.status) }

    mutating func perform(on backend: inout any Backend) throws {
        defer { progress.clear() }
        let runs = report.settings.runs
        let share = report.shard.share(of: runs)
        for number in report.shard.runs(of: runs) {
            progress.show(report.progress(of: share))
            guard !Interruption.requested else { break }
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
                try tell(campaign.finding(of: difference, on: &backend))
                if report.findings.count >= maxFindings { return }
            }
        }
        report.isInterrupted = Interruption.requested
    }

    private mutating func tell(_ found: FuzzFinding) throws {
        let finding = ReportedFinding(found)
        report.add(finding)
        progress.clear()
        if tellsFindings { try Output.print(report.text(of: finding)) }
        let file = try files.save(finding.scenario)
        if tellsFindings, let file { try Output.print(report.again(finding, file)) }
    }
}
