internal import ArgumentParser
internal import Campaigns
internal import InterruptModel
internal import KVMHost
internal import Reporting
internal import Verdicts

/// `savic-eoi mutants`.
struct MutantsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutants",
        abstract: "Break each rule of the model in turn, and say which scenarios notice.",
        discussion: """
            What scenarios cover is what they notice when it goes wrong. Each runs on the model \
            with one rule of the interrupt path broken: against the model as it is, where any \
            difference is noticed, and against one that is as broken, where only what the scenario \
            states can tell. Both are told.

            Exit status: 0 when every rule is noticed, 1 otherwise, 4 when no scenario passes as \
            it is.

            EXAMPLES
              savic-eoi mutants                     what the catalogue covers
              savic-eoi mutants my-line.yaml        what a file of your own does
              savic-eoi mutants --group tmr --json
            """)

    @Argument(
        help: ArgumentHelp(
            "Names, patterns, YAML files, or folders of them.", valueName: "name|file|folder"),
        completion: .scenarios)
    var names: [String] = []

    @OptionGroup var choice: ChoiceOptions

    @OptionGroup var printing: PrintOptions<PrintFormat>

    func run() throws {
        let scenarios = try Selection(words: names, groups: choice.group, skips: choice.skip)
            .scenarios()
        var output = try ResultOutput(printing)
        try Interruption.listen()
        let hunt = MutantHunt(scenarios, isStopped: { Interruption.requested })
        var report = MutantReport(hunt)
        var progress = ProgressLine()
        for (index, rule) in Rule.allCases.enumerated() {
            progress.show("[\(index)/\(Rule.allCases.count)] \(rule.name)")
            guard let finding = hunt.finding(breaking: rule) else { break }
            report.findings.append(finding)
        }
        progress.clear()
        try output.tell { report.text(Console.current.width, $0) }
        try output.write(report.document)
        try output.close()
        let status = report.status
        if status != .passed { throw ExitCode(status.rawValue) }
    }
}
