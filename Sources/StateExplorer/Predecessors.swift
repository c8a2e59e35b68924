/// Finds the way from the start to a state again, from the tags of the stored words.
struct Predecessors<Word: StateWord> {
    private let system: TransitionSystem<Word>
    private let store: StateStore<Word>

    init(_ system: TransitionSystem<Word>, _ store: StateStore<Word>) {
        self.system = system
        self.store = store
    }

    /// The way to each violation, by property.
    func counterexamples(_ violations: [Violation<Word>]) -> [Counterexample] {
        // One state often breaks several properties.
        var last: (state: Word, path: [Int])?
        let ordered = violations.sorted { ($0.state, $0.property) < ($1.state, $1.property) }
        return ordered.map { violation in
            if last?.state != violation.state {
                let path = path(to: violation.state, atDepth: violation.depth)
                last = (violation.state, path)
            }
            let end = violation.action < 0 ? [] : [violation.action]
            return Counterexample(property: violation.property, actions: (last?.path ?? []) + end)
        }.sorted { $0.property < $1.property }
    }

    /// The actions that lead from the start to a state, as many as its depth.
    func path(to state: Word, atDepth depth: Int) -> [Int] {
        var actions: [Int] = []
        var state = state
        for depth in stride(from: depth, to: 0, by: -1) {
            guard let step = predecessor(of: state, atDepth: depth) else {
                preconditionFailure("a stored state has no predecessor: the search is broken")
            }
            actions.append(step.action)
            state = step.state
        }
        return actions.reversed()
    }

    /// The least state from which the state's action leads to it.
    private func predecessor(
        of state: Word, atDepth depth: Int
    ) -> (state: Word, action: Int)? {
        guard let word = store.word(of: state) else { return nil }
        let origin = store.layout.origin(of: word)
        let candidates = store.states(ofDepth: depth - 1, beginning: origin.beginning).sorted()
        var expansion = Expansion<Word>()
        expansion.begin(interest: 0, wantsSuccessors: true)
        system.expand(candidates, &expansion)
        let leading = expansion.transitions[..<expansion.count].filter {
            $0.action == origin.action && $0.successor == state
        }
        guard let first = leading.map(\.state).min() else { return nil }
        return (candidates[Int(first)], origin.action)
    }
}
