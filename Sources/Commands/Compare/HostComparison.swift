internal import Backends
internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Verdicts

extension ReportComparison {
    /// Hosts side by side, and models beside them.
    init(_ reports: [HostReportFile], _ models: [Assumptions]) {
        let hosts = HostColumns(reports, models)
        self.init(
            of: "characterize", subject: "probe", columns: hosts.columns.map(\.told),
            table: hosts.table, pairs: hosts.pairs)
    }
}

/// What hosts and models answer to each probe.
private struct HostColumns {
    let columns: [HostColumn]

    init(_ reports: [HostReportFile], _ models: [Assumptions]) {
        columns = reports.map(HostColumn.init) + models.map(HostColumn.init)
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

    var table: [ReportComparison.Row] {
        names.map { name in
            ReportComparison.Row(
                name, columns.map { $0.cells[name]?.text ?? ReportComparison.nothing })
        }
    }

    var pairs: [ReportComparison.Pair] {
        columns.indices.dropFirst().map { index in
            let (first, other) = (columns[0], columns[index])
            var differences: [ReportComparison.Difference] = []
            var (same, compared) = (0, 0)
            for name in names {
                let (one, two) = (first.cells[name], other.cells[name])
                if one != nil, two != nil { compared += 1 }
                if let difference = difference(in: name, one, two, other, index) {
                    differences.append(difference)
                } else if one != nil, two != nil {
                    same += 1
                }
            }
            return ReportComparison.Pair(
                index, differences, compared: compared, alike: [("the same", same)])
        }
    }

    private func difference(
        in probe: String, _ one: HostCell?, _ two: HostCell?, _ other: HostColumn, _ index: Int
    ) -> ReportComparison.Difference? {
        let letters = (ReportComparison.letter(0), ReportComparison.letter(index))
        // A model has no say in what it was not asked, and nobody counts its runs.
        guard let one, let two else {
            guard one != nil || two != nil, !other.isModel, !columns[0].isModel else { return nil }
            let change: ReportComparison.Change =
                one == nil ? .onlyOther : one?.answer == nil ? .onlyFirst : .worse
            return ReportComparison.Difference(
                probe, change, from: one?.text ?? ReportComparison.nothing,
                to: two?.text ?? ReportComparison.nothing,
                ["\(one == nil ? letters.0 : letters.1) was not asked"])
        }
        var details: [String] = []
        if let digest = one.digest, let another = two.digest, digest != another {
            details.append("not the same probe: digest \(digest) and \(another)")
        }
        if !two.isAllowed { details.append("no assumption set allows \(letters.1)'s") }
        let isSame = one.answer != nil ? one.answer == two.answer : one.text == two.text
        guard !isSame || !details.isEmpty else { return nil }
        let change: ReportComparison.Change
        switch (one.answer, two.answer) {
        case (.some, nil) where !other.isModel: change = .worse
        case (nil, .some) where !other.isModel: change = .mended
        default: change = .changed
        }
        return ReportComparison.Difference(probe, change, from: one.text, to: two.text, details)
    }
}

/// What a probe came to on a host, or under a model.
private struct HostCell {
    var text: String
    /// The answer of all runs, if there is one and a model allows it.
    var answer: String?
    /// Whether the model allows all of it.
    var isAllowed = true
    var digest: String?
}

/// A host, or a model.
private struct HostColumn {
    let title: String
    let facts: [String]
    let isModel: Bool
    let cells: [String: HostCell]

    init(_ report: HostReportFile) {
        let place = BackendKind.shown(report.backend, simulatedBy: report.simulatedBy)
        let interrupted = report.isInterrupted ? ", interrupted" : ""
        title = "\(report.file): \(place), irqchip \(report.irqchip)\(interrupted)"
        let host = report.host.map { "\($0.name) \($0.value)" }.joined(separator: "; ")
        facts = host.isEmpty ? [] : [host]
        isModel = false
        var cells: [String: HostCell] = [:]
        for probe in report.probes {
            let isAllowed = probe.outcomes.allSatisfy(\.isAllowed)
            cells[probe.name] = HostCell(
                text: Self.text(probe), answer: isAllowed ? probe.answer : nil,
                isAllowed: isAllowed, digest: probe.digest)
        }
        self.cells = cells
    }

    init(_ set: Assumptions) {
        title = "model \(set.spelling)"
        facts = []
        isModel = true
        let words = Prediction.all.first { $0.assumptions == set }?.words ?? [:]
        cells = words.mapValues { HostCell(text: $0, answer: $0) }
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

    /// The JSON names its probes in the order of their names.
    var told: ReportComparison.Column {
        let probes = cells.sorted { $0.key < $1.key }.map {
            JSONText.Member($0.key, .string($0.value.text))
        }
        return ReportComparison.Column(
            title, facts: facts, isModel: isModel,
            more: [JSONText.Member("probes", .object(probes))])
    }
}
