internal import InterruptModel

/// Reads scenarios from the text of their file.
public enum ScenarioLoader {
    static let keys = [
        "name", "summary", "source", "explanation", "groups", "danger", "danger-machines",
        "machines", "irqchips", "granularity", "machine", "steps", "expect", "always",
        "expect-plain", "expect-secure", "hazards", "hazards-reentry", "stuck", "design",
    ]

    /// Reads the scenarios of a file: YAML documents separated by `---`.
    /// - Parameters:
    ///   - bytes: the file's contents.
    ///   - file: its name as errors are to show it.
    public static func load(_ bytes: [UInt8], file: String) throws(ScenarioError) -> [Scenario] {
        let text = try YAMLText.checked(bytes, file: file)
        var scenarios: [Scenario] = []
        for document in try YAMLCursor.documents(of: text, file: file) {
            scenarios.append(try scenario(document))
        }
        try refuseDuplicates(scenarios)
        return scenarios
    }

    /// Two scenarios of one name would be one line in a report.
    public static func refuseDuplicates(_ scenarios: [Scenario]) throws(ScenarioError) {
        var places: [String: SourceLocation] = [:]
        for scenario in scenarios {
            if let first = places.updateValue(scenario.location, forKey: scenario.name) {
                throw ScenarioError(
                    location: scenario.location,
                    message: "duplicate name “\(scenario.name)”, already used at \(first); "
                        + "expected a name of its own")
            }
        }
    }

    private static func scenario(_ root: YAMLCursor) throws(ScenarioError) -> Scenario {
        let fields = try root.fields("a scenario", known: keys)

        func required(_ key: String) throws(ScenarioError) -> YAMLCursor {
            guard let value = fields[key] else {
                throw root.error("the scenario has no “\(key)”; expected one")
            }
            return value
        }

        let machines: [MachineKind] = try choices(fields["machines"], "machine kind", all: true)
        var setup = try MachineLoader.load(try required("machine"))
        setup.kind = machines[0]
        let irqchips: [IRQChip] = try choices(fields["irqchips"], "irqchip", all: true)
        setup.irqchip = irqchips[0]
        let granularity: Granularity = try fields["granularity"]?.choice("granularity") ?? .step
        let steps = StepLoader(setup: setup, granularity: granularity)

        var byKind: [MachineKind: [Expectation]] = [:]
        for kind in MachineKind.allCases {
            if let node = fields["expect-\(kind.rawValue)"] {
                byKind[kind] = try ExpectationLoader.load(node)
            }
        }
        return Scenario(
            name: try name(try required("name")),
            summary: try required("summary").text("a summary of one line"),
            source: try required("source").text("the source"),
            explanation: try fields["explanation"]?.text("an explanation") ?? "",
            groups: try groups(try required("groups")),
            danger: try fields["danger"]?.choice("danger") ?? .none,
            dangerousMachines: try choices(fields["danger-machines"], "machine kind", all: true),
            machines: machines,
            irqchips: irqchips,
            granularity: granularity,
            setup: setup,
            steps: try steps.load(try required("steps")),
            expectations: try expectations(fields),
            expectationsByKind: byKind,
            hazards: try fields["hazards"].map(hazards) ?? [:],
            hazardsWithReentry: try fields["hazards-reentry"].map(hazards) ?? [:],
            stuck: try fields["stuck"].map { cursor throws(ScenarioError) in
                try stuckPin(cursor, setup)
            },
            design: try fields["design"].map(design),
            location: root.location)
    }

    /// `expect`, and behind it `always`.
    private static func expectations(
        _ fields: [String: YAMLCursor]
    ) throws(ScenarioError) -> [Expectation] {
        var expectations: [Expectation] = []
        if let node = fields["expect"] { expectations += try ExpectationLoader.load(node) }
        if let node = fields["always"] {
            expectations += try ExpectationLoader.load(node, isAlways: true)
        }
        return expectations
    }

    private static func stuckPin(
        _ cursor: YAMLCursor, _ setup: MachineSetup
    ) throws(ScenarioError) -> UInt8 {
        let pin = UInt8(try cursor.number(in: 0...23, "the pin that is stuck at the end"))
        guard setup.pins.contains(where: { $0.pin == pin }) else {
            throw cursor.error("the machine has no pin \(pin)")
        }
        return pin
    }

