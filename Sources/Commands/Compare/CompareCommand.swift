internal import ArgumentParser
internal import Backends
internal import InterruptModel
internal import Reporting
internal import Scenarios
internal import Verdicts

/// `savic-eoi compare`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract:
            "Put what characterize found on several hosts side by side, and models beside it.",
        discussion: """
            The first report is what the others are held against. Exit status: 0 when nothing got \
            worse, 1 when a probe that had one allowed answer there has none in a later report.

            EXAMPLES
              savic-eoi compare before.json after.json
              savic-eoi compare host.json --model never/traps/dropped/dropped
            """)

    @Argument(
        help: ArgumentHelp(
            "Reports that “characterize --json” has printed; “-” is stdin.", valueName: "file"))
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "An assumption set as a column: page-tmr/native-level-eoi/disallowed/before-enable; "
                + "may be repeated.", valueName: "set"))
    var model: [AssumptionSetArgument] = []

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard files.count + model.count >= 2 else {
            throw ValidationError("compare takes two reports or more, or one and a --model.")
        }
    }

    func run() throws {
        let reports = try files.map { path in
            try InputFile.parse(path) { bytes, file throws(ScenarioError) in
                try HostReportFile(bytes, file: file)
            }
        }
        let comparison = HostComparison(reports, model.map(\.assumptions))
        try Output.print(
            json ? comparison.document.pretty : comparison.text(width: Console.current.width))
        if comparison.gotWorse { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}

/// `accurate/traps/dropped/dropped`.
struct AssumptionSetArgument: ExpressibleByArgument, Sendable {
    let assumptions: Assumptions

    init?(argument: String) {
        guard let found = Assumptions.all.first(where: { $0.spelling == argument }) else {
            return nil
        }
        assumptions = found
    }

    var defaultValueDescription: String { assumptions.spelling }
}
