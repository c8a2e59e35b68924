internal import InterruptModel
internal import Reporting
internal import Verdicts

extension ReportComparison {
    /// Matrices side by side.
    init(_ matrices: [MatrixReportFile]) {
        let matched = MatrixReportFile.matched(matrices)
        let first = matched.first
        self.init(
            of: "matrix", subject: "cell", columns: matrices.map(\.column),
            settings: MatrixReportFile.settings(of: matrices),
            pairs: matched.indices.dropFirst().compactMap { index in
                first.map { MatrixPair($0, matched[index], index).pair }
            })
    }
}

extension MatrixReportFile {
    /// The cells of each matrix. Where every matrix is of one design, it is the designs that are
    /// held against each other, and the cells are found without them.
    fileprivate static func matched(_ matrices: [MatrixReportFile]) -> [[Cell]] {
        let isOfOne = matrices.allSatisfy { $0.designs.count == 1 }
        guard isOfOne, Set(matrices.flatMap(\.designs)).count > 1 else {
            return matrices.map(\.cells)
        }
        return matrices.map { matrix in
            matrix.cells.map { cell in
                var place = cell.place
                place.design = nil
                return Cell(place: place, finding: cell.finding)
            }
        }
    }

    /// In the order of the report.
    private var designs: [String] {
        var designs: [String] = []
        for cell in cells {
            guard let design = cell.place.design, designs.last != design else { continue }
            if !designs.contains(design) { designs.append(design) }
        }
        return designs
    }

    fileprivate var column: ReportComparison.Column {
        let rest = searched < combinations ? " of \(combinations)" : ""
        return ReportComparison.Column(
            "\(file): \(counted(levels, "line"))\(isNested ? " with nesting" : ""), "
                + "\(searched)\(rest) combinations",
            facts: [
                "\(states) states; \(cells.count { $0.finding == .safe }) of "
                    + "\(counted(cells.count, "cell")) safe"
            ])
    }

    fileprivate static func settings(of matrices: [MatrixReportFile]) -> [ReportComparison.Row] {
        func row(_ name: String, _ value: (MatrixReportFile) -> String) -> ReportComparison.Row {
            ReportComparison.Row(name, matrices.map(value))
        }
        return [
            row("designs") { $0.designs.joined(separator: ", ") },
            row("levels") { "\($0.levels)" }, row("nesting") { $0.isNested ? "yes" : "no" },
            row("tool", \.tool.name),
        ]
    }
}

/// A matrix against the first.
private struct MatrixPair {
    private typealias Place = MatrixReportFile.Place
    private typealias Finding = MatrixReportFile.Finding

    private let index: Int
    private let first: [Place: Finding]
    private let other: [Place: Finding]
    private let places: [Place]

    init(_ first: [MatrixReportFile.Cell], _ other: [MatrixReportFile.Cell], _ index: Int) {
        func findings(_ cells: [MatrixReportFile.Cell]) -> [Place: Finding] {
            Dictionary(cells.map { ($0.place, $0.finding) }) { one, _ in one }
        }
        let known = findings(first)
        self.first = known
        self.other = findings(other)
        self.index = index
        places = (first + other.filter { known[$0.place] == nil }).map(\.place)
    }

    /// Cells that differ in the same way.
    private struct Group {
        let design: String?
        /// Nil for all of the design's.
        let invariant: String?
        let change: ReportComparison.Change
        let before: String
        let now: String
        let note: String?
        /// Of the counterexamples, where there are any.
        var lengths: (before: Int?, now: Int?) = (nil, nil)
        var combinations: [MatrixReportFile.Combination] = []
        /// The first cell's shortest counterexample, where it is worse than before.
        var trace: [String] = []

        func holds(_ other: Group) -> Bool {
            design == other.design && invariant == other.invariant && change == other.change
                && before == other.before && now == other.now && note == other.note
        }
    }

    var pair: ReportComparison.Pair {
        var groups: [Group] = []
        var (same, open, compared) = (0, 0, 0)
        for place in places {
            let (one, two) = (first[place], other[place])
            if one.isKnown, two.isKnown { compared += 1 }
            guard let group = group(place, one, two) else {
                if one == .open || two == .open { open += 1 } else { same += 1 }
                continue
            }
            if let known = groups.firstIndex(where: { $0.holds(group) }) {
                groups[known].combinations.append(place.combination)
            } else {
                groups.append(group)
                groups[groups.count - 1].combinations = [place.combination]
            }
        }
        return ReportComparison.Pair(
            index, groups.map(difference), compared: compared,
            alike: [("the same", same), ("known in neither", open)])
    }

