internal import ArgumentParser
internal import InterruptModel
internal import Reporting
internal import Verdicts

/// `savic-eoi compare`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Say what got worse from one report to another: of runs, matrices or hosts.",
        discussion: """
            The first report is what each of the others is held against. All are of one kind, \
            which is told by what is in them: what run --format json, matrix --format json or \
            characterize --json has printed.

            Exit status: 1 when something got worse, 4 when a report has nothing that the first \
            has, 0 otherwise. Worse is, of runs, a scenario that does not pass and did, or did not \
            run, and an invariant that was not violated; of matrices a cell that was safe; of \
            hosts a probe that had one allowed answer. What is skipped now, or not there, is said.

            EXAMPLES
              savic-eoi compare before.json after.json
              savic-eoi compare main.json mine.json --format markdown --output summary.md
              savic-eoi compare host.json --model never/traps/dropped/dropped
            """)

    @Argument(
        help: ArgumentHelp("Reports, the one to begin from first; - is stdin.", valueName: "file"),
        completion: .file())
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "An assumption set as a column: page-tmr/native-level-eoi/disallowed/before-enable; "
                + "may be repeated.", valueName: "set"),
        completion: .list(Assumptions.all.map(\.spelling)))
    var model: [AssumptionSetArgument] = []

    @OptionGroup var printing: PrintOptions<ComparisonFormat>

    func validate() throws {
        guard files.count + model.count >= 2 else {
            throw ValidationError("compare takes two reports or more, or one and a --model.")
        }
    }

    func run() throws {
        let plan = try OutputPlan(
            formats: printing.formats, standard: .text, paths: printing.output)
        let comparison = try ComparableReports(reading: files)
            .comparison(with: model.map(\.assumptions))
        let console = Console.current
        try plan.write(overwrites: printing.overwrite) { format, isFile in
            switch format {
            case .text:
                isFile
                    ? comparison.text(width: console.width, Palette(colour: false))
                    : console.spelt(comparison.text(width: console.width, printing.palette))
            case .json: comparison.document(by: .current).pretty
            case .markdown: comparison.markdown
            }
        }
        let status: ExitStatus =
            comparison.gotWorse ? .failed : comparison.isEmpty ? .nothingRan : .passed
        if status != .passed { throw ExitCode(status.rawValue) }
    }
}

/// `--format` of a comparison.
enum ComparisonFormat: String, ResultFormat {
    case text, json, markdown
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
