import StateExplorer
import Testing

@testable import InterruptModel

/// The graph is of the wide machine, and the search of the packed one: both see the same.
@Suite("The graph of a small machine's states")
struct StateGraphTests {
    private func graph(
        _ setup: MachineSetup, _ design: EOIDesignEntry, _ granularity: Granularity,
        most: Int = 5_000
    ) throws -> (graph: StateGraph, search: ModelSearch) {
        let search = try ModelSearch(
            setup, design: design, actions: SearchAlphabet.standard(on: setup, granularity),
            granularity: granularity)
        let graph = StateGraph(
            of: search.setup, design: design, actions: search.actions,
            isAtomic: granularity == .atomic, most: most)
        return (graph, search)
    }

    @Test(
        "It has the states and the transitions of the search, under every design",
        arguments: EOIDesigns.all.map(\.name), Granularity.allCases)
    func counts(name: String, granularity: Granularity) throws {
        let design = try #require(EOIDesigns.named(name))
        for levels in 1...2 {
            let (graph, search) = try graph(.levels(levels), design, granularity)
            let report = search.system.search(for: SearchQuestion(0))
            #expect(graph.isComplete)
            #expect(graph.portraits.count == report.extent.states)
            #expect(graph.edges.count == report.extent.transitions)
        }
    }

    @Test(
        "The way to the first breach is as short as the search's, and goes wrong in its last step")
    func way() throws {
        let (graph, _) = try graph(.levels(2), EOIDesigns.standard, .atomic)
        let way = graph.wayToFirstBreach
        #expect(way.count == 8, "the shortest counterexample of rfc-v2 has 8 actions")
        var place = 0
        for index in way {
            #expect(graph.edges[index].from == place)
            place = graph.edges[index].to
        }
        let last = graph.edges[way[7]]
        #expect(last.breaks.contains(InvariantSet(.attribution)))
        #expect(way.dropLast().allSatisfy { graph.edges[$0].breaks.isEmpty })
        let safe = try #require(EOIDesigns.named("one-outstanding"))
        #expect(try self.graph(.levels(2), safe, .atomic).graph.wayToFirstBreach.isEmpty)
    }

    @Test("A graph that has not all states says so, and has no arrow to one that it has not")
    func bound() throws {
        let (graph, _) = try graph(.levels(2), EOIDesigns.standard, .atomic, most: 20)
        #expect(!graph.isComplete && graph.portraits.count == 20)
        #expect(graph.edges.allSatisfy { $0.to < 20 && $0.from < 20 })
    }
}
