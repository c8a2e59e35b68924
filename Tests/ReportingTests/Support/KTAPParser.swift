/// A strict reader of flat KTAP version 1 (reports §2): it accepts what the document
/// promises and nothing else, so what passes here passes every lenient reader.
struct KTAPDocument {
    struct Result: Equatable {
        var isOK: Bool
        var number: Int
        var name: String
        var directive = ""
        var text = ""
    }

    struct Malformed: Error, Equatable {
        var line: String
        var rule: String
    }

    private(set) var plan = 0
    private(set) var results: [Result] = []
    private(set) var diagnostics: [String] = []

    /// - Parameter text: a whole document, or a prefix that ends with a line's end.
    init(_ text: String, hasVersion: Bool = true) throws {
        func require(_ condition: Bool, _ line: String, _ rule: String) throws {
            if !condition { throw Malformed(line: line, rule: rule) }
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            String($0)
        }
        try require(lines.popLast() == "", text, "the last line is complete")
        for line in lines {
            let isClean = line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            try require(isClean, line, "no control characters")
        }
        if hasVersion {
            try require(lines.first == "KTAP version 1", lines.first ?? "", "version comes first")
            lines.removeFirst()
        }
        let first = lines.isEmpty ? "" : lines.removeFirst()
        guard let match = first.wholeMatch(of: /1\.\.(\d+)( # SKIP .+)?/) else {
            throw Malformed(line: first, rule: "the plan comes next")
        }
        plan = Int(match.1) ?? -1
        for line in lines {
            if line.hasPrefix("# ") {
                diagnostics.append(String(line.dropFirst(2)))
                continue
            }
            let pattern = /(ok|not ok) (\d+) ([^# ](?:[^#]*[^# ])?)(?: # ([^#]+))?/
            guard let match = line.wholeMatch(of: pattern) else {
                throw Malformed(line: line, rule: "a result line or a diagnostic")
            }
            let number = Int(match.2) ?? -1
            let name = String(match.3)
            try require(number == results.count + 1, line, "numbers without gaps")
            try require(number <= plan, line, "no more results than planned")
            try require(!results.contains { $0.name == name }, line, "every name once")
            var result = Result(isOK: match.1 == "ok", number: number, name: name)
            if let rest = match.4 {
                let word = rest.prefix { !$0.isWhitespace }
                if word.contains(where: \.isLetter), word == word.uppercased()[...] {
                    let known = ["SKIP", "XFAIL", "TODO", "TIMEOUT", "ERROR"]
                    try require(known.contains(String(word)), line, "known directives only")
                    let mayBeOK = word != "TIMEOUT" && word != "ERROR"
                    try require(mayBeOK || !result.isOK, line, "\(word) comes with not ok")
                    result.directive = String(word)
                    result.text = String(rest.dropFirst(word.count + 1))
                } else {
                    result.text = String(rest)
                }
            }
            results.append(result)
        }
    }

    /// The sums of the totals line, which must be the last line of a finished run.
    var totals: [String: Int] {
        guard let last = diagnostics.last, last.hasPrefix("Totals: ") else { return [:] }
        var totals: [String: Int] = [:]
        for part in last.dropFirst(8).split(separator: " ") {
            let pair = part.split(separator: ":")
            if pair.count == 2 { totals[String(pair[0])] = Int(pair[1]) }
        }
        return totals
    }
}
