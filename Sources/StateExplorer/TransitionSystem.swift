/// What is searched: a start, and what can follow a state.
///
/// A system is deterministic in each action: from one state, an action leads to one state or is
/// not enabled. What it is made of is compiled where its types are known; the search calls it for
/// many states at once, so the closure's price is paid once for all of them.
public struct TransitionSystem<Word: StateWord>: Sendable {
    public let start: Word
    /// How many low bits of a word a state needs; the others are the search's. States with the same
    /// upper half stand together in memory: what changes most often should stand lowest.
    public let stateBits: Int
    /// Actions are numbered from 0.
    public let actionCount: Int
    /// Finds the successors of these states, and the properties that are broken.
    public let expand: @Sendable (_ states: [Word], _ into: inout Expansion<Word>) -> Void
    /// What is owed in its states; nil where nothing is.
    public let service: ServiceSystem<Word>?

    public init(
        start: Word, stateBits: Int, actionCount: Int, service: ServiceSystem<Word>? = nil,
        expand: @escaping @Sendable (_ states: [Word], _ into: inout Expansion<Word>) -> Void
    ) {
        self.start = start
        self.stateBits = stateBits
        self.actionCount = actionCount
        self.service = service
        self.expand = expand
    }
}

/// Properties by number, as a set of bits.
public typealias PropertyBits = UInt16

/// What follows a number of states.
public struct Expansion<Word: StateWord>: Sendable {
    /// The transitions from all states, in any order; the first `count` of them.
    @usableFromInline var transitions: [Transition<Word>] = []
    @usableFromInline var count = 0
    /// Broken properties that the search still asks for.
    private(set) var broken: [BrokenProperties] = []
    /// The properties that have not been seen broken nearer to the start.
    public private(set) var interest: PropertyBits = 0
    /// Whether successors are asked for, or only what is wrong with the states.
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
            let none = Transition(from: 0, by: 0, to: Word.zero)
            transitions = Array(repeating: none, count: room)
        }
        var span = transitions.mutableSpan
        count = body(&span)
    }

    /// Takes what is broken; whatever is of no interest may be left out.
    public mutating func note(_ broken: [BrokenProperties]) { self.broken += broken }
}

/// An action that is enabled in one of the expanded states.
public struct Transition<Word: StateWord>: Sendable, BitwiseCopyable {
    /// Which of the expanded states.
    @usableFromInline let state: Int32
    @usableFromInline let action: Int32
    @usableFromInline let successor: Word

    @inlinable
    public init(from state: Int, by action: Int, to successor: Word) {
        self.state = Int32(truncatingIfNeeded: state)
        self.action = Int32(truncatingIfNeeded: action)
        self.successor = successor
    }
}

/// Properties that a state, or a transition from it, breaks.
public struct BrokenProperties: Sendable, BitwiseCopyable {
    /// Which of the expanded states.
    public var state: Int
    /// The action of a transition that breaks them, or −1 where the state itself does.
    public var action: Int
    public var properties: PropertyBits

    public init(state: Int, action: Int, properties: PropertyBits) {
        self.state = state
        self.action = action
        self.properties = properties
    }
}
