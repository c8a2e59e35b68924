/// What a system wants from outside and whether it is given: for the question whether every
/// obligation can be met from wherever it arises.
public struct ServiceSystem<Word: StateWord>: Sendable {
    /// Finds what is owed in each of these states, and the steps that may be taken there to meet
    /// it.
    public let inspect: @Sendable (_ states: [Word]) -> [ServiceState<Word>]
    /// How many steps a state has at most.
    public let stepLimit: Int

    public init(
        stepLimit: Int, inspect: @escaping @Sendable (_ states: [Word]) -> [ServiceState<Word>]
    ) {
        self.stepLimit = stepLimit
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
    private let store: StateStore<Word>
    /// The greatest depth.
    private let depth: Int
    private let system: ServiceSystem<Word>
    /// Obligations owed in each state, and those that can be met from it.
    private var owed: [UInt8] = []
    private var meetable: [UInt8] = []
    /// The steps of all states: where each state's begin, where they lead, what they meet.
    private var starts: [Int32] = [0]
    private var targets: [Int32] = []
    private var met: [UInt8] = []
    private var barred: [UInt8] = []

    /// Whether there is room for all of this, had every state all its steps: a word and half a one
    /// to sort it, what is owed, and six bytes for each step, in arrays that double. Steps are
    /// numbered in 32 bits.
    static func fits(
        _ system: ServiceSystem<Word>, _ report: SearchReport, _ limits: SearchLimits
    ) -> Bool {
        let each = MemoryLayout<Word>.stride * 3 / 2 + 6 + 2 * 6 * system.stepLimit
        return report.states <= Int(Int32.max) / max(1, system.stepLimit)
            && report.states <= (limits.bytes - report.bytes) / each
    }

    init(_ system: ServiceSystem<Word>, _ store: StateStore<Word>, _ report: SearchReport) {
        self.system = system
        self.store = store
        depth = report.depth
        var states: [Word] = []
        states.reserveCapacity(report.states)
        for depth in 0...depth { states += store.states(ofDepth: depth) }
        states.sort()
        self.states = states
        owed.reserveCapacity(states.count)
        starts.reserveCapacity(states.count + 1)
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
        let dead = nearestDead.enumerated().compactMap { number, end in
            end.map { (obligation: number, end: $0) }
        }
        return zip(dead, paths.paths(to: dead.map(\.end))).map { dead, way in
            let end = walk(from: dead.end.state)
            return StuckService(
                obligation: dead.obligation, actions: way, after: end.actions, loop: end.loop)
        }
    }

    /// For each obligation the least state of the least depth where it cannot be met any more.
    private var nearestDead: [(state: Word, depth: Int)?] {
        var open = zip(owed, meetable).reduce(UInt8(0)) { $0 | $1.0 & ~$1.1 }
        var nearest: [(state: Word, depth: Int)?] = Array(repeating: nil, count: 8)
        for depth in 0...depth where open != 0 {
            for state in store.states(ofDepth: depth) {
                guard let index = index(of: state) else { continue }
                let dead = owed[index] & ~meetable[index] & open
                for obligation in 0..<8 where dead >> UInt8(obligation) & 1 != 0 {
                    if let known = nearest[obligation], known.state < state { continue }
                    nearest[obligation] = (state, depth)
                }
            }
            for obligation in 0..<8 where nearest[obligation] != nil {
                open &= ~(1 << UInt8(obligation))
            }
        }
        return nearest
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
