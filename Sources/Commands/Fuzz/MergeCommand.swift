internal import ArgumentParser
internal import Campaigns
internal import Reporting
internal import Scenarios
internal import Verdicts

/// `savic-eoi merge`.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Make one result of the reports of a fuzzing campaign's shards.",
        discussion: """
            Takes what “fuzz --json” has printed for each shard. The result does not depend on \
            their order. Of what several shards found, the shortest reproducer is kept.

            The exit status is that of “fuzz”: 1 for findings, 70 for runs without a result, 4 \
            when nothing could run. A campaign without findings of which a shard is missing, or \
            did not perform all its runs, is 75.
            """)

    @Argument(
        help: ArgumentHelp("Reports of the shards; “-” is stdin.", valueName: "file"))
    var files: [String]

    @OptionGroup
    var reproducers: Reproducers

    @OptionGroup var printing: PrintOptions

    func run() throws {
        let parts = try files.map { path in
            try InputFile.parse(path) { bytes, file throws(ScenarioError) in
                try FuzzReportFile(bytes, file: file)
            }
        }
        guard let first = parts.first else { throw ValidationError("Say at least one report.") }
        let merged: MergedCampaign
        do throws(ScenarioError) {
            merged = try MergedCampaign(first, parts.dropFirst())
        } catch {
            throw CommandFailure.input(error)
        }
        let gaps = merged.gaps
        var files = reproducers.saving
        try Output.print(printing.json ? merged.document.pretty : merged.heading)
        for finding in merged.report.findings {
            if !printing.json {
                try Output.print(merged.report.text(of: finding, printing.palette))
            }
            let file = try files.save(finding.scenario)
            if !printing.json, let file { try Output.print(merged.report.again(finding, file)) }
        }
        if !printing.json {
            try Output.print(merged.report.summary + gaps.map { $0 + "\n" }.joined())
        }
        switch merged.status.worse(files.status) {
        case .passed: break
        case .budgetSpent:
            throw CommandFailure(
                status: .budgetSpent,
                message: "the campaign is incomplete: " + gaps.joined(separator: "; "))
        case let status: throw ExitCode(status.rawValue)
        }
    }
}
