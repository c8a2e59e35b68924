import Testing

@testable import StateExplorer

/// The explorer against the reference: every number and every counterexample.
@Suite struct ExplorerTests {
    static let graphs: [(String, Graph)] = [
        ("one state", Graph(stateBits: 1, actions: 1, edges: { _ in [] })),
        (
            "a counter that wraps",
            Graph(
                stateBits: 7, actions: 1, edges: { [.init(action: 0, target: ($0 + 1) % 100)] },
                broken: { $0 == 99 ? 1 : 0 })
        ),
        (
            "a start that is broken, and not 0",
            Graph(
                start: 5, stateBits: 3, actions: 2,
                edges: { [.init(action: 0, target: $0 / 2), .init(action: 1, target: 7 - $0)] },
                broken: { $0 == 5 ? 2 : 0 })
        ),
        (
            "a hypercube: every order of actions leads everywhere",
            Graph(
                stateBits: 13, actions: 13,
                edges: { state in
                    (0..<13).map { Graph.Edge(action: $0, target: state ^ 1 << UInt64($0)) }
                },
                broken: { $0 == 0b1_0110_1001_0011 ? 4 : 0 })
        ),
        ("random, sparse", .random(seed: 1, states: 3_000, actions: 2)),
        ("random", .random(seed: 2, states: 20_000, actions: 4)),
        ("random, dense", .random(seed: 3, states: 9_000, actions: 9)),
    ]

    private func expectSame(_ found: SearchReport, _ reference: Reference, _ name: String) {
        #expect(found.states == reference.states, "\(name)")
        #expect(found.transitions == reference.transitions, "\(name)")
        #expect(found.depth == reference.depth, "\(name)")
        #expect(found.counterexamples == reference.counterexamples, "\(name)")
        #expect(found.isComplete, "\(name)")
    }

    @Test("Words of 64, 128 and 256 bits, one to three threads: the reference's very report")
    func agrees() {
        for (name, graph) in Self.graphs {
            let reference = Reference(graph)
            for threads in 1...3 {
                expectSame(
                    Explorer<UInt64>(graph.system(), threads: threads).search(for: .max),
                    reference, name)
                expectSame(
                    Explorer<UInt128>(graph.system(shifted: 70), threads: threads)
                        .search(for: .max), reference, name)
                expectSame(
                    Explorer<WideWord>(graph.system(shifted: 120), threads: threads)
                        .search(for: .max), reference, name)
            }
        }
    }

    @Test("No room for the predecessor's beginning: the same report")
    func withoutBeginning() {
        for (name, graph) in Self.graphs where graph.stateBits > 1 {
            let free = 64 - graph.stateBits - WordLayout<UInt64>.tagBits(graph.actions)
            let system: TransitionSystem<UInt64> = graph.system(shifted: free)
            #expect(WordLayout(system).beginningBits == 0)
            expectSame(Explorer(system).search(for: .max), Reference(graph), name)
        }
    }

    @Test("Of a property that nobody asks for nothing is said")
    func interest() {
        let graph = Graph.random(seed: 2, states: 20_000, actions: 4)
        let all = Explorer<UInt64>(graph.system()).search(for: .max).counterexamples
        let one = Explorer<UInt64>(graph.system()).search(for: 1 << 5).counterexamples
        #expect(all.count > 2 && one == all.filter { $0.property == 5 })
    }

    // MARK: - Limits

    /// What the reference says of a search that ends at a depth.
    private func expect(_ found: SearchReport, _ stop: SearchStop, _ graph: Graph) {
        let reference = Reference(graph, deepest: found.depth)
        #expect(found.stop == stop && !found.isComplete)
        #expect(found.states == reference.states)
        #expect(found.transitions == reference.transitions)
        #expect(found.counterexamples == reference.counterexamples)
    }

    @Test(
        "A limit leaves whole depths, the same for every number of threads",
        arguments: [
            (SearchLimits(states: 700), SearchStop.states),
            (SearchLimits(bytes: 100_000), .memory), (SearchLimits(depth: 3), .depth),
            (SearchLimits(depth: 0), .depth), (SearchLimits(states: 1), .states),
        ])
    func limits(limits: SearchLimits, stop: SearchStop) {
        let graph = Graph.random(seed: 2, states: 20_000, actions: 4)
        let one = Explorer<UInt64>(graph.system(), limits: limits, threads: 1).search(for: .max)
        expect(one, stop, graph)
        #expect(one.states <= limits.states)
        let two = Explorer<UInt64>(graph.system(), limits: limits, threads: 2).search(for: .max)
        #expect(two == one)
    }

    @Test(
        "A pulse ends it, and what is then said is true",
        arguments: [SearchStop.time, .interruption])
    func pulse(stop: SearchStop) {
        let graph = Graph.random(seed: 3, states: 9_000, actions: 9)
        let found = Explorer<UInt64>(graph.system(), threads: 2) { progress in
            progress.states > 2_000 ? stop : nil
        }.search(for: .max)
        expect(found, stop, graph)
    }

    @Test("Where depths end, it says so: 1023 is the last that a word can tell")
    func deepest() {
        let chain = Graph(
            stateBits: 12, actions: 1,
            edges: { $0 < 3_000 ? [.init(action: 0, target: $0 + 1)] : [] })
        let found = Explorer<UInt64>(chain.system()).search(for: .max)
        #expect(found.stop == .depth && found.depth == 1_023 && found.states == 1_024)
    }

    @Test("A search that loses states, or takes two for one, is noticed by these comparisons")
    func mutants() {
        let graph = Graph.random(seed: 3, states: 9_000, actions: 9)
        let reference = Reference(graph)
        // Lost: one state in a thousand never gets in.
        var lossy = graph
        lossy.edges = { state in graph.edges(state).filter { $0.target % 1_000 != 7 } }
        #expect(Explorer<UInt64>(lossy.system()).search(for: .max).states != reference.states)
        // Wrong dedup: the highest bit of a state is forgotten.
        var merging = graph
        merging.edges = { state in
            graph.edges(state).map { edge in
                Graph.Edge(action: edge.action, target: edge.target & 0x1FFF, broken: edge.broken)
            }
        }
        #expect(Explorer<UInt64>(merging.system()).search(for: .max).states != reference.states)
        // The last depth is missed.
        let limits = SearchLimits(depth: reference.depth - 1)
        let shallow = Explorer<UInt64>(graph.system(), limits: limits).search(for: .max)
        #expect(shallow.states < reference.states && !shallow.isComplete)
    }
}
