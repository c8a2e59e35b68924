import InterruptModel
import Searches
import StateExplorer
import Testing

@Suite("A search's findings in the model's own words (how-the-search-works)")
struct ModelFindingsTests {
    private let conduct = SearchConduct(limits: SearchLimits(), threads: 1) { _ in nil }

    private func search(
        _ design: String, _ setup: MachineSetup = .levels(2), _ granularity: Granularity = .step
    ) throws -> ModelSearch {
        try ModelSearch(
            setup, design: try #require(EOIDesigns.named(design)),
            actions: SearchAlphabet.standard(on: setup, granularity), granularity: granularity)
    }

    @Test(
        "Violations are ways of actions that break what they are said to",
        arguments: ["rfc-v2", "reevaluate-all"])
    func violations(design: String) throws {
        let search = try search(design)
        let found = search.run(ModelQuestion(), conduct)
        #expect(!found.violations.isEmpty)
        for violation in found.violations {
            let actions = try #require(violation.way.actions)
            #expect(actions.count == violation.way.length)
            let trace = ModelTrace(
                actions, on: search.setup, design: try #require(EOIDesigns.named(design)),
                isAtomic: false)
            #expect(trace.disabled.isEmpty)
            #expect(trace.violated.isSuperset(of: InvariantSet(violation.invariants)))
        }
    }

    @Test("What one way violates together is one violation, and each invariant is in one")
    func joined() throws {
        let found = try search("rfc-v2").run(ModelQuestion(), conduct)
        let ways = found.violations.compactMap(\.way.actions)
        #expect(Set(ways).count == ways.count)
        let named = found.violations.flatMap(\.invariants)
        #expect(Set(named).count == named.count)
        #expect(Set(found.kept).isDisjoint(with: named))
        #expect(found.kept.count + named.count == Invariant.allCases.count)
    }

    @Test("A line that gets stuck has its pin's number, whatever the order of the pins")
    func stuck() throws {
        var setup = MachineSetup.levels(2)
        setup.pins.reverse()
        let search = try search("reevaluate-all", setup)
        let stuck = try #require(search.run(ModelQuestion(checksLiveness: true), conduct).stuck)
        #expect(!stuck.isEmpty)
        for line in stuck {
            let actions = try #require(line.way.actions)
            let fate = try LineFate.of(
                line.pin, on: setup, design: try #require(EOIDesigns.named("reevaluate-all")),
                after: actions, granularity: .step)
            #expect(fate == .stuck)
        }
    }

    @Test("Liveness that nobody asked for is not answered; a search that a limit ends says so")
    func extent() throws {
        let search = try search("rfc-v2")
        #expect(search.run(ModelQuestion(), conduct).stuck == nil)
        var short = conduct
        short.limits.depth = 2
        let found = search.run(ModelQuestion(checksLiveness: true), short)
        #expect(found.stuck == nil && found.extent.stop == .depth && !found.extent.isComplete)
        #expect(found.extent.depth == 2 && !found.extent.visitsAll)
    }
}
