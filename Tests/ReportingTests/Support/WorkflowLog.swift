/// A log as GitHub's runner reads it: a command wherever it would take a line for one, by the rules
/// of github.com/actions/runner, and a plain line else. It refuses what the recorder does not
/// promise.
struct WorkflowLog {
    struct Command: Equatable {
        var name: String
        var properties: [String: String] = [:]
        var message = ""
    }

    struct Malformed: Error, Equatable {
        var line: String
        var rule: String
    }

    private(set) var commands: [Command] = []
    private(set) var plain: [String] = []
    /// The plain lines of each group, by its title.
    private(set) var groups: [(title: String, lines: [String])] = []
    private var isOpen = false

    private static let known = ["error", "warning", "notice", "debug", "group", "endgroup"]

    init(_ text: String) throws {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        try require(lines.popLast() == "", text, "the last line is complete")
        for line in lines {
            let isClean = line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            try require(isClean, line, "no control characters")
            let trimmed = line.unicodeScalars.drop { $0.properties.isWhitespace }
            if trimmed.starts(with: "::".unicodeScalars) {
                try add(command(String(trimmed.dropFirst(2)), line), line)
                continue
            }
            let scalars = Array(line.unicodeScalars)
            let isOld = scalars.indices.contains {
                scalars[$0...].starts(with: "##[".unicodeScalars)
            }
            try require(!isOld, line, "no command of the older kind")
            if isOpen { groups[groups.count - 1].lines.append(line) } else { plain.append(line) }
        }
        try require(!isOpen, text, "every group is closed")
    }

    /// What is to be seen without opening the log.
    var annotations: [Command] {
        commands.filter { ["error", "warning", "notice"].contains($0.name) }
    }

    private mutating func add(_ command: Command, _ line: String) throws {
        commands.append(command)
        switch command.name {
        case "group":
            try require(!isOpen, line, "no group in a group")
            isOpen = true
            groups.append((command.message, []))
        case "endgroup":
            try require(isOpen, line, "a group is open")
            isOpen = false
        default:
            try require(!isOpen, line, "only plain lines in a group")
        }
    }

    private func command(_ text: String, _ line: String) throws -> Command {
        let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        try require(halves.count == 2, line, "a command has a message")
        let words = halves[0].split(separator: " ", maxSplits: 1)
        var command = Command(name: words.first.map(String.init) ?? "")
        try require(Self.known.contains(command.name), line, "known commands only")
        command.message = try unescaped(halves[1], line, ["%25", "%0D", "%0A"])
        for pair in (words.count > 1 ? words[1] : "").split(separator: ",") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            try require(sides.count == 2 && sides[0] == "title", line, "known properties only")
            let escapes = ["%25", "%0D", "%0A", "%3A", "%2C"]
            command.properties[String(sides[0])] = try unescaped(sides[1], line, escapes)
        }
        return command
    }

    private func unescaped(
        _ text: Substring, _ line: String, _ escapes: [String]
    ) throws -> String {
        let values = ["%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","]
        var result = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            if scalar == "%" {
                let escape = String(Substring(rest.prefix(3)))
                try require(escapes.contains(escape), line, "a per cent sign begins an escape")
                result += values[escape] ?? ""
                rest = rest.dropFirst(3)
            } else {
                result.unicodeScalars.append(scalar)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    private func require(_ condition: Bool, _ line: String, _ rule: String) throws {
        if !condition { throw Malformed(line: line, rule: rule) }
    }
}
