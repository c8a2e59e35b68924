internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios

/// A scenario in prose: what it is about, its machine and steps, and what it is known to violate.
struct ExplainScenario {
    let scenario: Scenario
    /// Whether its file, if it is of one, has others too.
    var hasNeighbours = false

    var text: String {
        var text = heading + "\n\n"
        if !scenario.explanation.isEmpty {
            text += ExplainText.wrapped(scenario.explanation) + "\n\n"
        }
        text += "groups: \(scenario.groups.joined(separator: ", "))\n"
        text += "needs: \(scenario.needs)\n"
        if scenario.danger == .host { text += "danger: host\n" }
        text += ExplainText.sourced(scenario.source) + "\n"
        if isOfCatalogue, scenario.groups.contains("amd-selftests") {
            text += ExplainText.wrapped(exclusions) + "\n"
        }
        text += "\nmachine:\n"
        for pin in scenario.setup.pins { text += "  \(pin.line)\n" }
        for setting in ScenarioWriter.settings(of: scenario.setup) { text += "  \(setting)\n" }
        text += "\nsteps:\n" + Self.lines(scenario.steps, indent: "  ")
        return text + hazards + ending
    }

    private var isOfCatalogue: Bool { scenario.location.file.hasPrefix(Catalogue.prefix) }

    private var heading: String {
        let name = scenario.name.printable
        guard !isOfCatalogue else { return "\(name) – a scenario: \(scenario.summary)" }
        return "\(name) – a scenario of \(scenario.location.file.printable)\n\n"
            + ExplainText.wrapped(scenario.summary)
    }

    private var hazards: String {
        guard !scenario.hazards.isEmpty else { return "" }
        var table = Columns(gap: 1)
        for (design, invariants) in scenario.hazards.sorted(by: { $0.key < $1.key }) {
            let names = invariants.members.map(\.name)
            table.add("\(design):", names.isEmpty ? "none" : names.joined(separator: ", "))
        }
        let lines = table.lines(indent: 2, width: Console.current.width)
        return "\nknown hazards:\n\(lines.joined(separator: "\n"))\n"
    }

    /// What a file says of the run that it is of, and the commands that go on from here.
    private var ending: String {
        var facts = Columns()
        if let design = scenario.design { facts.add("design:", design) }
        if let pin = scenario.stuck { facts.add("stuck at its end:", "line \(pin)") }
        if !hasNeighbours {
            facts.add("to see it:", ShellCommand("savic-eoi", "show", scenario.operand).text)
        }
        var run = ShellCommand("savic-eoi", isOfCatalogue ? "run" : "replay", scenario.operand)
        let isForRun = isOfCatalogue && !scenario.irqchips.contains(.split)
        run.add("--irqchip", isForRun ? scenario.irqchips[0].rawValue : nil)
        facts.add("to run it:", run.text)
        return "\n" + facts.lines().joined(separator: "\n") + "\n"
    }

    /// The assumption sets that a host does not have on which the scenario passes.
    private var exclusions: String {
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
