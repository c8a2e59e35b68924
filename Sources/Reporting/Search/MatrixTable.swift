/// What `matrix` has found out, as a table: a row for assumptions that come to the same, and for
/// each design a column for each property.
package struct MatrixTable {
    /// What is known of one property of one design.
    package enum Cell: Hashable {
        /// Nothing violates it, and every reachable state was visited.
        case safe
        /// The search ended before it was known.
        case open
        case broken(Way)
    }

    /// A shortest counterexample.
    package struct Way: Hashable {
        var length: Int
        /// Whether it is counted in single actions, which no host program can force.
        var isAtomic: Bool
        /// The panel that shows it; nil where its actions are not known.
        var panel: String?

        package init(length: Int, isAtomic: Bool, panel: String?) {
            (self.length, self.isAtomic, self.panel) = (length, isAtomic, panel)
        }
    }

    package struct Property {
        var name: String
        /// Whether more than an interrupt's right completion is at stake.
        var isGrave: Bool

        package init(name: String, isGrave: Bool) {
            (self.name, self.isGrave) = (name, isGrave)
        }
    }

    package struct Row {
        /// Page TMRs, each with the guests.
        var assumptions: [(pageTMR: String, guests: [String])]
        /// By design and property; nil where a design was not searched.
        var cells: [[Cell]?]

        package init(assumptions: [(pageTMR: String, guests: [String])], cells: [[Cell]?]) {
            (self.assumptions, self.cells) = (assumptions, cells)
        }

        /// Combinations that share it.
        var count: Int { assumptions.reduce(0) { $0 + $1.guests.count } }
    }

    let designs: [String]
    let properties: [Property]
    let rows: [Row]
    /// How many combinations there are for each design, searched or not.
    let combinations: Int

    package init(designs: [String], properties: [Property], rows: [Row], combinations: Int) {
        self.designs = designs
        self.properties = properties
        self.rows = rows
        self.combinations = combinations
    }

    // MARK: - What it says

    /// Under how many combinations a design is safe, and under how many it is not.
    struct Tally {
        var safe = 0
        var broken = 0
    }

    func tally(_ design: Int) -> Tally {
        rows.reduce(into: Tally()) { tally, row in
            guard let cells = row.cells[design] else { return }
            if cells.allSatisfy({ $0 == .safe }) { tally.safe += row.count }
            if cells.contains(where: { $0.way != nil }) { tally.broken += row.count }
        }
    }

    private func names(_ isMeant: (Tally) -> Bool) -> [String] {
        designs.indices.filter { isMeant(tally($0)) }.map { designs[$0] }
    }

    /// Whether every design is safe under all combinations.
    package var isSafe: Bool { names { $0.safe == combinations } == designs }

    /// Which design is safe whatever is assumed, in one sentence.
    package var headline: String {
        let end = "safe under every assumption"
        if isSafe, designs.count > 1 { return "Every design is \(end)" }
        let safe = names { $0.safe == combinations }
        guard safe.isEmpty else {
            return safe.joined(separator: ", ") + " \(safe.count > 1 ? "are" : "is") \(end)"
        }
        let isKnown = names { $0.broken > 0 } == designs
        let known = isKnown ? "" : "known to be "
        return designs.count == 1
            ? "\(designs[0]) is not \(known)\(end)" : "No design is \(known)\(end)"
    }

    /// Which designs are safe most often, and what nothing violates.
    package var sentences: [String] {
        var sentences: [String] = []
        let most = designs.indices.map { tally($0).safe }.max() ?? 0
        if designs.count > 1, most > 0, most < combinations {
            let best = names { $0.safe == most }.joined(separator: ", ")
            let sum = "\(most) of \(counted(combinations, "combination"))"
            sentences.append("safest, in \(sum) of page TMR and guest: \(best)")
        }
        let kept = properties.indices.filter { !shown.contains($0) }.map { properties[$0].name }
        if !kept.isEmpty, !rows.isEmpty {
            let extent = isWhole ? "never violated" : "not violated so far"
            sentences.append("\(extent): \(kept.joined(separator: ", "))")
        }
        return sentences
    }

    private var isWhole: Bool {
        rows.reduce(0) { $0 + $1.count } == combinations
            && rows.allSatisfy { row in row.cells.allSatisfy { $0 != nil } }
    }

    /// Properties that are not safe everywhere. The others would be columns of nothing.
    var shown: [Int] {
        properties.indices.filter { property in
            rows.contains { row in
                row.cells.contains { $0.map { $0[property] != .safe } ?? false }
            }
        }
    }
}

extension MatrixTable.Cell {
    var way: MatrixTable.Way? { if case .broken(let way) = self { way } else { nil } }
}
