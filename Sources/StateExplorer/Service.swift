/// What a system wants from outside and whether it is given: for the question whether every
/// obligation can be met from wherever it arises.
public struct ServiceSystem<Word: StateWord>: Sendable {
    /// Finds what is owed in each of these states, and the steps that may be taken there to meet
    /// it.
    public let inspect: @Sendable (_ states: [Word]) -> [ServiceState<Word>]

    public init(inspect: @escaping @Sendable (_ states: [Word]) -> [ServiceState<Word>]) {
        self.inspect = inspect
    }
}

/// One state as a service check sees it.
public struct ServiceState<Word: StateWord>: Sendable {
    /// Obligations by number, as a set of bits.
    public var owed: UInt8
    public var steps: [Step]

    /// A step of the system's own.
    public struct Step: Sendable {
        public var action: Int
        public var successor: Word
        /// The obligations that it meets.
        public var met: UInt8
        /// The obligations that it may not be taken for.
        public var barred: UInt8

        public init(action: Int, successor: Word, met: UInt8, barred: UInt8) {
            self.action = action
            self.successor = successor
            self.met = met
            self.barred = barred
        }
    }

    public init(owed: UInt8, steps: [Step]) {
        self.owed = owed
        self.steps = steps
    }
}

/// An obligation that nothing can meet any more.
public struct StuckService: Equatable, Sendable {
    /// Number of the obligation.
    public var obligation: Int
    /// A shortest way from the start to such a state.
    public var actions: [Int]
    /// What the system goes on to do there by itself, if anything: it comes back to where `loop`
    /// begins, or ends where nothing more can be done.
    public var after: [Int]
    /// Index of `after` where the loop begins; nil for a dead end.
    public var loop: Int?
}

/// Goes over all states of a finished search.
struct ServiceCheck<Word: StateWord> {
    /// All states, ascending.
    private let states: [Word]
    private let depths: [Int]
    private let system: ServiceSystem<Word>
    /// Obligations owed in each state, and those that can be met from it.
    private var owed: [UInt8] = []
    private var meetable: [UInt8] = []
    /// The steps of all states: where each state's begin, where they lead, what they meet.
    private var starts: [Int32] = [0]
    private var targets: [Int32] = []
    private var met: [UInt8] = []
    private var barred: [UInt8] = []

    /// - Parameter depth: the greatest.
    init(_ system: ServiceSystem<Word>, _ store: StateStore<Word>, depth: Int) {
        let sorted = (0...depth).flatMap { depth in
            store.states(ofDepth: depth).map { ($0, depth) }
        }.sorted { $0.0 < $1.0 }
        states = sorted.map(\.0)
        depths = sorted.map(\.1)
        self.system = system
        for start in stride(from: 0, to: states.count, by: 1024) {
            let share = Array(states[start..<min(start + 1024, states.count)])
            for state in system.inspect(share) {
                owed.append(state.owed)
                for step in state.steps {
                    guard let target = index(of: step.successor) else { continue }
                    targets.append(Int32(target))
                    met.append(step.met)
                    barred.append(step.barred)
                }
                starts.append(Int32(targets.count))
            }
        }
        meetable = Array(repeating: 0, count: states.count)
        spread()
    }

    private func index(of state: Word) -> Int? {
        var (low, high) = (0, states.count)
        while low < high {
            let middle = (low + high) / 2
            if states[middle] < state { low = middle + 1 } else { high = middle }
        }
        return low < states.count && states[low] == state ? low : nil
    }

    /// What can be met after a step can be met before it: until nothing changes any more.
    private mutating func spread() {
        var changes = true
        while changes {
            changes = false
            for state in states.indices.reversed() {
                var bits = meetable[state]
                for edge in Int(starts[state])..<Int(starts[state + 1]) {
                    bits |= (met[edge] | meetable[Int(targets[edge])]) & ~barred[edge]
                }
                changes = changes || bits != meetable[state]
                meetable[state] = bits
            }
        }
    }

    /// For each obligation the nearest state, then the least, where it is owed for ever.
    func stuck(_ paths: Predecessors<Word>) -> [StuckService] {
        let found = (0..<8).compactMap { obligation -> (obligation: Int, state: Int)? in
            let dead = states.indices.filter {
                (owed[$0] & ~meetable[$0]) >> UInt8(obligation) & 1 != 0
            }
            return dead.min { (depths[$0], $0) < (depths[$1], $1) }.map { (obligation, $0) }
        }
        let ways = paths.paths(to: found.map { (states[$0.state], depths[$0.state]) })
        return zip(found, ways).map { found, way in
            let end = walk(from: states[found.state])
            return StuckService(
                obligation: found.obligation, actions: way, after: end.actions, loop: end.loop)
        }
    }

    /// Takes each state's first step that is nobody else's until a state comes again or there is
    /// none.
    private func walk(from start: Word) -> (actions: [Int], loop: Int?) {
        var seen = [start]
        var actions: [Int] = []
        while let step = system.inspect([seen[seen.count - 1]]).first?.steps.first(where: {
            $0.barred == 0
        }) {
            actions.append(step.action)
            if let before = seen.firstIndex(of: step.successor) { return (actions, before) }
            seen.append(step.successor)
        }
        return (actions, nil)
    }
}
