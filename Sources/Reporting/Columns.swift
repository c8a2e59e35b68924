/// A table of text with aligned columns, for every listing on the terminal.
///
/// Cells are made printable and padded before they are painted, so neither a stranger's scenario
/// name nor a colour sequence can push a column out of line. A width is counted in `Character`s:
/// good for everything this tool prints itself, one short for each wide East Asian letter.
public struct Columns: Sendable {
    /// Where a cell stands in its column.
    public enum Alignment: Sendable { case left, right }

    /// Changes the look of a padded cell without changing its width: row, column, text.
    public typealias Paint = (_ row: Int, _ column: Int, _ text: String) -> String

    private let alignments: [Alignment]
    private let gap: Int
    private var rows: [[String]] = []

    /// - Parameters:
    ///   - alignments: per column; columns beyond the list are aligned to the left.
    ///   - gap: spaces between two columns.
    public init(_ alignments: [Alignment] = [], gap: Int = 2) {
        self.alignments = alignments
        self.gap = gap
    }

    /// Appends a row; rows may differ in length.
    public mutating func add(_ cells: String...) { add(cells) }

    /// Appends a row; rows may differ in length.
    public mutating func add(_ cells: [String]) { rows.append(cells.map(\.printable)) }

    /// The lines of the table, without spaces at their ends as long as `paint` adds none.
    ///
    /// - Parameters:
    ///   - indent: spaces before every line.
    ///   - width: where a row's last cell is wrapped under itself; `nil` leaves it whole.
    public func lines(
        indent: Int = 0, width: Int? = nil, paint: Paint = { _, _, text in text }
    ) -> [String] {
        let widths = columnWidths
        return rows.enumerated().flatMap { index, row -> [String] in
            guard let last = row.indices.last else { return [""] }
            var start = String(repeating: " ", count: indent)
            var used = indent
            for column in row.indices.dropLast() {
                let cell = padded(row[column], column, to: widths[column])
                start += paint(index, column, cell) + String(repeating: " ", count: gap)
                used += widths[column] + gap
            }
            let lines = lastCell(row[last], last, to: widths[last], wrappedAt: width, from: used)
            let under = String(repeating: " ", count: used)
            return lines.enumerated().map { number, text in
                let before = number == 0 ? start : under
                return text.isEmpty ? before.trimmedAtEnd : before + paint(index, last, text)
            }
        }
    }

    private var columnWidths: [Int] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return widths
    }

    private func isRight(_ column: Int) -> Bool {
        column < alignments.count && alignments[column] == .right
    }

    private func padded(_ cell: String, _ column: Int, to width: Int) -> String {
        let spaces = String(repeating: " ", count: max(0, width - cell.count))
        return isRight(column) ? spaces + cell : cell + spaces
    }

    private func lastCell(
        _ cell: String, _ column: Int, to width: Int, wrappedAt limit: Int?, from used: Int
    ) -> [String] {
        if isRight(column) { return [padded(cell, column, to: width)] }
        guard let limit, used + cell.count > limit else { return [cell] }
        return cell.wrapped(at: limit - used)
    }
}
