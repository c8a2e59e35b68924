/// What a search found.
public struct SearchReport: Equatable, Sendable {
    /// Different states, the start among them.
    public var states = 0
    /// Enabled actions, summed over the states.
    public var transitions = 0
    /// Steps to the state that is farthest from the start.
    public var depth = 0
    /// Why the search ended before everything reachable was found; nil where it is complete.
    public var stop: SearchStop?
    /// For each broken property the shortest way there.
    public var counterexamples: [Counterexample] = []
    /// Obligations that can be owed for ever; nil where nobody asked, the search was not complete,
    /// or there was no memory left to find out.
    public var stuck: [StuckService]?
    /// Bytes of memory that hold the states, by depth, and their index.
    public var bytes = 0

    public var isComplete: Bool { stop == nil }

    public init() {}
}

/// A shortest way to break a property.
public struct Counterexample: Equatable, Sendable {
    public var property: Int
    /// Actions from the start; the last state, or the last action, breaks the property.
    public var actions: [Int]

    public init(property: Int, actions: [Int]) {
        self.property = property
        self.actions = actions
    }
}

/// What ended a search too early.
///
/// Whatever it is, the report then covers a whole number of depths: all states up to its `depth`,
/// all transitions from the depths before. What was found beyond is dropped, so that the first
/// three give the same report for any number of threads.
public enum SearchStop: Equatable, Sendable {
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

    public init(states: Int = .max, bytes: Int = .max, depth: Int = .max) {
        self.states = states
        self.bytes = bytes
        self.depth = depth
    }
}

/// How far a search is.
public struct SearchProgress: Equatable, Sendable {
    public var states: Int
    public var depth: Int
    /// States that are found but not expanded.
    public var queue: Int
}