    private static func design(_ cursor: YAMLCursor) throws(ScenarioError) -> String {
        let name = try cursor.text("the name of an EOI design")
        let names = EOIDesigns.all.map(\.name)
        guard names.contains(name) else {
            throw cursor.error(
                "unknown design “\(name)”\(Nearest.suggestion(for: name, among: names)); "
                    + "expected \(names.joined(separator: ", "))")
        }
        return name
    }

    private static func choices<Choice>(
        _ cursor: YAMLCursor?, _ what: String, all: Bool
    ) throws(ScenarioError) -> [Choice]
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        guard let cursor else { return Array(Choice.allCases) }
        var result: [Choice] = []
        for member in try cursor.listOrOne(what) { result.append(try member.choice(what)) }
        guard !result.isEmpty else { throw cursor.error("expected at least one \(what)") }
        return result
    }

    /// Names become file names, test names and XML attributes: keep them plain.
    package static func name(_ cursor: YAMLCursor) throws(ScenarioError) -> String {
        let name = try cursor.text("a name")
        let plain = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard plain, !name.isEmpty, name.count <= 64 else {
            throw cursor.error(
                "expected a name of 1 to 64 lower-case letters, digits and hyphens, "
                    + "found \(quoted: name)")
        }
        return name
    }

    private static func groups(_ cursor: YAMLCursor) throws(ScenarioError) -> [String] {
        var groups: [String] = []
        for member in try cursor.listOrOne("groups") { groups.append(try name(member)) }
        guard !groups.isEmpty else { throw cursor.error("expected at least one group") }
        return groups
    }

    /// `rfc-v1 rfc-v2@split: [attribution]`: design names, with an irqchip behind them where the
    /// irqchips differ, to invariants. `secure` is every design that nothing else is stated of.
    private static func hazards(
        _ cursor: YAMLCursor
    ) throws(ScenarioError) -> [String: InvariantSet] {
        let designs = EOIDesigns.all.map(\.name) + [Scenario.plainDesign, everyDesign]
        var hazards: [String: InvariantSet] = [:]
        for (key, value) in try cursor.pairs("hazards") {
            var invariants: InvariantSet = []
            for member in try value.listOrOne("invariants") {
                let name = try member.text("an invariant")
                guard let invariant = Invariant(name: name) else {
                    let names = Invariant.allCases.map(\.name)
                    throw member.error(
                        "unknown invariant \(quoted: name)"
                            + "\(Nearest.suggestion(for: name, among: names)); "
                            + "expected \(names.joined(separator: ", "))")
                }
                invariants.formUnion(InvariantSet(invariant))
            }
            for word in try key.text("design names").split(separator: " ") {
                let parts = word.split(separator: "@", maxSplits: 1).map(String.init)
                let design = parts[0]
                if parts.count > 1, IRQChip(rawValue: parts[1]) == nil {
                    throw key.error(
                        "unknown irqchip \(quoted: parts[1]) behind the @ of \(quoted: design); "
                            + "expected split or kernel")
                }
                guard designs.contains(design) else {
                    throw key.error(
                        "unknown design \(quoted: design)"
                            + "\(Nearest.suggestion(for: design, among: designs)); "
                            + "expected \(designs.joined(separator: ", "))")
                }
                let stated = String(word)
                guard hazards[stated] == nil else {
                    throw key.error("the hazards of \(quoted: stated) are stated twice")
                }
                hazards[stated] = invariants
            }
        }
        spread(&hazards)
        return hazards
    }

    /// What is stated of every design, stated of each.
    private static func spread(_ hazards: inout [String: InvariantSet]) {
        for scope in IRQChip.allCases.map({ "@" + $0.rawValue }) + [""] {
            guard let common = hazards.removeValue(forKey: everyDesign + scope) else { continue }
            for design in EOIDesigns.all.map(\.name)
            where hazards[design] == nil && hazards[design + scope] == nil {
                hazards[design + scope] = common
            }
        }
    }

    /// The word for all designs that a secure machine can have.
    private static let everyDesign = MachineKind.secure.rawValue
}
