internal import ArgumentParser
internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// `savic-eoi explain NAME`.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a scenario, mismatch code, invariant, design, assumption, kernel rule.")

    @Argument(help: "For example level-basic, EOI-MISSING, attribution, rfc-v2, page-tmr.")
    var name: String

    func run() throws {
        try Output.print(try ExplainText.text(of: name))
    }
}

/// Prose about anything that has a name.
enum ExplainText {
    static func text(of name: String) throws -> String {
        if let design = EOIDesigns.named(name) { return text(of: design) }
        if let axis = AxisEntry.named(name) { return text(of: axis) }
        if let rule = KernelRule(rawValue: name) { return text(of: rule) }
        if let invariant = Invariant(name: name) {
            return """
                \(invariant.name) – an invariant

                \(wrapped(invariant.explanation))

                source: model-contract §5

                """
        }
        if let code = MismatchCode(rawValue: name.uppercased()) {
            return "\(code.rawValue) – a mismatch code\n\n\(wrapped(code.explanation))\n"
        }
        let scenarios = try Selection.catalogue()
        if let scenario = try? Selection.matching([name], in: scenarios), scenario.count == 1 {
            return text(of: scenario[0])
        }
        if Selection.beginning(with: name, among: scenarios.map(\.name)).count > 1 {
            throw CommandFailure.usage(UnknownName(name, in: scenarios).sentence)
        }
        let names =
            scenarios.map(\.name) + EOIDesigns.all.map(\.name)
            + Invariant.allCases.map(\.name) + MismatchCode.allCases.map(\.rawValue)
            + AxisEntry.all.map(\.name) + KernelRule.allCases.map(\.rawValue)
        let near = Nearest.suggestion(for: name, among: names)
        throw CommandFailure.usage(
            "nothing is called \(quoted: name)\(near); it takes a scenario, a design, an "
                + "invariant, a mismatch code, an assumption or a kernel rule")
    }

    private static func text(of design: EOIDesignEntry) -> String {
        """
        \(design.name) – an EOI design: \(design.summary)

        \(wrapped(design.explanation))

        source: \(design.source)

        """
    }

    private static func text(of axis: AxisEntry) -> String {
        var values = Columns()
        for value in axis.values { values.add(value.name, value.meaning) }
        let lines = values.lines(indent: 2, width: Console.current.width)
        return """
            \(axis.name) – an assumption: \(axis.question)

            \(lines.joined(separator: "\n"))

            \(wrapped(axis.explanation))

            \(wrapped("unverified: " + axis.unverified))

            source: \(axis.source)

            """
    }

    private static func text(of rule: KernelRule) -> String {
        let irqchips = rule.irqchips.map(\.rawValue).joined(separator: " or ")
        return """
            \(rule.rawValue) – a rule that not every kernel has; irqchip \(irqchips) shows it

            \(wrapped(rule.explanation))

            Found out on a host by small guests, never by its version: savic-eoi probe.

            source: \(rule.source)

            """
    }

    private static func text(of scenario: Scenario) -> String {
        var text = "\(scenario.name) – a scenario: \(scenario.summary)\n\n"
        if !scenario.explanation.isEmpty {
            text += wrapped(scenario.explanation.trimmed) + "\n\n"
        }
        text += "groups: \(scenario.groups.joined(separator: ", "))\n"
        text += "needs: \(scenario.needs)\n"
        text += "source: \(scenario.source)\n"
        if scenario.groups.contains("amd-selftests") {
            text += wrapped(exclusions(of: scenario)) + "\n"
        }
        text += "\nmachine:\n"
        for pin in scenario.setup.pins { text += "  \(pin.line)\n" }
        text += "\nsteps:\n" + lines(scenario.steps, indent: "  ")
        if !scenario.hazards.isEmpty {
            text += "\nknown hazards:\n"
            for (design, invariants) in scenario.hazards.sorted(by: { $0.key < $1.key }) {
                let names = invariants.members.map(\.name).joined(separator: ", ")
                text += "  \(design): \(names)\n"
            }
        }
        return text
    }

    /// The assumption sets that a host does not have on which the scenario passes.
    private static func exclusions(of scenario: Scenario) -> String {
        let excluded = ExcludedSets(by: scenario)
        guard !excluded.sets.isEmpty else {
            return "excludes, where it passes: no assumption set"
        }
        let combinations = excluded.combinations.map { values in
            values.map { "\($0.axis)=\($0.value)" }.joined(separator: " with ")
        }
        // This tool's guest writes TMR where that is assumed of it; AMD's never does.
        let isOfGuest =
            excluded.sets.contains { $0.pageTMR == .guest }
            && !excluded.sets.contains { $0.pageTMR == .never }
        return "excludes, where it passes: " + combinations.joined(separator: "; ")
            + (isOfGuest
                ? "; of page-tmr=guest nothing is known by AMD's run, whose guest does not write "
                    + "the bit as this tool's does" : "")
    }

    /// A paragraph at the terminal's width.
    private static func wrapped(_ text: String) -> String {
        var paragraph = Columns()
        paragraph.add(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        return paragraph.lines(width: Console.current.width).joined(separator: "\n")
    }

    private static func lines(_ steps: [ScenarioStep], indent: String) -> String {
        steps.map { step in
            switch step {
            case .action(let action, let isOptional, _):
                indent + action.spelling(in: WideSpace()) + (isOptional ? "   (if enabled)" : "")
                    + "\n"
            case .expect: ""
            case .repeat(let times, let steps):
                indent + "\(times) times:\n" + lines(steps, indent: indent + "  ")
            }
        }.joined()
    }
}

extension PinSetup {
    /// One line for people.
    fileprivate var line: String {
        var words = ["pin \(pin)", trigger.rawValue, "vector \(Spelling.vector(vector))"]
        if masked { words.append("masked") }
        if destination != 0 { words.append("to APIC \(destination)") }
        if resampler { words.append("with resampler") }
        if notifier { words.append("with ack notifier") }
        return words.joined(separator: ", ")
    }
}

extension String {
    /// Without line ends and spaces at either end.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        while text.first?.isWhitespace == true { text.removeFirst() }
        return String(text)
    }
}
