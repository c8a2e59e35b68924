import Testing

@testable import StateExplorer

@Suite("One shortest way for each last action that breaks a property") struct CauseTests {
    /// A property, the last action and the length of a way.
    private struct Cause: Hashable {
        var property: Int
        var last: Int
        var length: Int
    }

    /// Slow and obvious: the depth of each state, then each step once.
    private func reference(_ graph: Graph) -> Set<Cause> {
        var depths = [graph.start: 0]
        var order = [graph.start]
        var next = 0
        while next < order.count {
            let state = order[next]
            next += 1
            for edge in graph.edges(state) where depths[edge.target] == nil {
                depths[edge.target] = (depths[state] ?? 0) + 1
                order.append(edge.target)
            }
        }
        var least: [[Int]: Int] = [:]
        func note(_ properties: PropertyBits, _ last: Int, _ length: Int) {
            for property in 0..<16 where properties >> property & 1 != 0 {
                least[[property, last]] = min(least[[property, last]] ?? .max, length)
            }
        }
        note(graph.broken(graph.start), -1, 0)
        for state in order {
            for edge in graph.edges(state) {
                let new = edge.broken | graph.broken(edge.target) & ~graph.broken(state)
                note(new, edge.action, (depths[state] ?? 0) + 1)
            }
        }
        return Set(least.map { Cause(property: $0.key[0], last: $0.key[1], length: $0.value) })
    }

    private func causes(_ found: SearchReport) -> [Cause] {
        found.counterexamples.map { example in
            Cause(
                property: example.property, last: example.actions?.last ?? -1,
                length: example.length)
        }
    }

    /// Whether the last of these actions breaks the property.
    private func isShown(_ example: Counterexample, _ graph: Graph) -> Bool {
        let bit: PropertyBits = 1 << PropertyBits(example.property)
        var state = graph.start
        var isBroken = graph.broken(state) & bit != 0
        for action in example.actions ?? [] {
            guard let edge = graph.edges(state).first(where: { $0.action == action }) else {
                return false
            }
            isBroken =
                (edge.broken | graph.broken(edge.target) & ~graph.broken(state)) & bit != 0
            state = edge.target
        }
        return isBroken
    }

    @Test("Every property with every last action, as a slow search finds them", arguments: 1...6)
    func all(seed: UInt64) {
        let graph = Graph.random(seed: seed, states: 3_000, actions: 7)
        let expected = reference(graph)
        let question = SearchQuestion(.max, everyCause: true)
        let one = Explorer<UInt64>(graph.system()).search(for: question)
        #expect(Set(causes(one)) == expected && causes(one).count == expected.count)
        #expect(expected.count > 12)
        #expect(one.counterexamples.allSatisfy { isShown($0, graph) })
        for threads in 2...3 {
            #expect(Explorer<UInt64>(graph.system(), threads: threads).search(for: question) == one)
        }
        // The shortest of all is the one that is found alone.
        let alone = Explorer<UInt64>(graph.system()).search(for: .max)
        for example in alone.counterexamples {
            let own = one.counterexamples.filter { $0.property == example.property }
            #expect(own.map(\.length).min() == example.length)
        }
        #expect(one.states == alone.states && one.transitions == alone.transitions)
    }

    @Test("A step between two states that both break a property is no cause of it")
    func kept() {
        let graph = Graph(
            stateBits: 3, actions: 2,
            edges: { state in
                state < 3 ? [.init(action: state < 1 ? 0 : 1, target: state + 1)] : []
            }, broken: { $0 >= 1 ? 1 : 0 })
        let found = Explorer<UInt64>(graph.system())
            .search(for: SearchQuestion(.max, everyCause: true))
        #expect(found.counterexamples == [Counterexample(property: 0, actions: [0])])
    }

    @Test("What the start breaks has no last action")
    func start() {
        let graph = Graph(
            stateBits: 3, actions: 1, edges: { $0 < 3 ? [.init(action: 0, target: $0 + 1)] : [] },
            broken: { $0 == 1 ? 0 : 1 })
        let found = Explorer<UInt64>(graph.system())
            .search(for: SearchQuestion(.max, everyCause: true))
        #expect(
            found.counterexamples == [
                Counterexample(property: 0, actions: []),
                Counterexample(property: 0, actions: [0, 0]),
            ])
    }
}
