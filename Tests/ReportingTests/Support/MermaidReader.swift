/// A strict reader of the sequence diagrams that this tool writes: the few statements that they
/// need, with none of the letters that Mermaid would obey.
struct MermaidReader {
    struct Malformed: Error {
        var line: String
        var rule: String
    }

    struct Note {
        var text: String
        var isBoxed: Bool
    }

    struct Arrow {
        var text: String
        var isWrong, isBoxed: Bool
    }

    private(set) var title = ""
    private(set) var notes: [Note] = []
    private(set) var arrows: [Arrow] = []

    private var parties: [String] = []
    private var isBoxed = false

    init(_ text: String) throws {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        try Self.require(lines.popLast() == "", text, "the last line is complete")
        try Self.require(lines.first == "sequenceDiagram", text, "the kind comes first")
        for line in lines.dropFirst() {
            try Self.require(line.hasPrefix("    "), line, "statements are indented")
            try read(String(line.drop { $0 == " " }))
        }
        try Self.require(!isBoxed, text, "every box is closed")
    }

    /// The numbers of the steps that have notes.
    var steps: [Int] {
        notes.compactMap { note in
            note.text.split(separator: " ").first.flatMap { Int($0) }
        }
    }

    private static func require(_ condition: Bool, _ line: String, _ rule: String) throws {
        if !condition { throw Malformed(line: line, rule: rule) }
    }

    /// Whether Mermaid obeys nothing in it.
    private static func isHarmless(_ text: some StringProtocol) -> Bool {
        let obeyed = ";#%$<>&\"`\\".unicodeScalars
        let hasLetter = text.unicodeScalars.contains { obeyed.contains($0) }
        let end = /(^|[^(a-zA-Z0-9])[eE][nN][dD]($|[^)a-zA-Z0-9])/
        return !hasLetter && !String(text).contains(end)
    }

    private mutating func read(_ line: String) throws {
        if line == "end" {
            try Self.require(isBoxed, line, "a box is open")
            isBoxed = false
        } else if line == "rect rgba(207, 34, 46, .2)" {
            try Self.require(!isBoxed, line, "no box in a box")
            isBoxed = true
        } else if let match = line.wholeMatch(of: /title (.+)/) {
            try Self.require(parties.isEmpty && Self.isHarmless(match.1), line, "title first")
            title = String(match.1)
        } else if let match = line.wholeMatch(of: /participant ([a-z0-9]+) as ([A-Za-z0-9 ]+)/) {
            try Self.require(notes.isEmpty && arrows.isEmpty, line, "parties first")
            try Self.require(!parties.contains(String(match.1)), line, "a party once")
            parties.append(String(match.1))
        } else if let match = line.wholeMatch(of: /Note over ([a-z0-9]+),([a-z0-9]+): (.+)/) {
            let ends = [parties.first, parties.last]
            let isAll = ends == [String(match.1), String(match.2)]
            try Self.require(isAll && Self.isHarmless(match.3), line, "a note over all")
            notes.append(Note(text: String(match.3), isBoxed: isBoxed))
        } else if let match = line.wholeMatch(of: /([a-z0-9]+?)(->>|-x)([a-z0-9]+): (.+)/) {
            let ends = [String(match.1), String(match.3)]
            try Self.require(ends.allSatisfy(parties.contains), line, "parties are declared")
            try Self.require(Self.isHarmless(match.4), line, "nothing to obey")
            arrows.append(
                Arrow(text: String(match.4), isWrong: match.2 == "-x", isBoxed: isBoxed))
        } else {
            throw Malformed(line: line, rule: "a known statement")
        }
    }
}
