import Yams

/// A strict reader of flat TAP version 14 (testanything.org): it accepts what the recorder promises
/// and nothing else. The diagnostics are read by libyaml.
struct TAPDocument {
    struct Point {
        var isOK: Bool
        var number: Int
        var description: String
        /// Behind `# SKIP`.
        var skip: String?
        var diagnostics: Node?

        /// A scalar of the diagnostics.
        subscript(name: String) -> String? { diagnostics?[name]?.string }
    }

    struct Malformed: Error, Equatable {
        var line: String
        var rule: String
    }

    private(set) var plan = 0
    /// Why nothing is planned.
    private(set) var reason: String?
    private(set) var points: [Point] = []
    private(set) var comments: [String] = []
    /// Lines of the block that is open, and nil outside of one.
    private var block: [String]?

    /// - Parameter text: a whole document, or a prefix that ends with a line's end.
    init(_ text: String) throws {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        try require(lines.popLast() == "", text, "the last line is complete")
        for line in lines {
            let isClean = line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            try require(isClean, line, "no control characters")
        }
        try require(lines.first == "TAP version 14", lines.first ?? "", "version comes first")
        let second = lines.count > 1 ? lines[1] : ""
        guard let match = second.wholeMatch(of: /1\.\.(\d+)(?: # SKIP (.+))?/) else {
            throw Malformed(line: second, rule: "the plan comes next")
        }
        plan = Int(match.1) ?? -1
        reason = match.2.map(String.init)
        try require((plan == 0) == (reason != nil), second, "a reason for nothing, and only then")
        var before = ""
        for line in lines.dropFirst(2) {
            try read(line, behind: before)
            before = line
        }
        try require(block == nil, before, "the last block is closed")
    }

    private mutating func read(_ line: String, behind before: String) throws {
        if let lines = block {
            try require(line.hasPrefix("  "), line, "a block is indented by two")
            if line == "  ..." {
                points[points.count - 1].diagnostics = try Yams.compose(
                    yaml: lines.joined(separator: "\n"))
                block = nil
            } else {
                block = lines + [String(line.dropFirst(2))]
            }
        } else if line == "  ---" {
            let isBehind = before.hasPrefix("ok ") || before.hasPrefix("not ok ")
            try require(isBehind, line, "a block stands behind its point")
            block = []
        } else if line.hasPrefix("# ") {
            try require(!line.hasPrefix("# Subtest"), line, "no document in the document")
            comments.append(String(line.dropFirst(2)))
        } else {
            try add(point(line), line)
        }
    }

    private mutating func add(_ point: Point, _ line: String) throws {
        try require(point.number == points.count + 1, line, "numbers without gaps")
        try require(point.number <= plan, line, "no more points than planned")
        let isNew = !points.contains { $0.description == point.description }
        try require(isNew, line, "every description once")
        points.append(point)
    }

    private func point(_ line: String) throws -> Point {
        guard let match = line.wholeMatch(of: /(ok|not ok) (\d+) - (\S|\S.*\S)/) else {
            throw Malformed(line: line, rule: "a point, a block or a comment")
        }
        let parts = try parts(String(match.3), line)
        var point = Point(
            isOK: match.1 == "ok", number: Int(match.2) ?? -1, description: parts[0])
        guard parts.count > 1 else { return point }
        try require(parts[0].hasSuffix(" "), line, "white space before a directive")
        point.description.removeLast()
        try require(parts.count == 2, line, "one directive")
        try require(parts[1].hasPrefix(" SKIP "), line, "SKIP is the only directive")
        try require(point.isOK, line, "a skip is ok")
        point.skip = String(parts[1].dropFirst(" SKIP ".count))
        return point
    }

    /// What stands between the `#` that are not escaped, with the escapes undone.
    private func parts(_ text: String, _ line: String) throws -> [String] {
        var parts = [""]
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                try require(scalar == "#" || scalar == "\\", line, "only # and \\ are escaped")
                parts[parts.count - 1].unicodeScalars.append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "#" {
                parts.append("")
            } else {
                parts[parts.count - 1].unicodeScalars.append(scalar)
            }
        }
        try require(!isEscaped, line, "an escape escapes something")
        return parts
    }

    private func require(_ condition: Bool, _ line: String, _ rule: String) throws {
        if !condition { throw Malformed(line: line, rule: rule) }
    }
}
