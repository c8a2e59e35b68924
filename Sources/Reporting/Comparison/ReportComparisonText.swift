/// A comparison for the terminal: what each report is of, what they were not made alike with, and
/// for each later report where it differs from the first, the worst first.
extension ReportComparison {
    package func text(width: Int, _ palette: Palette) -> String {
        let parts =
            [legend(width), settingLines(width, palette), tableLines(width)]
            + pairs.map { lines($0, width, palette) }
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }
            .joined(separator: "\n")
    }

    private func legend(_ width: Int) -> [String] {
        var legend = Columns()
        for (index, column) in columns.enumerated() {
            legend.add(Self.letter(index), column.title)
            for fact in column.facts { legend.add("", fact) }
        }
        return legend.lines(width: width)
    }

    private func settingLines(_ width: Int, _ palette: Palette) -> [String] {
        guard !settings.isEmpty else { return [] }
        var rows = Columns()
        for setting in settings { rows.add(setting.name, setting.holders) }
        return [palette.paint("Made differently:", .strong)] + rows.lines(indent: 2, width: width)
    }

    private func tableLines(_ width: Int) -> [String] {
        guard !table.isEmpty else { return [] }
        var rows = Columns()
        rows.add([subject] + columns.indices.map(Self.letter))
        for row in table { rows.add([row.name] + row.values) }
        return rows.lines(width: width)
    }

    private func lines(_ pair: Pair, _ width: Int, _ palette: Palette) -> [String] {
        let sums = "\(pair.first)–\(pair.letter): \(pair.sums(palette))"
        let changes = pair.differences.map(\.change)
        // A cell that is wrapped would no longer stand in its column.
        let fits = Self.heads(pair, wide: true).lines(indent: Self.indent)
            .allSatisfy { $0.count <= width }
        let heads = Self.heads(pair, wide: fits).lines(indent: Self.indent) { row, column, text in
            column == 0 ? palette.paint(text, changes[row].role) : text
        }
        let below = Self.indent + (changes.map { pair.word($0).count }.max() ?? 0) + Self.gap
        let margin = String(repeating: " ", count: below)
        return [sums]
            + zip(heads, pair.differences).flatMap { head, difference in
                let details = (fits ? [] : [difference.transition]) + difference.details
                // Never wrapped: it is there to be copied.
                let again = difference.again.map { ["rerun: " + $0.printable] } ?? []
                return [head]
                    + (details.flatMap { $0.wrapped(at: width - below) } + again)
                    .map { margin + $0 }
            }
    }

    private static let indent = 2
    private static let gap = 2

    /// The first line of each difference.
    /// - Parameter wide: whether there is room for what it was and what it is.
    private static func heads(_ pair: Pair, wide: Bool) -> Columns {
        var rows = Columns(gap: gap)
        for difference in pair.differences {
            let start = [pair.word(difference.change), difference.name]
            rows.add(wide ? start + [difference.transition] : start)
        }
        return rows
    }
}

extension ReportComparison.Difference {
    /// `pass → fail`.
    fileprivate var transition: String { "\(before) → \(now)" }
}
