/// A piece of Markdown, as much of it as the articles use.
enum MarkdownBlock: Sendable, Equatable {
    case heading(level: Int, String)
    case paragraph(String)
    /// An item of a list: spaces before it, `-` or `3.`, its text.
    case item(indent: Int, marker: String, String)
    case code([String])
    /// Rows of cells, the first one the heading.
    case table([[String]])

    static func blocks(of text: String) -> [MarkdownBlock] {
        var reader = MarkdownReader()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            reader.read(String(line))
        }
        return reader.finish()
    }
}

/// Takes lines and makes blocks of them.
private struct MarkdownReader {
    private var blocks: [MarkdownBlock] = []
    private var open: MarkdownBlock?
    private var isInCode = false

    mutating func read(_ line: String) {
        let indent = line.prefix { $0 == " " }.count
        let text = String(line.dropFirst(indent))
        if text.hasPrefix("```") {
            close()
            isInCode.toggle()
            open = isInCode ? .code([]) : nil
        } else if isInCode, case .code(let lines)? = open {
            open = .code(lines + [line])
        } else if text.isEmpty {
            close()
        } else if indent == 0, let heading = heading(text) {
            close()
            blocks.append(heading)
        } else if text.hasPrefix("|") {
            readRow(text)
        } else if let (marker, rest) = marker(text) {
            close()
            open = .item(indent: indent, marker: marker, rest)
        } else {
            readText(text)
        }
    }

    mutating func finish() -> [MarkdownBlock] {
        close()
        return blocks
    }

    private mutating func close() {
        if let block = open { blocks.append(block) }
        if !isInCode { open = nil }
    }

    private func heading(_ text: String) -> MarkdownBlock? {
        let level = text.prefix { $0 == "#" }.count
        guard level > 0, text.dropFirst(level).hasPrefix(" ") else { return nil }
        return .heading(level: level, String(text.dropFirst(level + 1)))
    }

    private func marker(_ text: String) -> (String, String)? {
        let words = text.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return nil }
        let isNumber = words[0].hasSuffix(".") && words[0].dropLast().allSatisfy(\.isNumber)
        guard words[0] == "-" || (isNumber && words[0].count > 1) else { return nil }
        return (String(words[0]), String(words[1]))
    }

    private mutating func readText(_ text: String) {
        switch open {
        case .paragraph(let before): open = .paragraph(before + " " + text)
        case .item(let indent, let marker, let before):
            open = .item(indent: indent, marker: marker, before + " " + text)
        default:
            close()
            open = .paragraph(text)
        }
    }

    private mutating func readRow(_ text: String) {
        let cells = text.replacing("\\|", with: "\u{0}").split(
            separator: "|", omittingEmptySubsequences: false
        ).dropFirst().dropLast().map { cell in
            String(cell).replacing("\u{0}", with: "|").trimmingSpaces
        }
        let isRule = cells.allSatisfy { !$0.isEmpty && $0.allSatisfy { "-:".contains($0) } }
        switch open {
        case .table(let rows): open = .table(isRule ? rows : rows + [cells])
        default:
            close()
            open = .table([cells])
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text.drop { $0 == " " })
    }

    /// Without marks: code, emphasis and links as the words that they are.
    var plainMarkdown: String {
        var text = ""
        var rest = self[...]
        while let character = rest.first {
            if character == "`" {
                let ticks = rest.prefix { $0 == "`" }
                rest = rest.dropFirst(ticks.count)
                let end = rest.firstRange(of: ticks)
                text += rest[..<(end?.lowerBound ?? rest.endIndex)]
                rest = rest[(end?.upperBound ?? rest.endIndex)...]
            } else if rest.hasPrefix("<doc:"), let end = rest.firstIndex(of: ">") {
                text += rest[..<end].dropFirst("<doc:".count)
                rest = rest[end...].dropFirst()
            } else if character == "*" {
                rest = rest.dropFirst()
            } else {
                text.append(character)
                rest = rest.dropFirst()
            }
        }
        return text
    }
}
