internal import Reporting
internal import Scenarios

/// The groups of some scenarios.
struct GroupList {
    private let groups: [(name: String, members: [String])]

    init(_ scenarios: [Scenario]) {
        groups = ScenarioGroups.names(in: scenarios).map { name in
            (name, scenarios.filter { $0.groups.contains(name) }.map(\.name))
        }
    }

    func text(_ palette: Palette) -> String {
        var table = Columns([.left, .right])
        for group in groups {
            let summary = ScenarioGroups.summary(of: group.name) ?? ""
            table.add(group.name, "\(group.members.count)", summary)
        }
        let lines = table.lines(width: Console.current.width) { _, column, cell in
            column == 0 ? palette.paint(cell, .strong) : cell
        }
        return lines.joined(separator: "\n") + "\n\n\(counted(groups.count, "group"));\n"
            + "“savic-eoi list --group NAME” lists one, “savic-eoi run --group NAME” runs it\n"
    }

    var document: JSONText {
        .document(
            by: .current,
            [
                "groups": .array(
                    groups.map { group in
                        [
                            "name": .string(group.name),
                            "summary": ScenarioGroups.summary(of: group.name).map { .string($0) },
                            "scenarios": .strings(group.members),
                        ]
                    })
            ])
    }
}
