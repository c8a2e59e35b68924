package import InterruptModel

/// An action as files spell it, `assert 2` or `eoi @1`: a verb, its operands, and the vCPU that it
/// happens on.
package struct ActionWords {
    private var name: String
    private var operands: [String]
    /// What stands behind the `@`, if there is one.
    private let place: String?

    package init(_ text: String) {
        var words = text.split(separator: " ").map(String.init)
        let hasPlace = words.count > 1 && words.last?.hasPrefix("@") == true
        place = hasPlace ? words.removeLast() : nil
        name = words.first ?? ""
        operands = Array(words.dropFirst())
    }

    /// Whether nothing stands behind the verb.
    package var isBare: Bool { operands.isEmpty && place == nil }

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
        var values: [UInt16] = []
        for (word, operand) in zip(operands, verb.operands) {
            values.append(try value(word, operand, setup, cursor))
        }
        let action = Action(
            verb, UInt8(truncatingIfNeeded: values.first ?? 0), values.dropFirst().first ?? 0,
            on: try vcpu(of: verb, setup, cursor))
        return (verb, action)
    }

    /// The vCPU behind the `@`; without one it is vCPU 0.
    private func vcpu(
        of verb: ActionVerb, _ setup: MachineSetup, _ cursor: YAMLCursor
    ) throws(ScenarioError) -> UInt8 {
        guard let place else { return 0 }
        guard verb.happensOnVCPU else {
            throw cursor.error("“\(verb.word)” happens on no vCPU, so it takes no \(quoted: place)")
        }
        guard let number = Number.parse(String(place.dropFirst())),
            (0..<setup.vcpus).contains(number)
        else {
            throw cursor.error(
                "the machine has no vCPU \(quoted: place); expected @0 to @\(setup.vcpus - 1)")
        }
        return UInt8(number)
    }

    private func value(
        _ word: String, _ operand: VerbFacts.Operand, _ setup: MachineSetup, _ cursor: YAMLCursor
    ) throws(ScenarioError) -> UInt16 {
        func number(_ range: ClosedRange<Int>, _ what: String) throws(ScenarioError) -> UInt16 {
            guard let value = Number.parse(word), range.contains(value) else {
                throw cursor.error(
                    "expected \(what), \(Number.spell(range)), found \(quoted: word)")
            }
            return UInt16(value)
        }
        switch operand {
        case .pin:
            let pin = try number(0...23, "a pin")
            guard setup.pins.contains(where: { UInt16($0.pin) == pin }) else {
                let pins = setup.pins.map { "\($0.pin)" }.joined(separator: ", ")
                throw cursor.error("the machine has no pin \(pin); expected one of \(pins)")
            }
            return pin
        case .vector: return try number(16...255, "a vector")
        case .destination:
            guard let destination = Destination(spelling: word) else {
                throw cursor.error("expected \(Destination.meaning), found \(quoted: word)")
            }
            return destination.code
        case .ipiDestination:
            guard let target = IPIDestination(spelling: word) else {
                throw cursor.error(
                    "expected \(Destination.meaning), or “others”, found \(quoted: word)")
            }
            return target.code
        case .value: return try number(0...255, "a value")
        case .trigger:
            guard let trigger = Trigger(rawValue: word) else {
                throw cursor.error("expected edge or level, found \(quoted: word)")
            }
            return trigger == .edge ? 0 : 1
        }
    }
}
