internal import InterruptModel
internal import Lockstep
internal import Scenarios

/// An expression over a machine and its latest step: `shadow-isr`, `remote-irr 2`,
/// `irr has 0x31 0x41`, `page-isr = none`.
struct Watch: Equatable {
    /// What a field is compared with.
    private enum Test: Equatable {
        /// All of these are in it.
        case has([Int])
        /// These are in it, and nothing else.
        case equals([Int])
    }

    private let field: StepField
    /// Nil where the field's value is asked for.
    private let test: Test?
    /// The expression, always spelt the same.
    let text: String

    /// The field alone.
    init(_ field: StepField) { (self.field, test, text) = (field, nil, field.rawValue) }

    /// Reads `FIELD`, `FIELD NUMBER…`, `FIELD has NUMBER…`, `FIELD contains NUMBER…` or
    /// `FIELD = NUMBER…`, with “none” for no number. Braces and commas, as values are printed with,
    /// may be there.
    init(_ text: String, on setup: MachineSetup) throws(CommandFailure) {
        let spaced = text.replacing("=", with: " = ")
        let words = spaced.split { $0.isWhitespace || "{},".contains($0) }.map(String.init)
        let fields = StepField.all(of: setup.kind)
        let name = words.first ?? ""
        guard let field = fields.first(where: { $0.rawValue == name }) else {
            let names = fields.map(\.rawValue)
            throw .typed(
                "unknown field \(quoted: name)\(Nearest.suggestion(for: name, among: names)); "
                    + "there are \(names.joined(separator: ", "))")
        }
        guard words.count > 1 else {
            (self.field, test, self.text) = (field, nil, name)
            return
        }
        let sample = field.value(Portrait(), [])
        let hasSign = Self.signs.contains(words[1])
        let sign = hasSign ? words[1] : sample.isSingle ? "=" : "has"
        let list = Array(words.dropFirst(hasSign ? 2 : 1))
        guard !list.isEmpty else {
            throw .typed("expected a number behind “\(sign)”, or “none” behind “=”")
        }
        let isNone = sign == "=" && ["none", "–"].contains(list.joined(separator: " "))
        if sample.isSingle, sign != "=" || isNone || list.count > 1 {
            throw .typed("“\(name)” is one number: compare it with one, by “=”")
        }
        let numbers = isNone ? [] : try Self.numbers(list, of: name, like: sample, on: setup)
        let spelling = isNone ? "none" : Self.spelling(numbers, sample)
        self.field = field
        test = sign == "=" ? .equals(numbers) : .has(numbers)
        self.text = "\(name) \(sign == "=" ? "=" : "has") \(spelling)"
    }

    private static let signs = ["=", "has", "contains"]

    private static func numbers(
        _ words: some Sequence<String>, of name: String, like sample: StepValue,
        on setup: MachineSetup
    ) throws(CommandFailure) -> [Int] {
        var numbers: [Int] = []
        for word in words {
            let range = range(of: sample)
            guard let number = Number.parse(word), range.contains(number) else {
                throw .typed(
                    "expected a number, \(Number.spell(range)), for “\(name)”, "
                        + "found \(quoted: word)")
            }
            if case .register(.pins) = sample, !setup.pins.contains(where: { $0.pin == number }) {
                let pins = setup.pins.map { "\($0.pin)" }.joined(separator: ", ")
                throw .typed("the machine has no pin \(number); expected one of \(pins)")
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func range(of sample: StepValue) -> ClosedRange<Int> {
        switch sample {
        case .register(.pins): 0...23
        case .register(.vectors), .register(.vector): 0...255
        case .register(.flag): 0...1
        case .answers: -1...255
        }
    }

    private static func spelling(_ numbers: [Int], _ sample: StepValue) -> String {
        let words = numbers.map { number in
            switch sample {
            case .register(.vectors), .register(.vector): Spelling.vector(UInt8(number))
            case .register(.pins), .register(.flag), .answers: "\(number)"
            }
        }
        return words.joined(separator: " ")
    }

    /// What it is behind so many steps: the field's value, or whether the comparison holds.
    func value(in timeline: Timeline, behind count: Int) -> String {
        let events = count == 0 ? [] : timeline.steps[count - 1].events
        let value = field.value(timeline.portrait(behind: count), events)
        switch test {
        case nil: return value.spelling
        case .has(let numbers): return value.numbers.isSuperset(of: numbers) ? "yes" : "no"
        case .equals(let numbers): return value.numbers == Set(numbers) ? "yes" : "no"
        }
    }
}
