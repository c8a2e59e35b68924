internal import ArgumentParser
internal import InterruptModel
internal import Reporting
internal import Scenarios

/// `savic-eoi list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the scenarios: name, groups, what each needs, where it comes from.",
        discussion: """
            EXAMPLES
              savic-eoi list                    all of them
              savic-eoi list --groups           the groups, a line for each
              savic-eoi list --group hazards
              savic-eoi list 'tmr-*' --json
              savic-eoi list --why-skipped --backend kvm
            """)

    @Argument(
        help: ArgumentHelp("Names, patterns, or YAML files.", valueName: "name|file"),
        completion: .scenarios)
    var names: [String] = []

    @Option(
        name: .shortAndLong, help: "Only scenarios of this group; may be repeated.",
        completion: .groups)
    var group: [String] = []

    @Flag(help: "Only the groups: what each is about, and how many scenarios it has.")
    var groups = false

    @Flag(help: "Only what a backend does not run on this host, and what is missing for it.")
    var whySkipped = false

    @Option(name: .shortAndLong, help: "What --why-skipped is about; else the host's best.")
    var backend: BackendChoice?

    @OptionGroup var printing: PrintOptions<PrintFormat>

    func validate() throws {
        if whySkipped, groups {
            throw ValidationError("Only one of --groups and --why-skipped.")
        }
        if backend != nil, !whySkipped {
            throw ValidationError("--backend is for --why-skipped.")
        }
    }

    func run() throws {
        let scenarios = try Selection(words: names, groups: group).scenarios()
        guard !groups else {
            let list = GroupList(scenarios)
            return try printing.tell({ list.text($0) }, list.document)
        }
        guard !whySkipped else {
            let chosen = ChosenBackend(
                (backend ?? .auto).kind, timeout: UInt64(RunOptions.standardTimeout),
                allowHostRisk: false, axes: PartialAssumptions())
            let list = try SkipList(scenarios, on: chosen)
            return try printing.tell({ list.text($0) }, list.document)
        }
        try printing.tell({ table(scenarios, $0) }, document(scenarios))
    }

    private func table(_ scenarios: [Scenario], _ palette: Palette) -> String {
        let console = Console.current
        var text = ""
        var headings: [String] = []
        for scenario in scenarios where !headings.contains(scenario.groups[0]) {
            headings.append(scenario.groups[0])
        }
        for heading in headings {
            var columns = Columns()
            for scenario in scenarios where scenario.groups[0] == heading {
                columns.add(scenario.name, scenario.summary)
                columns.add("", scenario.origin)
            }
            // Two rows for each: what it is, and where it belongs and comes from.
            text += palette.paint(heading, .strong) + "\n"
            let lines = columns.lines(indent: 2, width: console.width) { row, column, cell in
                row % 2 == 1 ? palette.paint(cell, .faint) : cell
            }
            text += lines.joined(separator: "\n") + "\n\n"
        }
        return text + counted(scenarios.count, "scenario")
            + "; “savic-eoi explain NAME” tells more,\n"
            + "“savic-eoi explain 'hazard A6'” reads a source,\n"
            + "“savic-eoi list --groups” says what the groups are\n"
    }

    private func document(_ scenarios: [Scenario]) -> JSONText {
        .document(
            by: .current,
            [
                "scenarios": .array(scenarios.map(entry))
            ])
    }

    private func entry(_ scenario: Scenario) -> JSONText {
        [
            "name": .string(scenario.name),
            "summary": .string(scenario.summary),
            "source": .string(scenario.source),
            "groups": .strings(scenario.groups),
            "danger": .string(scenario.danger.rawValue),
            "machines": .strings(scenario.machines.map(\.rawValue)),
            "irqchips": .strings(scenario.irqchips.map(\.rawValue)),
            "granularity": .string(scenario.granularity.rawValue),
            "hazards": .object(
                scenario.hazards.sorted { $0.key < $1.key }.map {
                    JSONText.Member($0.key, .strings($0.value.members.map(\.name)))
                }),
        ]
    }
}

extension Scenario {
    /// What it needs, its groups and its source, in one line.
    fileprivate var origin: String {
        let place = needs == Self.nothing ? "runs anywhere" : "needs \(needs)"
        return place + (danger == .host ? "; danger: host" : "")
            + "; \(groups.count == 1 ? "group" : "groups") "
            + "\(groups.joined(separator: ", ")); source: \(source)"
    }

    /// What a scenario needs that runs anywhere.
    private static let nothing = "any"

    /// What a scenario needs, in a few words.
    var needs: String {
        var needs: [String] = []
        if machines.count == 1 { needs.append(machines[0].rawValue) }
        if irqchips.count == 1 { needs.append("irqchip \(irqchips[0].rawValue)") }
        if granularity == .atomic { needs.append("atomic") }
        return needs.isEmpty ? Self.nothing : needs.joined(separator: ", ")
    }
}
