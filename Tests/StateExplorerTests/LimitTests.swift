import Testing

@testable import StateExplorer

/// What is left of a search that ends too early: whole depths, and no guess about the rest.
@Suite("What is left of a search that ends too early") struct LimitTests {
    private static let graph = Graph.random(seed: 2, states: 20_000, actions: 4)

    /// What the reference says of a search that ends at a depth.
    private func expect(_ found: SearchReport, _ stop: SearchStop, _ graph: Graph) {
        let reference = Reference(graph, deepest: found.depth)
        #expect(found.stop == stop && !found.isComplete)
        #expect(found.states == reference.states)
        #expect(found.transitions == reference.transitions)
        #expect(found.counterexamples == reference.counterexamples)
        #expect(found.counterexamples.allSatisfy(graph.isShown))
    }

    @Test(
        "A limit leaves whole depths, the same for every number of threads",
        arguments: [
            (SearchLimits(states: 700), SearchStop.states), (SearchLimits(states: 1), .states),
            (SearchLimits(states: 9_000), .states), (SearchLimits(bytes: 30_000), .memory),
            (SearchLimits(bytes: 1), .memory), (SearchLimits(depth: 0), .depth),
            (SearchLimits(depth: 3), .depth), (SearchLimits(depth: 9), .depth),
        ])
    func limits(limits: SearchLimits, stop: SearchStop) {
        let one = Explorer<UInt64>(Self.graph.system(), limits: limits).search(for: .max)
        expect(one, stop, Self.graph)
        #expect(one.states <= limits.states && one.depth <= limits.depth)
        for threads in 2...3 {
            let explorer = Explorer<UInt64>(
                Self.graph.system(), limits: limits, threads: threads)
            #expect(explorer.search(for: .max) == one)
        }
    }

    @Test("A limit that is just kept does not end a search")
    func kept() {
        let all = Explorer<UInt64>(Self.graph.system()).search(for: .max)
        let limits = SearchLimits(states: all.states, bytes: all.bytes)
        #expect(Explorer<UInt64>(Self.graph.system(), limits: limits).search(for: .max) == all)
        let less = SearchLimits(states: all.states - 1)
        let found = Explorer<UInt64>(Self.graph.system(), limits: less).search(for: .max)
        expect(found, .states, Self.graph)
    }

    @Test(
        "A pulse ends it, and what is then said is true",
        arguments: [SearchStop.time, .interruption])
    func pulse(stop: SearchStop) {
        let graph = Graph.random(seed: 3, states: 9_000, actions: 9)
        for threads in 1...2 {
            let found = Explorer<UInt64>(graph.system(), threads: threads) { progress in
                progress.states > 2_000 ? stop : nil
            }.search(for: .max)
            expect(found, stop, graph)
        }
    }

    /// 0 → 1 → 2 → …; each state from `first` on breaks property 3, each step from `first` on 4.
    private func chain(_ length: UInt64, from first: UInt64) -> Graph {
        Graph(
            stateBits: 12, actions: 1,
            edges: { state in
                guard state < length else { return [] }
                let broken: PropertyBits = state >= first ? 1 << 4 : 0
                return [.init(action: 0, target: state + 1, broken: broken)]
            }, broken: { $0 >= first ? 1 << 3 : 0 })
    }

    @Test("States of the last depth are judged; the steps from them are not taken")
    func lastDepth() {
        let chain = chain(20, from: 7)
        func found(_ depth: Int) -> SearchReport {
            let limits = SearchLimits(depth: depth)
            return Explorer<UInt64>(chain.system(), limits: limits).search(for: .max)
        }
        let way = Array(repeating: 0, count: 7)
        #expect(found(6).counterexamples == [])
        #expect(found(7).counterexamples == [Counterexample(property: 3, actions: way)])
        #expect(found(7).transitions == 7)
        #expect(
            found(8).counterexamples == [
                Counterexample(property: 3, actions: way),
                Counterexample(property: 4, actions: way + [0]),
            ])
    }

    @Test("What is wrong with a state is said even where its expansion was dropped")
    func stopped() {
        // The step from state 7, dropped, finds the ninth state and breaks property 4.
        let chain = chain(20, from: 7)
        let way = Counterexample(property: 3, actions: Array(repeating: 0, count: 7))
        let limited = Explorer<UInt64>(chain.system(), limits: SearchLimits(states: 8))
            .search(for: .max)
        #expect(limited.stop == .states && limited.depth == 7 && limited.transitions == 7)
        #expect(limited.counterexamples == [way])
        let interrupted = Explorer<UInt64>(chain.system()) { progress in
            progress.states > 8 ? .interruption : nil
        }.search(for: .max)
        #expect(interrupted.stop == .interruption && interrupted.depth == 7)
        #expect(interrupted.counterexamples == [way])
    }

    @Test("A chain of 3,000 depths is gone through to its end, and back for the way there")
    func deepest() {
        let found = Explorer<UInt64>(chain(3_000, from: 2_900).system(), threads: 2)
            .search(for: .max)
        #expect(found.isComplete && found.depth == 3_000 && found.states == 3_001)
        let way = Array(repeating: 0, count: 2_900)
        #expect(
            found.counterexamples == [
                Counterexample(property: 3, actions: way),
                Counterexample(property: 4, actions: way + [0]),
            ])
    }
}
