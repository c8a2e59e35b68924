/// How the table of `matrix` looks on a page.
extension MatrixTable {
    /// What the template names.
    var content: [String: Any] {
        let shown = shown
        let span = max(1, shown.count)
        let names = shown.isEmpty ? [""] : shown.map { properties[$0].name }
        return [
            "designs": designs.indices.map {
                [
                    "design": designs[$0], "span": span,
                    "sum": "safe in \(tally($0).safe) of \(combinations)",
                ]
                    as [String: Any]
            },
            "properties": designs.flatMap { _ in
                names.enumerated().map {
                    ["property": $0.element, "isFirst": $0.offset == 0] as [String: Any]
                }
            },
            "rows": rows.enumerated().map { number, row in
                [
                    "assumptions": row.assumptions.map {
                        ["pageTMR": $0.pageTMR, "guests": $0.guests.joined(separator: ", ")]
                    },
                    "row": designs.indices.flatMap { cells(of: row, number + 1, $0, shown) },
                ] as [String: Any]
            },
            "legend": legend,
        ]
    }

    private func cells(
        of row: Row, _ number: Int, _ design: Int, _ shown: [Int]
    ) -> [[String: Any]] {
        func one(_ looks: String, _ text: String) -> [[String: Any]] {
            [Self.cell("first " + looks, text, span: max(1, shown.count))]
        }
        guard let cells = row.cells[design] else { return one("s", "not searched") }
        guard cells.contains(where: { $0 != .safe }) else { return one("ok", "✓ safe") }
        return shown.enumerated().map { place, property in
            let first = place == 0 ? "first " : ""
            guard let way = cells[property].way else {
                let isSafe = cells[property] == .safe
                return Self.cell(first + (isSafe ? "s" : "s q"), isSafe ? "·" : "?")
            }
            let name = properties[property].name
            let looks = first + (properties[property].isGrave ? "b w" : "b")
            guard let panel = way.panel else { return Self.cell(looks, way.text) }
            let link: [String: Any] = [
                "address": "\(designs[design])/\(name)/\(number)", "panel": panel,
                "label": "\(designs[design]) breaks \(name) in \(way.words)", "length": way.text,
            ]
            return Self.cell(looks, "", links: [link])
        }
    }

    private static func cell(
        _ looks: String, _ text: String, span: Int = 1, links: [[String: Any]] = []
    ) -> [String: Any] {
        ["looks": looks, "text": text, "spans": span > 1 ? [span] : [], "links": links]
    }

    /// What the cells mean that there are.
    private var legend: [[String: Any]] {
        func entry(_ sign: String, _ looks: String, _ meaning: String) -> [String: Any] {
            ["sign": sign, "signLooks": looks, "meaning": meaning]
        }
        let cells = Set(rows.flatMap { $0.cells.compactMap { $0 }.flatMap { $0 } })
        let ways = cells.compactMap(\.way)
        let grave = properties.indices.filter { property in
            properties[property].isGrave
                && rows.contains { $0.cells.contains { $0?[property].way != nil } }
        }.map { properties[$0].name }
        let plain = ways.contains { !$0.isAtomic }
        let atomic = ways.contains(where: \.isAtomic)
        return
            (plain ? [entry("4", "b", "steps of the shortest counterexample; choose it")] : [])
            + (atomic
                ? [entry("8a", "b", "the same in single actions, which no host program can force")]
                : [])
            + (grave.isEmpty
                ? []
                : [
                    entry(
                        "4", "b w",
                        "the host, a line or an interrupt is at stake: "
                            + grave.joined(separator: ", "))
                ])
            + (cells.contains(.safe)
                ? [
                    entry(
                        "·", "s",
                        "nothing violates it in any interleaving, every reachable state "
                            + "was visited")
                ] : [])
            + (cells.contains(.open)
                ? [entry("?", "s q", "the search was stopped before it was known")] : [])
    }
}

extension MatrixTable.Way {
    /// `4`, or `8a` in single actions.
    fileprivate var text: String { "\(length)\(isAtomic ? "a" : "")" }
    fileprivate var words: String { counted(length, isAtomic ? "single action" : "step") }
}
