import Testing

@testable import StateExplorer

@Suite("The explorer against the reference: every number and every counterexample")
struct ExplorerTests {
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
        ("a ring with one token", .ring(8, tokens: 1)),
        ("a ring with two tokens", .ring(6, tokens: 0b1001)),
        ("many predecessors by the same action", .funnel),
        ("random, sparse", .random(seed: 1, states: 3_000, actions: 2)),
        ("random", .random(seed: 2, states: 20_000, actions: 4)),
        ("random, dense", .random(seed: 3, states: 9_000, actions: 9)),
    ]

    private static let references = graphs.map { Reference($0.1) }

    private func expectSame(_ found: SearchReport, _ reference: Reference, _ name: String) {
        #expect(found.states == reference.states, "\(name)")
        #expect(found.transitions == reference.transitions, "\(name)")
        #expect(found.depth == reference.depth, "\(name)")
        #expect(found.counterexamples == reference.counterexamples, "\(name)")
        #expect(found.isComplete, "\(name)")
    }

    /// Explores a graph whose states stand so many bits up.
    private func expectSame<Word: StateWord>(
        _ type: Word.Type, _ graph: Graph, shifted places: Int, threads: Int,
        _ reference: Reference, _ name: String
    ) {
        let explorer = Explorer<Word>(graph.system(shifted: places), threads: threads)
        let found = explorer.search(for: .max)
        expectSame(found, reference, "\(name), \(Word.self), \(threads) threads")
    }

    @Test(
        "Words of every width, low and high in them, one to three threads: the reference's report",
        arguments: graphs.indices)
    func agrees(index: Int) {
        let (name, graph) = Self.graphs[index]
        let reference = Self.references[index]
        // Low, so that families have many members; in the middle, across the halves of wide words;
        // high.
        let (small, medium, large) = ([0, 4, 40], [0, 57, 104], [0, 121, 232])
        for threads in 1...3 {
            for turn in 0...1 {
                let place = (threads - 1 + turn) % 3
                expectSame(
                    UInt64.self, graph, shifted: small[place], threads: threads, reference, name)
                if turn == 1 { continue }
                expectSame(
                    UInt128.self, graph, shifted: medium[place], threads: threads, reference, name)
                expectSame(
                    WideWord.self, graph, shifted: large[place], threads: threads, reference, name)
            }
        }
    }

    @Test("Some of these graphs have depths that several threads share")
    func isWide() {
        let widest = Self.references.map(\.widest)
        #expect(widest.filter { $0 >= 4 * Frontier<UInt64>.batchSize }.count >= 2)
    }

    @Test("A counterexample, replayed, ends in its property and meets it nowhere before")
    func replayed() {
        var count = 0
        for (name, graph) in Self.graphs {
            let found = Explorer<UInt64>(graph.system(), threads: 2).search(for: .max)
            for example in found.counterexamples {
                #expect(graph.isShown(by: example), "\(name): \(example)")
                count += 1
            }
        }
        #expect(count >= 10)
    }

    @Test("A ring of n with one token has 3n·2ⁿ⁻¹ states and excludes; with two it does not")
    func ring() {
        let one = Explorer<UInt64>(Graph.ring(8, tokens: 1).system()).search(for: .max)
        #expect(one.states == 3 * 8 * 128 && one.counterexamples == [])
        // The holder can do one thing, and whoever is idle can try.
        #expect(one.transitions == 3_072 + 3_072 * 7 / 2 + 1_024)
        let two = Explorer<UInt64>(Graph.ring(6, tokens: 0b1001).system()).search(for: .max)
        // 0 and 3 try, then both enter: of each step the least action that keeps it shortest.
        #expect(two.counterexamples.map(\.property) == [0])
        #expect(two.counterexamples.first?.length == 4)
    }

    @Test("States that fill their words to the last bit: the same report")
    func full() {
        for (name, graph) in Self.graphs {
            let system: TransitionSystem<UInt64> = graph.system(shifted: 64 - graph.stateBits)
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
}
