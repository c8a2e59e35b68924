package import InterruptModel

/// An action as files spell it, `assert 2`: a verb and its operands.
package struct ActionWords {
    private var name: String
    private let operands: [String]

    package init(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        name = words.first ?? ""
        operands = Array(words.dropFirst())
    }

    /// Whether nothing stands behind the verb.
    package var isBare: Bool { operands.isEmpty }

    /// Takes a `?` away that stands behind the verb.
    /// - Returns: whether there was one.
    mutating func takeMark() -> Bool {
        guard name.hasSuffix("?") else { return false }
        name.removeLast()
        return true
    }

    /// - Parameter what: what the words are, for errors.
    package func verb(_ cursor: YAMLCursor, what: String) throws(ScenarioError) -> ActionVerb {
        guard !name.isEmpty else { throw cursor.error("expected a \(what)") }
        guard let verb = ActionVerb(word: name) else {
            let names = ActionVerb.allCases.map(\.word)
            throw cursor.error(
                "unknown \(what) \(quoted: name)\(Nearest.suggestion(for: name, among: names)); "
                    + "expected one of \(names.joined(separator: ", "))")
        }
        return verb
    }

    package func action(
        on setup: MachineSetup, _ cursor: YAMLCursor, what: String
    ) throws(ScenarioError) -> (verb: ActionVerb, action: Action) {
        let verb = try verb(cursor, what: what)
        guard operands.count == verb.operands.count else {
            let names = verb.operands.map { "\($0)" }.joined(separator: ", ")
            throw cursor.error(
                "“\(name)” takes \(names.isEmpty ? "no operands" : "these operands: \(names)"); "
                    + "found \(operands.count)")
        }
        var values: [UInt8] = []
        for (word, operand) in zip(operands, verb.operands) {
            values.append(try value(word, operand, setup, cursor))
        }
        return (verb, Action(verb, values.first ?? 0, values.dropFirst().first ?? 0))
    }

    private func value(
        _ word: String, _ operand: VerbFacts.Operand, _ setup: MachineSetup, _ cursor: YAMLCursor
    ) throws(ScenarioError) -> UInt8 {
        func number(_ range: ClosedRange<Int>, _ what: String) throws(ScenarioError) -> UInt8 {
            guard let value = Number.parse(word), range.contains(value) else {
                throw cursor.error(
                    "expected \(what), \(Number.spell(range)), found \(quoted: word)")
            }
            return UInt8(value)
        }
        switch operand {
        case .pin:
            let pin = try number(0...23, "a pin")
            guard setup.pins.contains(where: { $0.pin == pin }) else {
                let pins = setup.pins.map { "\($0.pin)" }.joined(separator: ", ")
                throw cursor.error("the machine has no pin \(pin); expected one of \(pins)")
            }
            return pin
        case .vector: return try number(16...255, "a vector")
        case .destination: return try number(Destination.numbers, Destination.meaning)
        case .value: return try number(0...255, "a value")
        case .trigger:
            guard let trigger = Trigger(rawValue: word) else {
                throw cursor.error("expected edge or level, found \(quoted: word)")
            }
            return trigger == .edge ? 0 : 1
        }
    }
}
