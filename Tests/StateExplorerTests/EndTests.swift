import Synchronization
import Testing

@testable import StateExplorer

@Suite("A search ended in a part of its work says what it has found until then") struct EndTests {
    /// 0 → 1 → … → 40; each state from `first` on breaks property 3.
    private static func chain(from first: UInt64) -> Graph {
        Graph(
            stateBits: 12, actions: 1,
            edges: { $0 < 40 ? [.init(action: 0, target: $0 + 1)] : [] },
            broken: { $0 >= first ? 1 << 3 : 0 })
    }

    private func search(
        _ graph: Graph, pulse: @escaping SearchPulse
    ) -> SearchReport {
        Explorer<UInt64>(graph.system(), threads: 2, pulse: pulse).search(for: .max)
    }

    @Test(
        "Ended while a way is found, it says what is wrong and how far from the start",
        arguments: [SearchStop.time, .interruption])
    func ways(stop: SearchStop) {
        let found = search(Self.chain(from: 7)) { progress in
            if case .ways = progress.phase { stop } else { nil }
        }
        #expect(
            found.counterexamples == [Counterexample(property: 3, length: 7, actions: nil)])
        #expect(found.stop == stop && !found.isComplete && !found.visitsAll)
        #expect(found.judgedDepth == 8)
    }

    @Test("Ended while the last way is found, it has visited every state and is not complete")
    func lastWay() {
        let found = search(Self.chain(from: 40)) { progress in
            if case .ways = progress.phase { .interruption } else { nil }
        }
        #expect(found.visitsAll && !found.isComplete && found.stop == .interruption)
        #expect(found.states == 41 && found.counterexamples.map(\.length) == [40])
    }

    @Test("A way is found as soon as something is wrong: what ends the search later costs none")
    func early() {
        let found = search(Self.chain(from: 7)) { progress in
            progress.states > 20 || progress.depth > 18 ? .interruption : nil
        }
        #expect(found.stop == .interruption && found.depth < 40)
        #expect(found.counterexamples.map(\.actions) == [Array(repeating: 0, count: 7)])
    }

    @Test("Ended once more while it judges its last states, it does not vouch for them")
    func judging() {
        // State 9 would break the property.
        func found(_ judges: Bool) -> SearchReport {
            search(Self.chain(from: 9)) { progress in
                switch progress.phase {
                case .states: progress.states > 10 ? .time : nil
                case .judging: judges ? nil : .time
                default: nil
                }
            }
        }
        #expect(found(true).depth == 9 && found(true).judgedDepth == 9)
        #expect(found(true).counterexamples.map(\.length) == [9])
        #expect(found(false).depth == 9 && found(false).judgedDepth == 8)
        #expect(found(false).counterexamples == [])
    }

    /// A ring in which nothing is ever met; property numbers are obligations.
    private static let ring = TransitionSystem<UInt64>(
        start: 0, stateBits: 8,
        liveness: LivenessSystem(stepLimit: 1) { states in
            states.map { state in
                LivenessState(
                    owed: 1,
                    steps: [.init(action: 0, successor: (state + 1) % 200, met: 0, barred: 0)])
            }
        }
    ) { families, expansion in
        expansion.fill(upTo: families.reduce(0) { $0 + $1.count }) { transitions in
            var count = 0
            for (number, family) in families.enumerated() {
                for state in family.states {
                    transitions[count] = Transition(
                        in: number, of: 1 << (state & 63), by: 0,
                        changing: state ^ ((state + 1) % 200))
                    count += 1
                }
            }
            return count
        }
    }

    @Test("Ended while it asks what can be met, it has no answer and says why", arguments: 1...6)
    func liveness(turn: Int) {
        let asked = Mutex(0)
        let question = SearchQuestion(0, checksLiveness: true)
        let found = Explorer<UInt64>(Self.ring) { progress in
            guard case .liveness = progress.phase else { return nil }
            return asked.withLock {
                $0 += 1
                return $0 == turn ? .interruption : nil
            }
        }.search(for: question)
        #expect(found.states == 200 && found.visitsAll)
        #expect(found.stuck == nil && found.stop == .interruption && !found.isComplete)
        let whole = Explorer<UInt64>(Self.ring).search(for: question)
        #expect(whole.stuck?.map(\.obligation) == [0] && whole.isComplete)
    }

    @Test("The way to what is stuck may be ended too: that it is stuck is known")
    func stuckWay() {
        var system = Self.ring
        // Only from the state of number 150 on is anything owed.
        system = TransitionSystem(
            start: 0, stateBits: 8,
            liveness: LivenessSystem(stepLimit: 1) { states in
                states.map {
                    LivenessState(
                        owed: $0 == 150 ? 1 : 0,
                        steps: [.init(action: 0, successor: $0, met: 0, barred: 0)])
                }
            }, expand: system.expand)
        let found = Explorer<UInt64>(system) { progress in
            if case .ways = progress.phase { .interruption } else { nil }
        }.search(for: SearchQuestion(0, checksLiveness: true))
        #expect(
            found.stuck == [
                StuckObligation(obligation: 0, length: 150, actions: nil, after: [0], loop: 0)
            ])
        #expect(found.stop == .interruption)
    }

    @Test("States are sorted in parts as they would be at once", arguments: [0, 1, 2, 40])
    func sorts(borders: Int) {
        let states = (0..<5_000 as Range<UInt64>).map { ($0 &* 0x9E37_79B9_7F4A_7C15).mixed }
        var sorted = SortedStates(borders: Array(states[..<borders]))
        for state in states { sorted.add(state) }
        #expect(sorted.sorted { true } == states.sorted())
        var again = SortedStates(borders: Array(states[..<borders]))
        for state in states { again.add(state) }
        var turns = 0
        let none = again.sorted {
            turns += 1
            return turns <= borders
        }
        #expect(none == nil)
    }

    @Test("Every state of a store comes out in order, whatever its depth")
    func store() {
        let graph = Graph.random(seed: 3, states: 40_000, actions: 4)
        let system: TransitionSystem<UInt64> = graph.system()
        let store = StateStore(system)
        store.insertStart()
        var buckets = Buckets<UInt64>(nil)
        for depth in 0..<30 {
            let families = store.states(ofDepth: depth).map { Family($0) }
            var expansion = Expansion<UInt64>()
            expansion.begin(interest: 0, wantsSuccessors: true)
            system.expand(families, &expansion)
            _ = buckets.add(expansion, of: families, to: store)
            buckets.flush(into: store)
            store.close(depth + 1)
        }
        let all = (0...30).flatMap { store.states(ofDepth: $0) }.sorted()
        #expect(all.count > 3 * SortedStates<UInt64>.partSize / 2)
        #expect(store.sorted { true } == all)
    }
}
