/// Finds out which obligations can be owed for ever, in all states of a finished search.
struct LivenessCheck<Word: StateWord> {
    /// The supervisor is asked whether to go on each time that so many states are done.
    private static var batchSize: Int { 65_536 }

    /// All states, ascending.
    private let states: [Word]
    private let store: StateStore<Word>
    /// The greatest depth.
    private let depth: Int
    private let system: LivenessSystem<Word>
    private let supervisor: Supervisor
    /// Obligations owed in each state, and those that can be met from it.
    private var owed: [UInt8] = []
    private var meetable: [UInt8] = []
    /// The steps of all states, one behind the other: where each state's begin (`starts`), the
    /// state that a step leads to, the obligations that it meets, and those that it is barred for.
    private var starts: [Int32] = [0]
    private var targets: [Int32] = []
    private var met: [UInt8] = []
    private var barred: [UInt8] = []

    /// Whether memory suffices even if every state has all its steps. A state takes two words
    /// while the states are sorted, and six bytes for what is owed; a step takes six bytes, in
    /// arrays that double. Steps are numbered in 32 bits.
    static func fits(
        _ system: LivenessSystem<Word>, _ report: SearchReport, _ limits: SearchLimits
    ) -> Bool {
        let each = MemoryLayout<Word>.stride * 2 + 6 + 2 * 6 * system.stepLimit
        return report.states <= Int(Int32.max) / max(1, system.stepLimit)
            && report.states <= (limits.bytes - report.bytes) / each
    }

    /// - Returns: nil where the supervisor ended the check before it had an answer.
    init?(
        _ system: LivenessSystem<Word>, _ store: StateStore<Word>, _ report: SearchReport,
        _ supervisor: Supervisor
    ) {
        self.system = system
        self.store = store
        self.supervisor = supervisor
        depth = report.depth
        supervisor.begin(.liveness(inspected: 0))
        guard let states = store.sorted(while: { supervisor.goesOn(.liveness(inspected: 0)) })
        else { return nil }
        self.states = states
        guard inspect(), spread() else { return nil }
    }

    /// Asks what is owed in each state, and where its steps lead.
    private mutating func inspect() -> Bool {
        owed.reserveCapacity(states.count)
        starts.reserveCapacity(states.count + 1)
        for start in stride(from: 0, to: states.count, by: 1024) {
            guard supervisor.goesOn(.liveness(inspected: start)) else { return false }
            let batch = Array(states[start..<min(start + 1024, states.count)])
            for state in system.inspect(batch) {
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

    /// Asks the supervisor now and then whether to go on.
    private func goesOn(_ number: Int) -> Bool {
        !number.isMultiple(of: Self.batchSize)
            || supervisor.goesOn(.liveness(inspected: states.count))
    }

    /// Computes what can be met: whatever can be met after a step can be met before it. Goes over
    /// all states until nothing changes any more.
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

    /// For each obligation the state where it is owed for ever: the nearest to the start, and of
    /// several the least.
    /// - Returns: nil where the supervisor ended the check before they were found.
    func stuck(_ paths: Predecessors<Word>) -> [StuckObligation]? {
        guard let nearest = nearestDead else { return nil }
        let dead = nearest.enumerated().compactMap { number, end in
            end.map { (obligation: number, end: $0) }
        }
        return zip(dead, paths.paths(to: dead.map(\.end))).map { dead, way in
            let end = walk(from: dead.end.state)
            return StuckObligation(
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

    /// What the system does from a state on when it takes the first step that is barred for no
    /// obligation each time, until a state comes again or no such step is left.
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
