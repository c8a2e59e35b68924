internal import ArgumentParser
internal import Scenarios

/// A word that is to name scenarios and does not: what was meant instead.
struct UnknownName {
    private let word: String
    private let names: [String]
    private let groups: Set<String>

    init(_ word: String, in scenarios: [Scenario]) {
        self.word = word
        names = scenarios.map(\.name)
        groups = Set(scenarios.flatMap(\.groups))
    }

    /// Names in one message, at most.
    private static let most = 12

    var sentence: String {
        let found = Selection.beginning(with: word, among: names)
        var text = found.isEmpty ? "unknown scenario \(quoted: word)" : several(found)
        if groups.contains(word) {
            text += "; \(quoted: word) is a group: --group \(word)"
        } else if found.isEmpty {
            text += meant
        }
        return text + "; “savic-eoi list” names them all"
    }

    private func several(_ found: [String]) -> String {
        let list = found.prefix(Self.most).joined(separator: ", ")
        let more = found.count > Self.most ? " and \(found.count - Self.most) more" : ""
        return "\(found.count) scenarios begin with \(quoted: word): \(list)\(more); a pattern "
            + "takes them all: '\(word.hasSuffix("…") ? String(word.dropLast()) : word)*'"
    }

    /// The nearest name of a scenario, a group or a command.
    private var meant: String {
        let commands = SavicEOI.configuration.subcommands.compactMap {
            $0.configuration.commandName
        }
        let all = commands + names + groups.sorted()
        guard let near = Nearest.nearest(to: word, among: all) else { return "" }
        if commands.contains(near) { return " – did you mean the command “\(near)”?" }
        if groups.contains(near), !names.contains(near) {
            return " – did you mean the group “\(near)”, --group \(near)?"
        }
        return " – did you mean “\(near)”?"
    }
}
