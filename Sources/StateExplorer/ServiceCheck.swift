/// Goes over all states of a finished search.
struct ServiceCheck<Word: StateWord> {
    /// States that are gone through before somebody is asked whether to go on.
    private static var share: Int { 65_536 }

    /// All states, ascending.
    private let states: [Word]
    private let store: StateStore<Word>
    /// The greatest depth.
    private let depth: Int
    private let system: ServiceSystem<Word>
    private let supervisor: Supervisor
    /// Obligations owed in each state, and those that can be met from it.
    private var owed: [UInt8] = []
    private var meetable: [UInt8] = []
    /// The steps of all states: where each state's begin, where they lead, what they meet.
    private var starts: [Int32] = [0]
    private var targets: [Int32] = []
    private var met: [UInt8] = []
    private var barred: [UInt8] = []

    /// Whether there is room for all of this, had every state all its steps: two words while the
    /// states are sorted, what is owed, and six bytes for each step, in arrays that double. Steps
    /// are numbered in 32 bits.
    static func fits(
        _ system: ServiceSystem<Word>, _ report: SearchReport, _ limits: SearchLimits
    ) -> Bool {
        let each = MemoryLayout<Word>.stride * 2 + 6 + 2 * 6 * system.stepLimit
        return report.states <= Int(Int32.max) / max(1, system.stepLimit)
            && report.states <= (limits.bytes - report.bytes) / each
    }

    /// - Returns: nil where the supervisor ended it, before the question was answered.
    init?(
        _ system: ServiceSystem<Word>, _ store: StateStore<Word>, _ report: SearchReport,
        _ supervisor: Supervisor
    ) {
        self.system = system
        self.store = store
        self.supervisor = supervisor
        depth = report.depth
        supervisor.begin(.service(inspected: 0))
        guard let states = store.sorted(while: { supervisor.goesOn(.service(inspected: 0)) })
        else { return nil }
        self.states = states
        guard inspect(), spread() else { return nil }
    }

    /// Asks what is owed in each state, and where its steps lead.
    private mutating func inspect() -> Bool {
        owed.reserveCapacity(states.count)
        starts.reserveCapacity(states.count + 1)
        for start in stride(from: 0, to: states.count, by: 1024) {
            guard supervisor.goesOn(.service(inspected: start)) else { return false }
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
        return true
    }

    private func index(of state: Word) -> Int? {
        let index = states.firstIndex(above: state) - 1
        return index >= 0 && states[index] == state ? index : nil
    }

    /// Whether to go on, asked now and then.
    private func goesOn(_ number: Int) -> Bool {
        !number.isMultiple(of: Self.share) || supervisor.goesOn(.service(inspected: states.count))
    }

    /// What can be met after a step can be met before it: until nothing changes any more.
    private mutating func spread() -> Bool {
        meetable = Array(repeating: 0, count: states.count)
        var changes = true
        while changes {
            changes = false
            for state in states.indices.reversed() {
                guard goesOn(state) else { return false }
                var bits = meetable[state]
                for edge in Int(starts[state])..<Int(starts[state + 1]) {
                    bits |= (met[edge] | meetable[Int(targets[edge])]) & ~barred[edge]
                }
                changes = changes || bits != meetable[state]
                meetable[state] = bits
            }
        }
        return true
    }

    /// For each obligation the nearest state, then the least, where it is owed for ever.
    /// - Returns: nil where the supervisor ended it before they were found.
    func stuck(_ paths: Predecessors<Word>) -> [StuckService]? {
        guard let nearest = nearestDead else { return nil }
        let dead = nearest.enumerated().compactMap { number, end in
            end.map { (obligation: number, end: $0) }
        }
        return zip(dead, paths.paths(to: dead.map(\.end))).map { dead, way in
            let end = walk(from: dead.end.state)
            return StuckService(
                obligation: dead.obligation, length: dead.end.depth, actions: way,
                after: end.actions, loop: end.loop)
        }
    }

    /// For each obligation the least state of the least depth where it cannot be met any more.
    private var nearestDead: [(state: Word, depth: Int)?]? {
        var open = zip(owed, meetable).reduce(UInt8(0)) { $0 | $1.0 & ~$1.1 }
        var nearest: [(state: Word, depth: Int)?] = Array(repeating: nil, count: 8)
        var count = 0
        for depth in 0...depth where open != 0 {
            for state in store.states(ofDepth: depth) {
                count += 1
                guard goesOn(count) else { return nil }
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

    /// Takes each state's first step that is not barred for anybody, until a state comes again or
    /// there is no such step.
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
