package import Verdicts

/// A comparison as a document of the JSON promise (reports §4).
extension ReportComparison {
    package func document(by tool: Tool) -> JSONText {
        .document(
            by: tool,
            [
                "of": .string(command),
                "columns": .array(columns.enumerated().map(Self.document)),
                "settings": .array(settings.map(Self.document)),
                "worse": .bool(gotWorse),
                "pairs": .array(pairs.map(Self.document)),
                "differences": .array(
                    pairs.flatMap { pair in pair.differences.map { document($0, in: pair) } }),
            ])
    }

    private static func document(_ index: Int, _ column: Column) -> JSONText {
        let head: JSONText = [
            "name": .string(letter(index)), "title": .string(column.title),
            "model": .bool(column.isModel), "facts": .strings(column.facts),
        ]
        return .object(head.members + column.more)
    }

    private static func document(_ row: Row) -> JSONText {
        ["name": .string(row.name), "values": .strings(row.values)]
    }

    private static func document(_ pair: Pair) -> JSONText {
        [
            "first": .string(pair.first), "other": .string(pair.letter),
            "compared": .int(pair.compared),
            "counts": .object(
                Change.allCases.map { JSONText.Member($0.rawValue, .int(pair.count($0))) }),
            "alike": .array(
                pair.alike.map { ["what": .string($0.what), "count": .int($0.count)] }),
        ]
    }

    private func document(_ difference: Difference, in pair: Pair) -> JSONText {
        let name = [JSONText.Member(subject, .string(difference.name))]
        let rest: JSONText = [
            "first": .string(pair.first), "other": .string(pair.letter),
            "change": .string(difference.change.rawValue),
            "worse": .bool(difference.change == .worse),
            "before": .string(difference.before), "now": .string(difference.now),
            "sentence": .string(difference.sentence(pair)),
            "rerun": difference.again.map { .string($0) },
        ]
        let own = difference.members.members
        return .object((own.isEmpty ? name : own) + rest.members)
    }
}

extension ReportComparison.Difference {
    /// `A pass, B fail; step 5: …`.
    fileprivate func sentence(_ pair: ReportComparison.Pair) -> String {
        let both = before == now ? [] : ["\(pair.first) \(before), \(pair.letter) \(now)"]
        return (both + details).joined(separator: "; ")
    }
}
