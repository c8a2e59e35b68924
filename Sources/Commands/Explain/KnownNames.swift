internal import InterruptModel
internal import Reporting
internal import Scenarios
internal import Verdicts

/// What `explain` can tell about.
enum KnownNames {
    /// What has a name, by its kind; scenarios, which are many, are left out.
    static func kinds(in scenarios: [Scenario]) -> [(kind: String, names: [String])] {
        [
            ("designs", EOIDesigns.all.map(\.name)),
            ("invariants", Invariant.allCases.map(\.name)),
            ("assumptions", AxisEntry.all.map(\.name)),
            ("kernel rules", KernelRule.allCases.map(\.rawValue)),
            ("verdicts", ExplainPassage.verdicts),
            ("mismatches", MismatchCode.allCases.map(\.rawValue)),
            ("backends", ExplainPassage.backends.keys.sorted()),
            ("groups", ScenarioGroups.names(in: scenarios)),
            ("articles", Articles.all.map(\.name)),
        ]
    }

    /// Every name, scenarios first.
    static func all(in scenarios: [Scenario]) -> [String] {
        scenarios.map(\.name) + kinds(in: scenarios).flatMap(\.names)
    }

    /// All that there is, for somebody who does not know what to ask.
    static func overview() throws -> String {
        let scenarios = try Selection.catalogue()
        var table = Columns()
        for (kind, names) in kinds(in: scenarios) {
            table.add(kind, names.joined(separator: ", "))
        }
        table.add("scenarios", "savic-eoi list names all \(scenarios.count)")
        table.add("files", "a scenario file, or a folder of them")
        table.add("sources", "as they are cited: 'hazard A6', 'story S14', 'model-contract §5'")
        let lines = table.lines(indent: 2, width: Console.current.width)
        return "savic-eoi explain NAME tells about\n\n\(lines.joined(separator: "\n"))\n"
    }
}
