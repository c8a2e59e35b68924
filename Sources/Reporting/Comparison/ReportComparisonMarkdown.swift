/// A comparison as Markdown for the summary of a job and for mails. Like a run's it stays below
/// GitHub's 1 MiB: each pair has its room and says what it leaves out.
extension ReportComparison {
    private enum Room {
        /// Bytes of all pairs together.
        static let pairs = 600_000
        /// Bytes of the reports' names, of what they were made with, and of all that was found.
        static let part = 100_000
    }

    private typealias Length = MarkdownText.Length

    package var markdown: String {
        ([heading, legend, settingTable, foundTable] + pairs.map(section))
            .filter { !$0.isEmpty }.map { $0 + "\n" }.joined()
    }

    private var heading: String {
        let worse = pairs.filter { $0.count(.worse) > 0 }.map { pair in
            "\(pair.letter) is worse than \(pair.first) in \(counted(pair.count(.worse), subject))"
        }
        let apart = pairs.filter { $0.compared == 0 }.map { pair in
            "\(pair.letter) has nothing that could be compared with \(pair.first)"
        }
        let told = (worse + apart).joined(separator: ", ")
        let found = told.isEmpty ? "nothing got worse" : told
        return "## savic-eoi compare: \(found)\n"
    }

    private var legend: String {
        var items = BoundedText(room: Room.part)
        for (index, column) in columns.enumerated() {
            let facts = ([column.title] + column.facts).map {
                MarkdownText.code($0, atMost: Length.text)
            }
            items.add("- \(Self.letter(index)): \(facts.joined(separator: ", "))\n")
        }
        return items.text + Self.missing("report", items)
    }

    private var settingTable: String {
        settings.isEmpty ? "" : "Made differently:\n\n" + columnTable("setting", settings)
    }

    private var foundTable: String { table.isEmpty ? "" : columnTable(subject, table) }

    private func columnTable(_ noun: String, _ rows: [Row]) -> String {
        var text = BoundedText(room: Room.part)
        for row in rows {
            let cells = [row.name] + row.values
            text.add(MarkdownText.row(cells.map { MarkdownText.cell($0, atMost: Length.text) }))
        }
        return MarkdownText.head([noun] + columns.indices.map(Self.letter)) + text.text
            + Self.missing("row", text)
    }

    private func section(_ pair: Pair) -> String {
        let title = "\(pair.first)–\(pair.letter): \(pair.sums())\n"
        guard !pair.differences.isEmpty else { return title }
        var rows = BoundedText(room: Room.pairs / pairs.count)
        for difference in pair.differences {
            let what = difference.details.joined(separator: "; ")
            rows.add(
                MarkdownText.row([
                    pair.word(difference.change),
                    MarkdownText.cell(difference.name, atMost: Length.name),
                    MarkdownText.cell(difference.before, atMost: Length.text),
                    MarkdownText.cell(difference.now, atMost: Length.text),
                    what.isEmpty ? "" : MarkdownText.cell(what, atMost: Length.text),
                    difference.again.map { MarkdownText.command($0) } ?? "",
                ]))
        }
        let head = ["change", subject, pair.first, pair.letter, "what", "again"]
        return title + "\n" + MarkdownText.head(head) + rows.text + Self.missing("row", rows)
    }

    private static func missing(_ noun: String, _ part: BoundedText) -> String {
        part.missing(noun).map { "\n\($0)\n" } ?? ""
    }
}
