/// A strict reader of the Markdown that the recorder promises: one heading, paragraphs, tables,
/// lists, and details with blocks of their own. Outside of code it accepts no letter that begins
/// anything in GitHub Flavored Markdown or HTML.
struct MarkdownDocument {
    struct Details {
        /// With the elements of HTML taken out and the references resolved.
        var summary: String
        var code: [String] = []
        var tables: [[[String]]] = []
    }

    struct Malformed: Error, Equatable {
        var line: String
        var rule: String
    }

    private(set) var heading = ""
    private(set) var paragraphs: [String] = []
    /// Rows of cells, as they are read: without backticks and escapes. The heads come first.
    private(set) var tables: [[[String]]] = []
    private(set) var items: [String] = []
    private(set) var details: [Details] = []
    private var lines: ArraySlice<String>

    init(_ text: String) throws {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
        try require(text.hasSuffix("\n\n"), text, "the last block is complete")
        for line in lines {
            let isClean = line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            try require(isClean, line, "no control characters")
        }
        let first = lines.removeFirst()
        try require(first.hasPrefix("## "), first, "a heading comes first")
        heading = String(first.dropFirst(3))
        try requirePlain(heading)
        var open: Details?
        while let line = lines.popFirst() {
            if line.isEmpty { continue }
            if line == "</details>" {
                guard let closed = open else {
                    throw Malformed(line: line, rule: "no open details")
                }
                details.append(closed)
                open = nil
            } else if line.hasPrefix("<details>") {
                try require(open == nil, line, "no details in details")
                open = Details(summary: try summary(line))
            } else if line.hasPrefix("```") {
                let code = try code(line)
                try require(open != nil, line, "code stands in details")
                open?.code.append(code)
            } else if line.hasPrefix("|") {
                let table = try table(line)
                if open != nil { open?.tables.append(table) } else { tables.append(table) }
            } else {
                try requirePlain(line)
                if line.hasPrefix("- ") {
                    items.append(String(line.dropFirst(2)))
                } else {
                    paragraphs.append(line)
                    try require(lines.first == "", line, "a paragraph is one line")
                }
            }
        }
        try require(open == nil, text, "every details is closed")
    }

    private mutating func code(_ first: String) throws -> String {
        let fence = first.prefix { $0 == "`" }
        try require(first == fence + "text", first, "a block of text")
        var block: [String] = []
        while let line = lines.popFirst() {
            let ticks = line.prefix { $0 == "`" }
            let rest = line.dropFirst(ticks.count)
            let ends = ticks.count >= fence.count && rest.allSatisfy(\.isWhitespace)
            if ends { return block.joined(separator: "\n") }
            block.append(line)
        }
        throw Malformed(line: first, rule: "a block is closed")
    }

    private mutating func table(_ head: String) throws -> [[String]] {
        let names = try cells(head)
        let rule = lines.popFirst() ?? ""
        let isRule = rule.wholeMatch(of: /\|(--[-:]\|)+/) != nil
        try require(isRule && rule.count == 1 + 4 * names.count, rule, "a rule below the head")
        var rows = [names]
        while let line = lines.first, !line.isEmpty {
            lines.removeFirst()
            let row = try cells(line)
            try require(row.count == names.count, line, "as many cells as the head has")
            rows.append(row)
        }
        return rows
    }

    /// A cell ends at each `|` that no backslash escapes, whether it stands in code or not.
    private func cells(_ line: String) throws -> [String] {
        var cells = [""]
        var before: Unicode.Scalar = " "
        for scalar in line.unicodeScalars {
            if scalar == "|", before != "\\" {
                cells.append("")
            } else {
                if scalar == "|" { cells[cells.count - 1].unicodeScalars.removeLast() }
                cells[cells.count - 1].unicodeScalars.append(scalar)
            }
            before = scalar
        }
        try require(cells.first == "" && cells.last == "", line, "bars at both ends")
        return try cells.dropFirst().dropLast().map { cell in
            let text = trimmed(cell)
            try requirePlain(text)
            return try spans(text).map(\.text).joined()
        }
    }

    /// Parts of a line that are code and parts that are not (CommonMark, "Code spans").
    private func spans(_ line: String) throws -> [(text: String, isCode: Bool)] {
        var spans: [(text: String, isCode: Bool)] = []
        var rest = Array(line.unicodeScalars)[...]
        func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
            String(String.UnicodeScalarView(scalars))
        }
        while !rest.isEmpty {
            let plain = rest.prefix { $0 != "`" }
            if !plain.isEmpty { spans.append((text(plain), false)) }
            rest = rest.dropFirst(plain.count)
            let ticks = rest.prefix { $0 == "`" }.count
            guard ticks > 0 else { break }
            rest = rest.dropFirst(ticks)
            var code: ArraySlice<Unicode.Scalar> = []
            while true {
                let part = rest.prefix { $0 != "`" }
                code += part
                rest = rest.dropFirst(part.count)
                let run = rest.prefix { $0 == "`" }
                try require(!run.isEmpty, line, "code is closed")
                rest = rest.dropFirst(run.count)
                if run.count == ticks { break }
                code += run
            }
            let isPadded = code.first == " " && code.last == " " && code.contains { $0 != " " }
            spans.append((text(isPadded ? code.dropFirst().dropLast() : code), true))
        }
        return spans
    }

    private func summary(_ line: String) throws -> String {
        guard let match = line.wholeMatch(of: /<details><summary>(.*)<\/summary>/) else {
            throw Malformed(line: line, rule: "a summary on one line")
        }
        let text = String(match.1).replacing(/<\/?code>/, with: "")
        try require(!text.contains { "<>\"'".contains($0) }, line, "no other element")
        let references = text.matches(of: /&([^;]*;)?/).map { String($0.output.0) }
        let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"]
        try require(references.allSatisfy(known.contains), line, "references only")
        return zip(known, ["&", "<", ">", "\"", "'"]).reversed().reduce(text) {
            $0.replacing($1.0, with: $1.1)
        }
    }

    private func requirePlain(_ line: String) throws {
        for span in try spans(line) where !span.isCode {
            let isPlain = span.text.wholeMatch(of: /[-A-Za-z0-9 ,.:*()–]*/) != nil
            try require(isPlain, line, "what is not code is plain")
        }
    }

    private func trimmed(_ text: String) -> String {
        let start = text.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }

    private func require(_ condition: Bool, _ line: String, _ rule: String) throws {
        if !condition { throw Malformed(line: line, rule: rule) }
    }
}
