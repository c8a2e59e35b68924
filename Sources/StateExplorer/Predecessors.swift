internal import Synchronization

/// Finds the way from the start to a state again.
///
/// No state says where it came from: the depth before its own is expanded once more. A shortest
/// way is only asked for where something is wrong, and most often near the start; where it is far,
/// finding it takes as long as the search did to get there.
struct Predecessors<Word: StateWord>: Sendable {
    /// A state, and an action that leads from it to a given one. Of several the least action
    /// counts, then the least state, so that it does not matter which thread was first.
    private struct Origin: Comparable, Sendable {
        var action: Int
        var state: Word

        static func < (one: Self, other: Self) -> Bool {
            (one.action, one.state) < (other.action, other.state)
        }
    }

    private let system: TransitionSystem<Word>
    private let store: StateStore<Word>
    private let supervisor: Supervisor
    private let threads: Int

    init(
        _ system: TransitionSystem<Word>, _ store: StateStore<Word>, _ supervisor: Supervisor,
        threads: Int
    ) {
        self.system = system
        self.store = store
        self.supervisor = supervisor
        self.threads = threads
    }

    /// The way to each violation.
    func counterexamples(_ violations: [Violation<Word>]) -> [Counterexample] {
        let paths = paths(to: violations.map { ($0.state, $0.depth) })
        return zip(violations, paths).map { violation, path in
            let end = violation.action < 0 ? [] : [violation.action]
            return Counterexample(
                property: violation.property, length: violation.length,
                actions: path.map { $0 + end })
        }
    }

    /// The actions that lead from the start to each of these states, as many as its depth; of
    /// several the least action each time, from the least state. Nil where the supervisor ends the
    /// work before that is known.
    func paths(to ends: [(state: Word, depth: Int)]) -> [[Int]?] {
        var states = ends.map(\.state)
        var paths: [[Int]] = ends.map { _ in [] }
        supervisor.begin(.ways(left: ends.map(\.depth).max() ?? 0))
        for depth in stride(from: ends.map(\.depth).max() ?? 0, to: 0, by: -1) {
            let open = ends.indices.filter { ends[$0].depth >= depth }
            var targets: [Word] = []
            for index in open where !targets.contains(states[index]) {
                targets.append(states[index])
            }
            let origins = origins(of: targets, atDepth: depth)
            guard supervisor.stop == nil else { return ends.map { $0.depth == 0 ? [] : nil } }
            for index in open {
                guard let target = targets.firstIndex(of: states[index]),
                    let origin = origins[target]
                else {
                    preconditionFailure("a stored state has no predecessor: the search is broken")
                }
                paths[index].append(origin.action)
                states[index] = origin.state
            }
        }
        return paths.map { $0.reversed() }
    }

    /// For each target what leads to it from the depth before.
    private func origins(of targets: [Word], atDepth depth: Int) -> [Origin?] {
        let least = Mutex<[Origin?]>(Array(repeating: nil, count: targets.count))
        let frontier = Frontier(store, depth: depth - 1)
        Parallel.perform(frontier.useful(threads)) { _ in
            var families: [Family<Word>] = []
            var expansion = Expansion<Word>()
            while frontier.takeBatch(into: &families) > 0, supervisor.goesOn(.ways(left: depth)) {
                expansion.begin(interest: 0, wantsSuccessors: true)
                system.expand(families, &expansion)
                for index in 0..<expansion.count {
                    let transition = expansion.transitions[index]
                    let source = Family(
                        word: families[Int(transition.family)].word, members: transition.members)
                    for target in targets.indices {
                        let state = targets[target] ^ transition.changes
                        guard source.contains(state) else { continue }
                        let origin = Origin(action: Int(transition.action), state: state)
                        least.withLock { $0[target] = min($0[target] ?? origin, origin) }
                    }
                }
            }
        }
        return least.withLock { $0 }
    }
}
