internal import InterruptModel

/// Reads scenarios from the text of their file.
public enum ScenarioLoader {
    static let keys = [
        "name", "summary", "source", "explanation", "groups", "danger", "danger-machines",
        "known-kernels", "machines", "irqchips",
        "granularity", "machine", "steps", "expect", "expect-plain", "expect-secure", "hazards",
        "hazards-reentry",
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
            knownKernels: try fields["known-kernels"]?.text("what kernels do otherwise") ?? "",
            machines: machines,
            irqchips: irqchips,
            granularity: granularity,
            setup: setup,
            steps: try steps.load(try required("steps")),
            expectations: try fields["expect"].map(ExpectationLoader.load) ?? [],
            expectationsByKind: byKind,
            hazards: try fields["hazards"].map(hazards) ?? [:],
            hazardsWithReentry: try fields["hazards-reentry"].map(hazards) ?? [:],
            location: root.location)
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
    static func name(_ cursor: YAMLCursor) throws(ScenarioError) -> String {
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
                    + "found “\(name)”")
        }
        return name
    }

    private static func groups(_ cursor: YAMLCursor) throws(ScenarioError) -> [String] {
        var groups: [String] = []
        for member in try cursor.listOrOne("groups") { groups.append(try name(member)) }
        guard !groups.isEmpty else { throw cursor.error("expected at least one group") }
        return groups
    }

    /// `rfc-v1 rfc-v2: [attribution]`: design names to invariants.
    private static func hazards(
        _ cursor: YAMLCursor
    ) throws(ScenarioError) -> [String: InvariantSet] {
        let designs = EOIDesigns.all.map(\.name) + [Scenario.plainDesign]
        var hazards: [String: InvariantSet] = [:]
        for (key, value) in try cursor.pairs("hazards") {
            var invariants: InvariantSet = []
            for member in try value.listOrOne("invariants") {
                let name = try member.text("an invariant")
                guard let invariant = Invariant(name: name) else {
                    let names = Invariant.allCases.map(\.name)
                    throw member.error(
                        "unknown invariant “\(name)”"
                            + "\(Nearest.suggestion(for: name, among: names)); "
                            + "expected \(names.joined(separator: ", "))")
                }
                invariants.formUnion(InvariantSet(invariant))
            }
            for word in try key.text("design names").split(separator: " ") {
                let design = String(word)
                guard designs.contains(design) else {
                    throw key.error(
                        "unknown design “\(design)”"
                            + "\(Nearest.suggestion(for: design, among: designs)); "
                            + "expected \(designs.joined(separator: ", "))")
                }
                guard hazards[design] == nil else {
                    throw key.error("the hazards of “\(design)” are stated twice")
                }
                hazards[design] = invariants
            }
        }
        return hazards
    }
}
