public import Verdicts

/// Writes a run as Markdown for the summary of a GitHub Actions job and for mails (reports §9):
/// what was found in one sentence, a table of what did not pass, the report of each to be unfolded,
/// known hazards by invariant, and what else a pass does not say.
///
/// GitHub shows no summary of more than 1 MiB. So each part has its room, and says what it leaves
/// out; what comes first is kept. The sentence stands in front, so everything waits for `ended`.
public struct MarkdownRecorder: Recorder {
    /// Bytes of each part. Their sum leaves enough for the lines around them.
    enum Room {
        static let failures = 250_000
        static let reports = 350_000
        static let hazards = 50_000
        static let remarks = 150_000
        static let skips = 50_000
    }

    private typealias Length = MarkdownText.Length

    private var header: RunHeader?
    private var failures = BoundedText(room: Room.failures)
    private var reports = BoundedText(room: Room.reports)
    private var remarks = BoundedText(room: Room.remarks)
    private var hazards = HazardTally()
    private var skips = SkipTally()

    public init() {}

    public mutating func record(
        _ event: RunEvent, write: (String) throws -> Void
    ) rethrows {
        switch event {
        case .began(let header): self.header = header
        case .scenarioBegan: break
        case .scenarioEnded(let result): add(result)
        case .ended(let totals, let unfinished):
            for name in unfinished {
                let name = MarkdownText.cell(name, atMost: Length.name)
                failures.add(MarkdownText.row("unfinished", name, "not run or not finished", ""))
            }
            try write(document(totals, unfinished: unfinished.count))
        }
    }

    private mutating func add(_ result: ScenarioResult) {
        hazards.add(result)
        skips.add(result)
        if result.isBad {
            failures.add(row(result, result.reason))
            reports.add(report(result))
        } else if result.verdict.isGood {
            let remark = result.compared.gaps + result.account.dropFirst()
            if !remark.isEmpty { remarks.add(row(result, remark.joined(separator: "; "))) }
        }
    }

    private func row(_ result: ScenarioResult, _ what: String) -> String {
        MarkdownText.row(
            result.word, MarkdownText.cell(result.name, atMost: Length.name),
            MarkdownText.cell(what, atMost: Length.text), MarkdownText.command(result.rerun))
    }

    private func report(_ result: ScenarioResult) -> String {
        let report = FailureReport(result: result, width: 100, simulation: header?.simulation)
        let name = MarkdownText.htmlCode(result.name, atMost: Length.name)
        let reason = MarkdownText.htmlCode(result.reason, atMost: Length.text)
        return MarkdownText.details(
            "\(result.word): \(name) – \(reason)", MarkdownText.block(report.lines))
    }

    private func document(_ totals: Totals, unfinished: Int) -> String {
        let place = header?.simulation.map { MarkdownText.code($0, atMost: Length.name) }
        let counts = totals.counts(hazards: hazards.passes, unfinished: unfinished)
        let facts = (header?.facts ?? []).map { name, value in
            "\(name) \(MarkdownText.code(value, atMost: Length.text))"
        }
        let headline = RunHeadline(
            header, design: design, totals, unfinished: unfinished, hazards)
        let paragraphs = [
            "## savic-eoi: \(headline.text)", "**\(counts)**",
            totals.sentence(place: place), facts.joined(separator: ", "),
        ]
        let remarkTitle = "\(counted(remarks.total, "scenario")) with more to know than a pass"
        return paragraphs.map { $0 + "\n\n" }.joined()
            + Self.table(["verdict", "scenario", "what", "again"], failures)
            + reports.text + Self.missing("report", reports)
            + hazardTables.joined() + skipList
            + (remarks.total == 0
                ? ""
                : MarkdownText.details(
                    remarkTitle, Self.table(["verdict", "scenario", "what", "again"], remarks)))
    }

    private var design: String? {
        guard let design = header?.design, design != RunHeader.open else { return header?.design }
        return MarkdownText.code(design, atMost: Length.name)
    }

    private var groups: [HazardTally.Group] {
        hazards.groups(design: design ?? "", isJudged: header?.isJudged ?? true)
    }

    private var hazardTables: [String] {
        let room = Room.hazards / HazardTally.Owner.allCases.count
        return groups.map { group in
            var rows = BoundedText(room: room)
            for row in group.rows {
                let invariant = MarkdownText.cell(row.invariant, atMost: Length.name)
                rows.add(
                    MarkdownText.row(invariant, String(row.count), MarkdownText.command(row.rerun)))
            }
            let heading = group.heading.prefix(1).uppercased() + group.heading.dropFirst()
            return "\(heading):\n\n" + Self.table(["broken", "scenarios", "again"], rows)
        }
    }

    private var skipList: String {
        guard skips.total > 0 else { return "" }
        var list = BoundedText(room: Room.skips)
        for row in skips.rows {
            list.add("- \(row.count): \(MarkdownText.code(row.text, atMost: Length.text))\n")
        }
        return "\(skips.total) skipped:\n\n\(list.text)\n" + Self.missing("reason", list)
    }

    private static func table(_ names: [String], _ rows: BoundedText) -> String {
        guard rows.total > 0 else { return "" }
        return MarkdownText.head(names, numbers: ["scenarios"]) + rows.text + "\n"
            + missing("row", rows)
    }

    private static func missing(_ noun: String, _ part: BoundedText) -> String {
        part.missing(noun).map { $0 + "\n\n" } ?? ""
    }
}
