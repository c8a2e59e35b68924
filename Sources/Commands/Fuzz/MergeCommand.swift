internal import ArgumentParser
internal import Campaigns
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

            EXAMPLES
              savic-eoi fuzz --seed 7 --shard 1/2 --json --output 1.json
              savic-eoi fuzz --seed 7 --shard 2/2 --json --output 2.json
              savic-eoi merge 1.json 2.json --save found
            """)

    @Argument(
        help: ArgumentHelp("Reports of the shards; “-” is stdin.", valueName: "file"),
        completion: .file())
    var files: [String]

    @OptionGroup
    var reproducers: Reproducers

    @OptionGroup var printing: PrintOptions<PrintFormat>

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
        var files = reproducers.saving(overwrites: printing.overwrite)
        var output = try ResultOutput(printing)
        try output.write(merged.document)
        try output.tell { _ in merged.heading }
        for finding in merged.report.findings {
            try output.tell { merged.report.text(of: finding, $0) }
            guard let file = try files.save(finding.scenario) else { continue }
            try output.tell { _ in merged.report.again(finding, file) }
        }
        try output.tell { _ in merged.report.summary + gaps.map { $0 + "\n" }.joined() }
        try output.close()
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
