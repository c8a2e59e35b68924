/// What is searched: a start, and what can follow a state.
///
/// A system is deterministic in each action: from one state, an action leads to one state or is
/// not enabled. The closures are compiled where the types behind them are known. The search calls
/// them for many states at once, so that their price is paid once for all of these.
public struct TransitionSystem<Word: StateWord>: Sendable {
    /// The state from which everything else is reached.
    public let start: Word
    /// How many low bits of a word a state needs. States that differ in the lowest six alone are
    /// kept together (`Family`), and those with the same upper half in one shard of the store, so
    /// the parts that change most often should have the lowest bits.
    public let stateBits: Int
    /// Finds what the actions do to the members of these families, and the properties that are
    /// broken.
    public let expand: @Sendable (_ families: [Family<Word>], _ into: inout Expansion<Word>) -> Void
    /// What is owed in the states, and how it is met; nil where nothing is owed.
    public let liveness: LivenessSystem<Word>?

    public init(
        start: Word, stateBits: Int, liveness: LivenessSystem<Word>? = nil,
        expand:
            @escaping @Sendable (_ families: [Family<Word>], _ into: inout Expansion<Word>) -> Void
    ) {
        self.start = start
        self.stateBits = stateBits
        self.liveness = liveness
        self.expand = expand
    }
}

/// Properties by number, as a set of bits.
public typealias PropertyBits = UInt16

/// What follows a number of families.
public struct Expansion<Word: StateWord>: Sendable {
    /// From all families, in any order; the first `count` of them.
    @usableFromInline var transitions: [Transition<Word>] = []
    @usableFromInline var count = 0
    /// Broken properties that the search still asks for.
    private(set) var broken: [BrokenProperties] = []
    /// The properties that have not been seen broken nearer to the start.
    public private(set) var interest: PropertyBits = 0
    /// Whether transitions are asked for, or only what is wrong with the states.
    public private(set) var wantsSuccessors = true

    init() {}

    mutating func begin(interest: PropertyBits, wantsSuccessors: Bool) {
        count = 0
        broken.removeAll(keepingCapacity: true)
        self.interest = interest
        self.wantsSuccessors = wantsSuccessors
    }

    /// Takes the transitions.
    /// - Parameters:
    ///   - room: at least as many as `body` can find.
    ///   - body: writes them, and returns how many.
    @inlinable
    public mutating func fill(
        upTo room: Int, _ body: (inout MutableSpan<Transition<Word>>) -> Int
    ) {
        if transitions.count < room {
            let none = Transition(in: 0, of: 1, by: 0, changing: Word.zero)
            transitions = Array(repeating: none, count: room)
        }
        var span = transitions.mutableSpan
        count = body(&span)
    }

    /// Takes what is broken; whatever is of no interest may be left out.
    public mutating func note(_ broken: [BrokenProperties]) { self.broken += broken }
}

/// An action that is enabled in members of one of the expanded families, and changes the same bits
/// of each.
public struct Transition<Word: StateWord>: Sendable, BitwiseCopyable {
    /// Which of the expanded families.
    @usableFromInline let family: Int32
    @usableFromInline let action: Int32
    @usableFromInline let members: UInt64
    @usableFromInline let changes: Word

    /// - Parameters:
    ///   - members: at least one.
    ///   - action: numbered from 0.
    @inlinable
    public init(in family: Int, of members: UInt64, by action: Int, changing changes: Word) {
        assert(members != 0, "a transition from no state")
        self.family = Int32(truncatingIfNeeded: family)
        self.action = Int32(truncatingIfNeeded: action)
        self.members = members
        self.changes = changes
    }
}

/// Properties that states, or a transition from them, break.
public struct BrokenProperties: Sendable, BitwiseCopyable {
    /// Which of the expanded families, and which of its members.
    public var family: Int
    /// Which of its members, by their lowest six bits.
    public var members: UInt64
    /// The action of a transition that breaks them, or −1 where the states themselves do.
    public var action: Int
    /// The properties that they break.
    public var properties: PropertyBits

    /// Properties that these members of a family break, by this action or (−1) by themselves.
    public init(family: Int, members: UInt64, action: Int, properties: PropertyBits) {
        self.family = family
        self.members = members
        self.action = action
        self.properties = properties
    }
}
