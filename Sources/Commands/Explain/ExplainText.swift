internal import Backends
internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// Prose about anything that has a name.
enum ExplainText {
    static func text(of name: String) throws -> String {
        // A place in a page is nothing else, and the catalogue takes its time.
        if let places = Citation.list(name), !places.contains(where: \.isPage) {
            return try places.map(ExplainPassage.text).joined(separator: "\n")
        }
        let scenarios = try Selection.catalogue()
        var meanings = meanings(of: name, in: scenarios)
        if meanings.isEmpty, let places = Citation.list(name) {
            meanings = try places.map(ExplainPassage.text)
        }
        if meanings.isEmpty, let scenario = try? Selection.matching([name], in: scenarios),
            scenario.count == 1
        {
            meanings = [text(of: scenario[0])]
        }
        guard meanings.isEmpty else { return meanings.joined(separator: "\n") }
        if Selection.beginning(with: name, among: scenarios.map(\.name)).count > 1 {
            throw CommandFailure.usage(UnknownName(name, in: scenarios).sentence)
        }
        throw CommandFailure.usage(
            "nothing is called \(quoted: name)\(suggestion(for: name, scenarios)); it takes a "
                + "scenario, a group of them, a design, an invariant, a mismatch code, an "
                + "assumption, a kernel rule, a backend, or a place in an article as sources cite "
                + "it: 'model-contract §5', 'hazard A6'")
    }

    /// Every meaning of a name that is written out.
    private static func meanings(of name: String, in scenarios: [Scenario]) -> [String] {
        var meanings: [String] = []
        if let design = EOIDesigns.named(name) { meanings.append(text(of: design)) }
        if let axis = AxisEntry.named(name) { meanings.append(text(of: axis)) }
        if let rule = KernelRule(rawValue: name) { meanings.append(text(of: rule)) }
        if let invariant = Invariant(name: name) { meanings.append(text(of: invariant)) }
        if let code = MismatchCode(rawValue: name.uppercased()) {
            meanings.append(text(of: code))
        }
        if let scenario = scenarios.first(where: { $0.name == name }) {
            meanings.append(text(of: scenario))
        }
        if let article = Articles.named(name) { meanings.append(ExplainPassage.text(of: article)) }
        if let backend = ExplainPassage.text(ofBackend: name) { meanings.append(backend) }
        let members = scenarios.filter { $0.groups.contains(name) }
        if !members.isEmpty { meanings.append(text(ofGroup: name, members)) }
        return meanings
    }

    /// Of a place only its first word is a name.
    private static func suggestion(for name: String, _ scenarios: [Scenario]) -> String {
        let names =
            scenarios.map(\.name) + EOIDesigns.all.map(\.name)
            + Invariant.allCases.map(\.name) + MismatchCode.allCases.map(\.rawValue)
            + AxisEntry.all.map(\.name) + KernelRule.allCases.map(\.rawValue)
            + Articles.all.map(\.name) + ExplainPassage.backends.keys.sorted()
            + Set(scenarios.flatMap(\.groups)).sorted()
        let near = Nearest.suggestion(for: name, among: names)
        guard near.isEmpty, let word = name.split(separator: " ").first else { return near }
        return Nearest.suggestion(for: String(word), among: Articles.all.map(\.name))
    }

    private static func text(of invariant: Invariant) -> String {
        """
        \(invariant.name) – an invariant

        \(wrapped(invariant.explanation))

        \(sourced("model-contract §5"))

        """
    }

    private static func text(of code: MismatchCode) -> String {
        let cited = Citation.all(in: code.explanation)
        return "\(code.rawValue) – a mismatch code\n\n\(wrapped(code.explanation))\n"
            + (cited.isEmpty ? "" : "\n\(wayToRead(cited))\n")
    }

    private static func text(ofGroup name: String, _ members: [Scenario]) -> String {
        var table = Columns()
        for scenario in members { table.add(scenario.name, scenario.summary) }
        let lines = table.lines(indent: 2, width: Console.current.width)
        return """
            \(name) – a group of the catalogue: \(counted(members.count, "scenario"))

            \(lines.joined(separator: "\n"))

            to run them: \(ShellCommand("savic-eoi", "run", "--group", name).text)

            """
    }

    /// Where something comes from, and how to read what is ours of it.
    private static func sourced(_ source: String) -> String {
        let cited = Citation.all(in: source)
        return "source: \(source)" + (cited.isEmpty ? "" : "\n\(wayToRead(cited))")
    }

    private static func wayToRead(_ cited: [Citation]) -> String {
        let place = Citation.spelling(of: cited)
        return "to read it: \(ShellCommand("savic-eoi", "explain", place).text)"
    }

    private static func text(of design: EOIDesignEntry) -> String {
        """
        \(design.name) – an EOI design: \(design.summary)

        \(wrapped(design.explanation))

        \(sourced(design.source))

        """
    }

    private static func text(of axis: AxisEntry) -> String {
        var values = Columns()
        for value in axis.values { values.add(value.rawValue, value.meaning) }
        let lines = values.lines(indent: 2, width: Console.current.width)
        return """
            \(axis.name) – an assumption: \(axis.question)

            \(lines.joined(separator: "\n"))

            \(wrapped(axis.explanation))

            \(wrapped("unverified: " + axis.unverified))

            \(sourced(axis.source))

            """
    }

    private static func text(of rule: KernelRule) -> String {
        let irqchips = rule.irqchips.map(\.rawValue).joined(separator: " or ")
        return """
            \(rule.rawValue) – a rule that not every kernel has; irqchip \(irqchips) shows it

            \(wrapped(rule.explanation))

            Found out on a host by small guests, never by its version: savic-eoi probe.

            \(sourced(rule.source))

            """
    }

    private static func text(of scenario: Scenario) -> String {
        var text = "\(scenario.name) – a scenario: \(scenario.summary)\n\n"
        if !scenario.explanation.isEmpty {
            text += wrapped(scenario.explanation.trimmed) + "\n\n"
        }
        text += "groups: \(scenario.groups.joined(separator: ", "))\n"
        text += "needs: \(scenario.needs)\n"
        text += sourced(scenario.source) + "\n"
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
                indent + action.description + (isOptional ? "   (if enabled)" : "")
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
