/// What a liveness check asks of a system: what is owed in a state, and which steps can meet it.
///
/// The check finds out whether every obligation can be met from wherever it arises.
public struct LivenessSystem<Word: StateWord>: Sendable {
    /// Finds what is owed in each of these states, and the steps that may be taken there to meet
    /// it.
    public let inspect: @Sendable (_ states: [Word]) -> [LivenessState<Word>]
    /// How many steps a state has at most.
    public let stepLimit: Int

    public init(
        stepLimit: Int, inspect: @escaping @Sendable (_ states: [Word]) -> [LivenessState<Word>]
    ) {
        self.stepLimit = stepLimit
        self.inspect = inspect
    }
}

/// One state as a liveness check sees it.
public struct LivenessState<Word: StateWord>: Sendable {
    /// Obligations by number, as a set of bits.
    public var owed: UInt8
    /// The steps that may be taken from it to meet what is owed.
    public var steps: [Step]

    /// A step of the system's own.
    public struct Step: Sendable {
        /// Number of the action.
        public var action: Int
        /// Where it leads.
        public var successor: Word
        /// The obligations that it meets.
        public var met: UInt8
        /// The obligations that a way through this step does not count for: the step drops them
        /// without meeting them, as a device does that lowers its own line.
        public var barred: UInt8

        /// A step with what it meets, and what it may not be taken for, as sets of bits.
        public init(action: Int, successor: Word, met: UInt8, barred: UInt8) {
            self.action = action
            self.successor = successor
            self.met = met
            self.barred = barred
        }
    }

    /// A state with what is owed in it, as a set of bits.
    public init(owed: UInt8, steps: [Step]) {
        self.owed = owed
        self.steps = steps
    }
}

/// An obligation that no steps can meet any more.
public struct StuckObligation: Equatable, Sendable {
    /// Number of the obligation.
    public var obligation: Int
    /// How many actions lead from the start to such a state at least.
    public var length: Int
    /// A shortest way there; nil where the search was stopped before it was found again.
    public var actions: [Int]?
    /// Steps that the system can go on with from there. Behind the last one it is back where the
    /// step `loop` began, or nothing more can be done.
    public var after: [Int]
    /// Index of `after` where the loop begins; nil for a dead end.
    public var loop: Int?

    init(obligation: Int, actions: [Int], after: [Int], loop: Int?) {
        self.init(
            obligation: obligation, length: actions.count, actions: actions, after: after,
            loop: loop)
    }

    init(obligation: Int, length: Int, actions: [Int]?, after: [Int], loop: Int?) {
        self.obligation = obligation
        self.length = length
        self.actions = actions
        self.after = after
        self.loop = loop
    }
}
