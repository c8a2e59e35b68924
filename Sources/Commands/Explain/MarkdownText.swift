internal import Reporting

/// Markdown as plain text for a terminal.
enum MarkdownText {
    /// - Parameter width: where prose is wrapped, in characters; code is left as it stands.
    static func text(of blocks: some Sequence<MarkdownBlock>, width: Int) -> String {
        var text = ""
        var wasItem = false
        for block in blocks {
            let isItem = if case .item = block { true } else { false }
            // Items of a list stand together, all else apart.
            if !text.isEmpty, !(wasItem && isItem) { text += "\n" }
            text += lines(of: block, width: width).map { $0 + "\n" }.joined()
            wasItem = isItem
        }
        return text
    }

    private static func lines(of block: MarkdownBlock, width: Int) -> [String] {
        switch block {
        case .heading(_, let text), .paragraph(let text):
            var paragraph = Columns()
            paragraph.add(text.plainMarkdown)
            return paragraph.lines(width: width)
        case .item(let indent, let marker, let text):
            var item = Columns(gap: 1)
            item.add(marker, text.plainMarkdown)
            return item.lines(indent: indent, width: width)
        case .code(let lines): return lines.map { $0.isEmpty ? "" : "    " + $0.printable }
        case .table(let rows):
            var table = Columns()
            for row in rows where !row.allSatisfy(\.isEmpty) {
                table.add(row.map(\.plainMarkdown))
            }
            return table.lines(indent: 2, width: width)
        }
    }
}
