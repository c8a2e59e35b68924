import InterruptModel
import Lockstep
import Scenarios
import Testing
import Verdicts

/// A host whose KVM ends every interrupt itself, played by the model.
struct PeculiarBackend: ModelPlayer {
    let name = "peculiar"
    var inside: ModelBackend

    init(space: WideSpace = WideSpace()) { inside = ModelBackend(space: space) }

    func obstacle(to scenario: Scenario, _ setup: MachineSetup) -> Skip? {
        setup.kind == .plain ? nil : Skip(reason: "is plain")
    }

    func actual(_ setup: MachineSetup) -> MachineSetup {
        var setup = setup
        setup.endsAtDelivery = true
        return setup
    }
}

/// Found in review: on such a host no expectation was checked at all.
@Suite("A KVM that ends interrupts itself is no way to pass")
struct PeculiarHostTests {
    private func run(
        _ scenario: Scenario, on space: WideSpace = WideSpace()
    ) -> Lockstep.Outcome {
        var backend: any Backend = PeculiarBackend(space: space)
        return Lockstep(LockstepOptions()).run(scenario, on: &backend)
    }

    @Test("A wrong expectation fails there too")
    func expectations() throws {
        let wrong = try scenario("assert 2, run, eoi", "expect: {deliveries: {0x31: 77}}")
        #expect(run(wrong).mismatch?.code == .expectation)
        let right = try scenario(
            "assert 2, run, deassert 2, eoi", "expect: {deliveries: {0x31: 1}}")
        #expect(run(right).verdict == .pass)
    }

    @Test("What the machine does is held against a model with the same peculiarity")
    func lockstep() throws {
        let level = try scenario(
            "assert 2, run, deassert 2, eoi", "expect: {deliveries: {0x31: 1}}")
        let mutant = WideSpace(breaking: .eoiClearsRemoteIRR)
        let outcome = run(level, on: mutant)
        // The line is served again at the end that KVM makes, which the mutant forbids.
        #expect(outcome.verdict == .fail && outcome.mismatch?.first.field == "IRR")
    }

    @Test("The whole catalogue runs there, with the hazards that it states for a plain machine")
    func catalogue() {
        for scenario in Combination.catalogue
        where scenario.machines.contains(.plain) && scenario.irqchips.contains(.split) {
            let outcome = run(scenario)
            #expect(outcome.verdict == .pass, "\(scenario.name)")
            let stated = scenario.hazards[Scenario.plainDesign] ?? []
            #expect(outcome.hazards == stated.members.map(\.name), "\(scenario.name)")
        }
    }
}
