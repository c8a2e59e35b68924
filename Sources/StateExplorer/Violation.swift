/// A property, the state that breaks it or the transition from that state.
struct Violation<Word: StateWord>: Sendable {
    var property: Int
    var depth: Int
    var state: Word
    /// −1 where the state itself breaks it.
    var action: Int

    /// How many actions a shortest way to it has.
    var length: Int { action < 0 ? depth : depth + 1 }
}

/// A property and the action that breaks it, or −1 where a state itself does.
struct Cause: Hashable, Comparable, Sendable {
    var property: Int
    var action: Int

    static func < (one: Self, other: Self) -> Bool {
        (one.property, one.action) < (other.property, other.action)
    }
}

/// What came of the states of one depth.
struct DepthResult<Word: StateWord>: Sendable {
    var transitions = 0
    /// States not known before.
    var states = 0
    /// For each cause the least state.
    private var least: [Cause: Word] = [:]

    mutating func note(_ broken: [BrokenProperties], in families: [Family<Word>]) {
        for each in broken {
            let family = Family(word: families[each.family].word, members: each.members)
            for property in 0..<PropertyBits.bitWidth
            where each.properties >> PropertyBits(property) & 1 != 0 {
                note(Cause(property: property, action: each.action), family.least)
            }
        }
    }

    private mutating func note(_ cause: Cause, _ state: Word) {
        least[cause] = min(least[cause] ?? state, state)
    }

    mutating func add(_ other: Self) {
        transitions += other.transitions
        states += other.states
        for (cause, state) in other.least { note(cause, state) }
    }

    /// The causes in order, each with its least state.
    func violations(at depth: Int) -> [Violation<Word>] {
        least.sorted { $0.key < $1.key }.map { cause, state in
            Violation(
                property: cause.property, depth: depth, state: state, action: cause.action)
        }
    }
}

/// What a search still looks for.
struct OpenProperties {
    /// Properties that have not been seen broken, or all where every cause is wanted.
    private(set) var interest: PropertyBits
    private let everyCause: Bool
    private var known: Set<Cause> = []

    init(_ question: SearchQuestion) {
        interest = question.properties
        everyCause = question.everyCause
    }

    /// Takes what the states of a depth have shown, in order of causes.
    /// - Returns: what was looked for: of a property the least cause, or every new one.
    mutating func close<Word>(_ violations: [Violation<Word>]) -> [Violation<Word>] {
        violations.filter { violation in
            let bit: PropertyBits = 1 << PropertyBits(violation.property)
            guard interest & bit != 0 else { return false }
            guard !everyCause else {
                let cause = Cause(property: violation.property, action: violation.action)
                return known.insert(cause).inserted
            }
            interest &= ~bit
            return true
        }
    }
}
