internal import Backends
internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// Hosts and models side by side.
struct HostComparison {
    private let columns: [Column]

    /// A host, or a model.
    private struct Column {
        /// A, B, C …, by which text and differences name it.
        let letter: String
        let title: String
        let facts: [(name: String, value: String)]
        let isModel: Bool
        let cells: [String: Cell]
    }

    /// What a probe came to in a column.
    private struct Cell: Equatable {
        var text: String
        /// The answer of all runs, if there is one and a model allows it.
        var answer: String?
        /// Whether the model allows all of it.
        var isAllowed = true
        var digest: String?
    }

    init(_ reports: [HostReportFile], _ models: [Assumptions]) {
        let all =
            reports.map(Self.column)
            + models.map { set in
                let words = Prediction.all.first { $0.assumptions == set }?.words ?? [:]
                return (
                    "model \(set.spelling)", [], true,
                    words.mapValues { word in
                        Cell(text: word, answer: word)
                    }
                )
            }
        columns = all.enumerated().map { index, column in
            Column(
                letter: Self.letter(index), title: column.0, facts: column.1, isModel: column.2,
                cells: column.3)
        }
    }

    private static func letter(_ index: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26)))
        return index < 26 ? letter : letter + "\(index / 26)"
    }

    private static func column(
        _ report: HostReportFile
    ) -> (String, [(name: String, value: String)], Bool, [String: Cell]) {
        let place = BackendKind.shown(report.backend, simulatedBy: report.simulatedBy)
        let interrupted = report.isInterrupted ? ", interrupted" : ""
        var cells: [String: Cell] = [:]
        for probe in report.probes {
            let isAllowed = probe.outcomes.allSatisfy(\.isAllowed)
            cells[probe.name] = Cell(
                text: text(probe), answer: isAllowed ? probe.answer : nil, isAllowed: isAllowed,
                digest: probe.digest)
        }
        return (
            "\(report.file): \(place), irqchip \(report.irqchip)\(interrupted)", report.host,
            false, cells
        )
    }

    /// `set 1000/1000`, or each word with how often it came about.
    private static func text(_ probe: HostReportFile.ReportedProbe) -> String {
        var counts: [(word: String, count: Int)] = []
        for outcome in probe.outcomes {
            if let index = counts.firstIndex(where: { $0.word == outcome.word }) {
                counts[index].count += outcome.count
            } else {
                counts.append((outcome.word, outcome.count))
            }
        }
        return counts.map { "\($0.word) \($0.count)/\(probe.runs)" }.joined(separator: ", ")
    }

    /// The probes of any column, those that this version knows first.
    private var names: [String] {
        var names = Probe.all.map(\.name).filter { name in
            columns.contains { $0.cells[name] != nil }
        }
        for name in columns.flatMap({ $0.cells.keys.sorted() }) where !names.contains(name) {
            names.append(name)
        }
        return names
    }

    /// A probe on which two columns differ.
    private struct Difference {
        let probe: String
        let first: Column
        let other: Column
        let sentence: String
        let isWorse: Bool
    }

    private var differences: [Difference] {
        guard let first = columns.first else { return [] }
        return columns.dropFirst().flatMap { other in
            names.compactMap { difference(in: $0, first, other) }
        }
    }

    private func difference(
        in probe: String, _ first: Column, _ other: Column
    ) -> Difference? {
        let (one, two) = (first.cells[probe], other.cells[probe])
        // A model has no say in what it was not asked, and nobody counts its runs.
        guard let one, let two else {
            guard !other.isModel, !first.isModel else { return nil }
            return Difference(
                probe: probe, first: first, other: other,
                sentence: "\(one == nil ? first.letter : other.letter) was not asked",
                isWorse: two == nil && one?.answer != nil)
        }
        var parts: [String] = []
        if let digest = one.digest, let another = two.digest, digest != another {
            parts.append("not the same probe: digest \(digest) and \(another)")
        }
        let isSame = one.answer != nil ? one.answer == two.answer : one.text == two.text
        if !isSame {
            parts.append("\(first.letter) \(one.text), \(other.letter) \(two.text)")
        }
        if !two.isAllowed { parts.append("no assumption set allows \(other.letter)'s") }
        guard !parts.isEmpty else { return nil }
        return Difference(
            probe: probe, first: first, other: other, sentence: parts.joined(separator: "; "),
            isWorse: !other.isModel && one.answer != nil && two.answer == nil)
    }

    var gotWorse: Bool { differences.contains(where: \.isWorse) }

    // MARK: - Text

    func text(width: Int) -> String {
        var legend = Columns()
        for column in columns {
            legend.add(column.letter, column.title)
            if !column.facts.isEmpty {
                legend.add(
                    "", column.facts.map { "\($0.name) \($0.value)" }.joined(separator: "; "))
            }
        }
        var table = Columns()
        table.add(["probe"] + columns.map(\.letter))
        for name in names {
            table.add([name] + columns.map { $0.cells[name]?.text ?? "–" })
        }
        let differences = differences
        let found: String
        if differences.isEmpty {
            found = "No difference.\n"
        } else {
            var list = Columns()
            for difference in differences {
                list.add(
                    "\(difference.first.letter)–\(difference.other.letter)", difference.probe,
                    difference.sentence + (difference.isWorse ? " (worse)" : ""))
            }
            found = list.lines(width: width).joined(separator: "\n") + "\n"
        }
        return [
            legend.lines(width: width).joined(separator: "\n") + "\n",
            table.lines(width: width).joined(separator: "\n") + "\n", found,
        ].joined(separator: "\n")
    }

    // MARK: - JSON

    var document: JSONText {
        .document(
            by: .current,
            [
                "columns": .array(
                    columns.map { column in
                        [
                            "name": .string(column.letter), "title": .string(column.title),
                            "model": .bool(column.isModel),
                            "probes": .object(
                                names.compactMap { name in
                                    column.cells[name].map {
                                        JSONText.Member(name, .string($0.text))
                                    }
                                }),
                        ]
                    }),
                "differences": .array(
                    differences.map {
                        [
                            "probe": .string($0.probe), "first": .string($0.first.letter),
                            "other": .string($0.other.letter), "sentence": .string($0.sentence),
                            "worse": .bool($0.isWorse),
                        ]
                    }),
            ])
    }
}
