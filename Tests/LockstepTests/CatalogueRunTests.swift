import InterruptModel
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Lockstep

@Suite("The catalogue on the model")
struct CatalogueRunTests {
    @Test("There is a catalogue to run")
    func isThere() { #expect(Combination.all.count > 1_000) }

    @Test("Every scenario passes, with exactly its hazards", arguments: Combination.all)
    func passes(combination: Combination) {
        let outcome = combination.run()
        #expect(outcome.verdict == .pass)
        #expect(outcome.mismatch == nil)
        #expect(outcome.failure == nil)
        let design = combination.kind == .plain ? Scenario.plainDesign : combination.design.name
        var setup = combination.scenario.setup
        (setup.kind, setup.irqchip) = (combination.kind, combination.irqchip)
        let known = combination.scenario.knownHazards(of: design, on: setup)
        #expect(outcome.hazards == known.members.map(\.name))
        #expect(outcome.compared.steps > 0)
        #expect(outcome.compared.fields > outcome.compared.steps)
    }

    @Test(
        "A scenario without hazards compares an end of interrupt or shows why there is none",
        arguments: Combination.catalogue.filter {
            $0.hazards.isEmpty && $0.irqchips.contains(.split)
        }.map(\.name))
    func comparesEnds(name: String) throws {
        let scenario = try #require(Combination.catalogue.first { $0.name == name })
        let expectsNone = (scenario.expectations + scenario.steps.flatMap(\.expectations))
            .contains { $0.fact == .eoiExits([]) || $0.fact == .deliveries([:]) }
        let isEdgeOnly = scenario.setup.pins.allSatisfy { $0.trigger == .edge }
        let isPending = !scenario.steps.contains(where: \.isEOI)
        let saysWhy = expectsNone || isEdgeOnly || isPending
        #expect(saysWhy || Combination.of(scenario).contains { $0.run().compared.eois > 0 })
    }

    @Test(
        "Under other axes than its own every scenario still runs, and a design keeps its promises",
        arguments: PageTMR.allCases, GuestEOI.allCases)
    func otherAxes(pageTMR: PageTMR, guestEOI: GuestEOI) {
        for scenario in Combination.catalogue where scenario.machines.contains(.secure) {
            for irqchip in scenario.irqchips where !scenario.groups.contains("storm") {
                for design in EOIDesigns.all {
                    let options = LockstepOptions(
                        design: design, irqchip: irqchip, kind: .secure,
                        axes: [.pageTMR: pageTMR.rawValue, .guestEOI: guestEOI.rawValue])
                    let outcome = run(scenario, options)
                    let kept = design.rulesOut(on: scenario.setup).members.map(\.name)
                    // Those that the scenario itself has are its own, and judged.
                    let isOwn =
                        scenario.setup.assumptions.pageTMR == pageTMR
                        && scenario.setup.guestEOI == guestEOI
                    let isHeld = !kept.isEmpty || isOwn
                    #expect(
                        outcome.verdict == (isHeld ? .pass : .shown),
                        "\(scenario.name) \(design.name)")
                    #expect(Set(outcome.hazards).isDisjoint(with: kept), "\(scenario.name)")
                }
            }
        }
    }

    private func run(_ scenario: Scenario, _ options: LockstepOptions) -> ScenarioOutcome {
        var backend: any Backend = ModelBackend()
        return Lockstep(options).run(scenario, on: &backend)
    }
}

extension ScenarioStep {
    fileprivate var expectations: [Scenarios.Expectation] {
        switch self {
        case .action: []
        case .expect(let expectations): expectations
        case .repeat(_, let steps): steps.flatMap(\.expectations)
        }
    }

    fileprivate var isEOI: Bool {
        switch self {
        case .action(.eoi, _, _): true
        case .action, .expect: false
        case .repeat(_, let steps): steps.contains(where: \.isEOI)
        }
    }
}
