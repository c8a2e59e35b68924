/// Text for GitHub Flavored Markdown (github.github.com/gfm). Whatever comes from elsewhere is
/// code, in which nothing is a mention, a link, an emphasis or an element.
enum MarkdownText {
    /// Scalars of a cell. A command is there to be copied: shortened it would be another one.
    enum Length {
        static let name = 200
        static let text = 400
        static let command = 2000
    }

    /// A code span: its delimiters are longer than any run of backticks in it.
    static func code(_ text: String, atMost length: Int = .max) -> String {
        let text = text.printable.shortened(to: length)
        guard !text.isEmpty else { return "–" }
        let ticks = String(repeating: "`", count: longestRun(in: text) + 1)
        let ends = [text.unicodeScalars.first, text.unicodeScalars.last]
        // One blank on both sides belongs to the delimiters.
        let pad = ends.contains { $0 == "`" || $0 == " " } ? " " : ""
        return ticks + pad + text + pad + ticks
    }

    /// The same in a table, whose cells end at a `|` also inside code.
    static func cell(_ text: String, atMost length: Int = .max) -> String {
        var result = String.UnicodeScalarView()
        for scalar in code(text, atMost: length).unicodeScalars {
            if scalar == "|" { result.append("\\") }
            result.append(scalar)
        }
        return String(result)
    }

    /// A command as a cell; one that is too long for it is not there.
    static func command(_ text: String) -> String {
        text.unicodeScalars.count > Length.command ? "too long for a table" : cell(text)
    }

    /// `| a | b |` and a newline.
    static func row(_ cells: String...) -> String { row(cells) }

    static func row(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |\n"
    }

    /// What a table begins with.
    /// - Parameter numbers: the columns that stand on the right.
    static func head(_ names: [String], numbers: Set<String> = []) -> String {
        row(names) + "|" + names.map { numbers.contains($0) ? "--:|" : "---|" }.joined() + "\n"
    }

    /// A block of code that nothing in it can end, and an empty line.
    static func block(_ lines: [String]) -> String {
        let text = lines.map(\.printable).joined(separator: "\n")
        let fence = String(repeating: "`", count: max(3, longestRun(in: text) + 1))
        return "\(fence)text\n\(text)\n\(fence)\n\n"
    }

    /// Code inside of an HTML element, where Markdown is not read.
    static func htmlCode(_ text: String, atMost length: Int) -> String {
        "<code>\(XMLText.escaped(text.printable.shortened(to: length)))</code>"
    }

    /// What a reader unfolds.
    /// - Parameters:
    ///   - summary: HTML, what is seen before.
    ///   - body: blocks that end with an empty line, behind which Markdown is left again.
    static func details(_ summary: String, _ body: String) -> String {
        "<details><summary>\(summary)</summary>\n\n\(body)</details>\n\n"
    }

    private static func longestRun(in text: String) -> Int {
        var longest = 0
        var run = 0
        for scalar in text.unicodeScalars {
            run = scalar == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
