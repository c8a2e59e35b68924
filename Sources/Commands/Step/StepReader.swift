internal import Foundation
internal import InterruptModel
internal import Reporting
internal import Scenarios

/// Reads typed lines: a step as scenario files spell it, or an order.
struct StepReader {
    let setup: MachineSetup
    let granularity: Granularity

    func order(_ line: String) throws(CommandFailure) -> StepOrder {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let first = words.first else { return .again }
        if first.hasPrefix("#") { return .nothing }
        if ActionVerb(word: first.hasSuffix("?") ? String(first.dropLast()) : first) != nil {
            return try step(words.joined(separator: " "))
        }
        let word = try word(first)
        let operands = Array(words.dropFirst())
        if let most = word.most, operands.count > most {
            throw .typed(
                "“\(word.rawValue)” takes \(most == 0 ? "nothing" : word.operands); found "
                    + counted(operands.count, "word"))
        }
        let operand = operands.first
        switch word {
        case .forward: return .forward(try number(word, operand, 1...) ?? 1)
        case .back: return .back(try number(word, operand, 1...) ?? 1)
        case .drop: return .drop(try number(word, operand, 1...) ?? 1)
        case .goto:
            guard let target = try number(word, operand, 0...) else {
                throw .typed("“goto” takes a number of steps; 0 is the start")
            }
            return .go(to: target)
        case .continue: return .goOn
        case .watch: return operands.isEmpty ? .watches : .watch(try watch(operands))
        case .unwatch: return .unwatch(try number(word, operand, 1...))
        case .value: return .value(operands.isEmpty ? nil : try watch(operands))
        case .show: return .show(try part(word, operand))
        case .list: return .list(try part(word, operand))
        case .save: return .save(try path(in: line, behind: first))
        case .help: return .help
        case .quit: return .quit
        }
    }

    private func step(_ words: String) throws(CommandFailure) -> StepOrder {
        let loader = StepLoader(setup: setup, granularity: granularity)
        do throws(ScenarioError) {
            let step = try loader.action(.typed(words, in: InputFile.nameOfStdin))
            return .perform(step.action, isOptional: step.isOptional)
        } catch {
            throw .typed(error.message)
        }
    }

    /// The word, or the one that begins so.
    private func word(_ text: String) throws(CommandFailure) -> StepWord {
        if let word = StepWord(rawValue: text) { return word }
        let found = StepWord.allCases.filter { $0.rawValue.hasPrefix(text) }
        if found.count == 1 { return found[0] }
        let help = "“help” says what can be typed"
        guard found.isEmpty else {
            let names = found.map(\.rawValue).joined(separator: " or ")
            throw .typed("\(quoted: text) can be \(names); \(help)")
        }
        let names = StepWord.allCases.map(\.rawValue) + ActionVerb.allCases.map(\.word)
        throw .typed(
            "unknown \(quoted: text)\(Nearest.suggestion(for: text, among: names)); \(help)")
    }

    /// Nil where none is given.
    private func number(
        _ word: StepWord, _ text: String?, _ range: PartialRangeFrom<Int>
    ) throws(CommandFailure) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .typed(
                "expected a number of \(range.lowerBound) or more behind “\(word.rawValue)”, "
                    + "found \(quoted: text)")
        }
        return number
    }

    private func watch(_ words: [String]) throws(CommandFailure) -> Watch {
        try Watch(words.joined(separator: " "), on: setup)
    }

    private func part(_ word: StepWord, _ text: String?) throws(CommandFailure) -> StepPart {
        guard let text else { return .near }
        if text == "all" { return .all }
        guard let range = StepRange(argument: text) else {
            throw .typed(
                "expected steps such as 2-6, or “all”, behind “\(word.rawValue)”, found "
                    + "\(quoted: text)")
        }
        return .steps(range.range)
    }

    /// What stands behind the first word: a file's name may have blanks in it.
    private func path(in line: String, behind word: String) throws(CommandFailure) -> String {
        let path = line.trimmingCharacters(in: .whitespacesAndNewlines).dropFirst(word.count)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard !path.isEmpty else { throw .typed("“save” takes the name of a new file") }
        return path
    }
}
