/// How far a search has come.
public struct SearchExtent: Equatable, Sendable {
    /// Different states, the start among them.
    public var states = 0
    /// Enabled actions, summed over the states.
    public var transitions = 0
    /// Steps to the state that is farthest from the start.
    public var depth = 0
    /// What ended the work early, whichever part of it; nil where all that was asked is answered.
    public var stop: SearchStop?
    /// Whether every reachable state was found and judged.
    public var visitsAll = false
    /// To this depth every state was judged; −1 where not even the start was. It is one less than
    /// `depth` where the search was stopped once more while it judged the last states.
    public var judgedDepth = -1
    /// Bytes of memory that hold the states, by depth, and their index.
    public var bytes = 0

    /// Whether nothing ended it early.
    public var isComplete: Bool { stop == nil }

    /// Before a search: not even the start is judged.
    public init() {}
}

/// What a search has found.
@dynamicMemberLookup
public struct SearchReport: Equatable, Sendable {
    /// How far it came, and what ended it.
    public var extent = SearchExtent()
    /// For each broken property the shortest way there, or one for each last action
    /// (`SearchQuestion.everyCause`).
    public var counterexamples: [Counterexample] = []
    /// Obligations that can be owed for ever; nil where nobody asked, the search was not complete,
    /// or there was no memory or time left to find out.
    public var stuck: [StuckObligation]?

    /// Before a search: nothing is found.
    public init() {}

    /// What `extent` has.
    public subscript<Value>(dynamicMember path: WritableKeyPath<SearchExtent, Value>) -> Value {
        get { extent[keyPath: path] }
        set { extent[keyPath: path] = newValue }
    }

    /// What `extent` has and derives from its fields.
    public subscript<Value>(dynamicMember path: KeyPath<SearchExtent, Value>) -> Value {
        extent[keyPath: path]
    }
}

/// A shortest way to break a property.
public struct Counterexample: Equatable, Sendable {
    /// Number of the property.
    public var property: Int
    /// How many actions it has.
    public var length: Int
    /// Actions from the start; the last state, or the last action, breaks the property. Nil where
    /// the search was stopped before the way was found again.
    public var actions: [Int]?

    /// A way that is known from its first action to its last.
    public init(property: Int, actions: [Int]) {
        self.init(property: property, length: actions.count, actions: actions)
    }

    init(property: Int, length: Int, actions: [Int]?) {
        self.property = property
        self.length = length
        self.actions = actions
    }
}

/// What a search is asked.
public struct SearchQuestion: Sendable {
    /// The properties to look for.
    public var properties: PropertyBits
    /// Whether to find for each property a shortest way with each last action that breaks it, and
    /// not only the shortest of all. It takes a multiple of the time.
    public var everyCause: Bool
    /// Whether to ask of every state if what it owes can be met. It is left out where the search
    /// is not complete, or the limit has no room for it (`LivenessCheck`).
    public var checksLiveness: Bool

    /// The shortest way to each of these properties, and nothing else unless it is said.
    public init(
        _ properties: PropertyBits, everyCause: Bool = false, checksLiveness: Bool = false
    ) {
        self.properties = properties
        self.everyCause = everyCause
        self.checksLiveness = checksLiveness
    }
}

/// What ended a search too early.
///
/// Whatever it is, the report then covers a whole number of depths: all states up to its `depth`,
/// all transitions from the depths before. What was found beyond is dropped, so that the first
/// three give the same report for any number of threads. Of what was found nothing is forgotten.
public enum SearchStop: Equatable, Sendable, CaseIterable {
    /// A limit (`SearchLimits`).
    case states, memory, depth
    /// The caller's pulse said so.
    case time, interruption
}

/// How far a search may go.
public struct SearchLimits: Equatable, Sendable {
    /// Different states.
    public var states: Int
    /// Bytes for the states, by depth, and their index. Threads take some megabytes each on top.
    public var bytes: Int
    /// Steps from the start.
    public var depth: Int

    /// No limits, but for what is said.
    public init(states: Int = .max, bytes: Int = .max, depth: Int = .max) {
        self.states = states
        self.bytes = bytes
        self.depth = depth
    }
}

/// How far a search is.
public struct SearchProgress: Equatable, Sendable {
    /// Different states found so far.
    public var states: Int
    /// Steps from the start to the states that are worked on.
    public var depth: Int
    /// States that are found but not expanded.
    public var queue: Int
    /// What it is at.
    public var phase = SearchPhase.states

    /// So many states, and what is left of them at this depth.
    public init(states: Int, depth: Int, queue: Int, phase: SearchPhase = .states) {
        self.states = states
        self.depth = depth
        self.queue = queue
        self.phase = phase
    }
}

/// The parts of a search's work.
public enum SearchPhase: Equatable, Sendable {
    /// States are found, and judged.
    case states
    /// A search that has ended judges the states that it found last.
    case judging
    /// The way to what is wrong is found again: so many steps of the longest are left.
    case ways(left: Int)
    /// Of so many of the states it is known what they owe.
    case liveness(inspected: Int)
}