    /// Nil where nothing differs, or nothing is known on either side.
    private func group(_ place: Place, _ one: Finding?, _ two: Finding?) -> Group? {
        let isKnown = (one.isKnown, two.isKnown)
        guard isKnown.0 || isKnown.1, one != two else { return nil }
        guard let one, let two else { return absent(place, isOnlyFirst: two == nil) }
        var (before, now) = (one.word, two.word)
        let change: ReportComparison.Change
        switch (one, two) {
        case (.safe, .violated): change = .worse
        case (.violated, .safe): change = .mended
        case (_, .open): change = .onlyFirst
        case (.open, _): change = .onlyOther
        default:
            // Of two ways that are equally long one is as good as the other.
            guard one.length != two.length else { return nil }
            change = .changed
            if before == now { (before, now) = (one.longWord, two.longWord) }
        }
        let isOpen = change == .onlyFirst || change == .onlyOther
        return Group(
            design: place.design, invariant: place.invariant, change: change, before: before,
            now: now, note: isOpen ? "“?”: a search was stopped before it was known" : nil,
            lengths: (one.length?.shown, two.length?.shown),
            trace: change == .worse ? two.trace : [])
    }

    /// What one matrix has not is told design by design.
    private func absent(_ place: Place, isOnlyFirst: Bool) -> Group {
        let there = "there"
        return Group(
            design: place.design, invariant: nil, change: isOnlyFirst ? .onlyFirst : .onlyOther,
            before: isOnlyFirst ? there : ReportComparison.nothing,
            now: isOnlyFirst ? ReportComparison.nothing : there, note: nil)
    }

    private func difference(_ group: Group) -> ReportComparison.Difference {
        let name = [group.design, group.invariant].compactMap(\.self).joined(separator: " ")
        var all: [MatrixReportFile.Combination] = []
        if let invariant = group.invariant {
            all = places.filter { $0.design == group.design && $0.invariant == invariant }
                .map(\.combination)
        }
        let cells =
            group.invariant == nil
            ? counted(group.combinations.count, "cell")
            : Combinations(group.combinations, among: all).sentence
        let trace = group.trace.isEmpty ? nil : "such as: \(group.trace.joined(separator: ", "))"
        let members: JSONText = [
            "design": group.design.map { .string($0) },
            "invariant": group.invariant.map { .string($0) },
            "lengthBefore": group.lengths.before.map { .int($0) },
            "length": group.lengths.now.map { .int($0) },
            "cells": .array(group.combinations.map(\.json)),
            "trace": group.trace.isEmpty ? nil : .strings(group.trace),
        ]
        return ReportComparison.Difference(
            name.isEmpty ? "cells" : name, count: group.combinations.count, group.change,
            from: group.before, to: group.now, [cells, group.note, trace].compactMap(\.self),
            members: members)
    }
}

extension MatrixReportFile.Finding? {
    /// Whether the search has come to an end.
    fileprivate var isKnown: Bool { self != nil && self != .open }
}

extension MatrixReportFile.Finding {
    /// As the matrix itself shows it.
    fileprivate var word: String {
        switch self {
        case .safe: "safe"
        case .open: "?"
        case .violated(let length, _):
            "\(length.shown)\(length.granularity == .atomic ? "a" : "")"
        }
    }

    /// With the length in single actions, which the matrix does not show.
    fileprivate var longWord: String {
        word + (length?.atomic.map { " (\($0)a)" } ?? "")
    }

    fileprivate var length: MatrixReportFile.Length? {
        if case .violated(let length, _) = self { length } else { nil }
    }

    fileprivate var trace: [String] {
        if case .violated(_, let trace) = self { trace } else { [] }
    }
}

extension MatrixReportFile.Combination {
    fileprivate var json: JSONText {
        [
            "assumptions": .assumptions(assumptions.map { (name: $0.axis, value: $0.value) }),
            "hostile": .bool(isHostile),
        ]
    }
}
