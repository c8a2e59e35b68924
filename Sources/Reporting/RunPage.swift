internal import Mustache
package import Verdicts

/// The first page of a report: what was found, each scenario with what came of it and a link to its
/// picture, and where it ran. It needs no network, and shows all without scripts.
package struct RunPage {
    /// A scenario and the file of its picture, if there is one.
    private struct Entry {
        var result: ScenarioResult
        var picture: String?
    }

    private let header: RunHeader
    private var entries: [Entry] = []
    private var tally = HazardTally()
    /// Files in the same folder that programs read.
    private let documents: [String]

    /// - Parameters:
    ///   - header: what is true of the whole run.
    ///   - documents: files in the same folder that programs read.
    package init(_ header: RunHeader, documents: [String] = []) {
        (self.header, self.documents) = (header, documents)
    }

    /// Adds a scenario that has ended.
    /// - Parameter picture: a file in the same folder.
    package mutating func add(_ result: ScenarioResult, picture: String?) {
        entries.append(Entry(result: result, picture: picture))
        tally.add(result)
    }

    /// The whole document. Errors: the template is broken, which a test would have found.
    package func text(_ totals: Totals, unfinished: [String]) throws -> String {
        try Self.template.get().render(content(totals, unfinished))
    }

    private static let template = Result {
        try MustacheTemplate(
            string: String(decoding: PackageResources.report_mustache, as: UTF8.self))
    }

    /// What the template names.
    func content(_ totals: Totals, _ unfinished: [String]) -> [String: Any] {
        let headline = RunHeadline(
            header, design: header.design.printable, totals, unfinished: unfinished.count, tally)
        return [
            "tool": header.tool.name, "design": header.design.printable,
            "backend": header.shownBackend.printable, "irqchip": header.irqchip,
            "totals": totals.sentence(place: header.simulation),
            "verdict": headline.text,
            "isWrong": !headline.isClean,
            "unfinished": unfinished.isEmpty
                ? [] : ["not run or not finished: " + unfinished.joined(separator: ", ").printable],
            "style": TimelineStyle.colours
                + String(
                    decoding: PackageResources.show_css + PackageResources.report_css, as: UTF8.self
                ),
            "script": String(decoding: PackageResources.report_js, as: UTF8.self),
            "tallies": tallies, "verdicts": verdicts,
            "results": sorted.map(row),
            "facts": header.facts.map { ["name": $0.name, "value": $0.value.printable] },
            "documents": documents.isEmpty ? [] : [["files": documents]],
        ]
    }

    // MARK: - What was violated

    private var tallies: [[String: Any]] {
        tally.groups(design: header.design, isJudged: header.isJudged).map { group in
            let longest = group.rows.map(\.count).max() ?? 1
            return [
                "heading": group.heading.printable,
                "rows": group.rows.map { row in
                    [
                        "invariant": row.invariant, "count": row.count,
                        "width": max(2, row.count * 240 / longest),
                    ] as [String: Any]
                },
            ]
        }
    }

    // MARK: - Scenarios

    /// What did not pass, then what is known to go wrong, then the rest.
    private static let order = ["fail", "error", "timeout", "hazard", "shown", "pass", "skip"]

    private var sorted: [Entry] {
        entries.enumerated().sorted { one, other in
            let ranks = [one, other].map { Self.order.firstIndex(of: $0.element.result.word) ?? 0 }
            return (ranks[0], one.offset) < (ranks[1], other.offset)
        }.map(\.element)
    }

    /// The words of verdicts that there are; passes and skips are folded at first.
    private var verdicts: [[String: Any]] {
        let isClean = entries.allSatisfy { ["pass", "skip"].contains($0.result.word) }
        return Self.order.compactMap { word in
            let count = entries.count { $0.result.word == word }
            guard count > 0 else { return nil }
            let isOn = isClean || !["pass", "skip"].contains(word)
            return ["word": word, "count": count, "isOn": "\(isOn)"]
        }
    }

    private func row(_ entry: Entry) -> [String: Any] {
        let result = entry.result
        let reason = result.isBad || result.verdict == .skip ? [result.reason.printable] : []
        return [
            "word": result.word,
            "look": result.isBad || result.isHazard ? "x" : result.verdict == .pass ? "good" : "d",
            "name": result.name.printable,
            "picture": entry.picture.map { [$0] } ?? [],
            "summary": result.summary.printable,
            "remarks": reason + result.outcome.remarks.map(\.printable),
            "rerun": result.verdict == .skip ? [] : [result.rerun.printable],
        ]
    }
}
