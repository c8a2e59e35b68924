/// A console as LAVA's dispatcher reads it: whatever is `<LAVA_SIGNAL_NAME PARAMETERS>`, wherever
/// it stands, is a signal. It refuses what LAVA would refuse, or would lose.
struct LAVALog {
    struct Malformed: Error, Equatable {
        var line: String
        var rule: String
    }

    /// What came of one scenario.
    struct Case: Equatable {
        var id: String
        var result: String
        var seconds: String?
        /// What stood between its ends.
        var lines: [String] = []
    }

    private(set) var cases: [Case] = []
    /// Lines outside of every scenario.
    private(set) var plain: [String] = []
    /// The scenario that has begun and not ended.
    private(set) var open: String?
    private var inside: [String] = []
    private var ended: String?

    init(_ text: String) throws {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        try require(lines.popLast() == "", text, "the last line is complete")
        for line in lines {
            let isClean = line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            try require(isClean, line, "no control characters")
            // By scalars: an accent behind a letter does not keep LAVA from reading it.
            let marks = line.unicodeScalars.ranges(of: "<LAVA_".unicodeScalars)
            if marks.isEmpty {
                if open == nil { plain.append(line) } else { inside.append(line) }
                continue
            }
            guard let match = line.wholeMatch(of: /<LAVA_SIGNAL_(\S+) ([^>]+)>/) else {
                throw Malformed(line: line, rule: "a signal is a line of its own")
            }
            try read(String(match.1), match.2.split(separator: " ").map(String.init), line)
        }
    }

    private mutating func read(_ name: String, _ words: [String], _ line: String) throws {
        switch name {
        case "STARTTC":
            try require(words.count == 1 && open == nil, line, "one begins at a time")
            open = words[0]
            inside = []
        case "ENDTC":
            try require(words.count == 1 && words[0] == open, line, "it has begun")
            (ended, open) = (open, nil)
        case "TESTCASE":
            try add(words, line)
        default: throw Malformed(line: line, rule: "a known signal")
        }
    }

    private mutating func add(_ words: [String], _ line: String) throws {
        var values: [String: String] = [:]
        for word in words {
            let sides = word.split(separator: "=", omittingEmptySubsequences: false)
            try require(sides.count == 2, line, "a name and a value")
            values[String(sides[0])] = String(sides[1])
        }
        let id = values["TEST_CASE_ID"] ?? ""
        let isName = id.wholeMatch(of: /[A-Za-z0-9_.-]+/) != nil
        try require(isName, line, "an id of plain letters")
        try require(!cases.contains { $0.id == id }, line, "an id comes once")
        let result = values["RESULT"] ?? ""
        try require(["pass", "fail", "skip", "unknown"].contains(result), line, "a result")
        let seconds = values["MEASUREMENT"]
        try require(seconds == nil || Double(seconds ?? "") != nil, line, "a number")
        try require((seconds == nil) == (values["UNITS"] == nil), line, "a number has its unit")
        var found = Case(id: id, result: result, seconds: seconds)
        if ended == id { found.lines = inside }
        ended = nil
        cases.append(found)
    }

    private func require(_ condition: Bool, _ line: String, _ rule: String) throws {
        if !condition { throw Malformed(line: line, rule: rule) }
    }
}
