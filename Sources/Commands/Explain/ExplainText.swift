internal import InterruptModel
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
        if meanings.isEmpty, try Selection.isPath(name) {
            let found = try Selection.loadAll(name)
            meanings = found.map {
                ExplainScenario(scenario: $0, hasNeighbours: found.count > 1).text
            }
        }
        if meanings.isEmpty, let places = Citation.list(name) {
            meanings = try places.map(ExplainPassage.text)
        }
        if meanings.isEmpty, let scenario = try? Selection.matching([name], in: scenarios),
            scenario.count == 1
        {
            meanings = [ExplainScenario(scenario: scenario[0]).text]
        }
        guard meanings.isEmpty else { return meanings.joined(separator: "\n") }
        if Selection.beginning(with: name, among: scenarios.map(\.name)).count > 1 {
            throw CommandFailure.usage(UnknownName(name, in: scenarios).sentence)
        }
        throw CommandFailure.usage(
            "nothing is called \(quoted: name)\(suggestion(for: name, scenarios)); "
                + "“savic-eoi explain” lists what is")
    }

    /// Every meaning of a name that is written out.
    private static func meanings(of name: String, in scenarios: [Scenario]) -> [String] {
        var meanings: [String] = []
        if let design = EOIDesigns.named(name) { meanings.append(text(of: design)) }
        if let axis = AxisEntry.named(name) { meanings.append(text(of: axis)) }
        if let rule = KernelRule(rawValue: name) { meanings.append(text(of: rule)) }
        if let invariant = Invariant(name: name) { meanings.append(text(of: invariant)) }
        if let verdict = ExplainPassage.text(ofVerdict: name) { meanings.append(verdict) }
        if let code = MismatchCode(rawValue: name.uppercased()) {
            meanings.append(text(of: code))
        }
        if let scenario = scenarios.first(where: { $0.name == name }) {
            meanings.append(ExplainScenario(scenario: scenario).text)
        }
        if let article = Articles.named(name) { meanings.append(ExplainPassage.text(of: article)) }
        if let backend = ExplainPassage.text(ofBackend: name) { meanings.append(backend) }
        let members = scenarios.filter { $0.groups.contains(name) }
        if !members.isEmpty { meanings.append(text(ofGroup: name, members)) }
        return meanings
    }

    /// Of a place only its first word is a name.
    private static func suggestion(for name: String, _ scenarios: [Scenario]) -> String {
        let near = Nearest.suggestion(for: name, among: KnownNames.all(in: scenarios))
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
        let summary = ScenarioGroups.summary(of: name).map { "\n\(wrapped($0))\n" } ?? ""
        return """
            \(name) – a group of the catalogue: \(counted(members.count, "scenario"))
            \(summary)
            \(lines.joined(separator: "\n"))

            to run them: \(ShellCommand("savic-eoi", "run", "--group", name).text)

            """
    }

    /// Where something comes from, and how to read what is ours of it.
    static func sourced(_ source: String) -> String {
        let cited = Citation.all(in: source)
        return "source: \(source.printable)" + (cited.isEmpty ? "" : "\n\(wayToRead(cited))")
    }

    private static func wayToRead(_ cited: [Citation]) -> String {
        "to read it: \(ExplainPassage.command(for: Citation.spelling(of: cited)))"
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

    /// A paragraph at the terminal's width.
    static func wrapped(_ text: String) -> String {
        var paragraph = Columns()
        paragraph.add(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        return paragraph.lines(width: Console.current.width).joined(separator: "\n")
    }
}
