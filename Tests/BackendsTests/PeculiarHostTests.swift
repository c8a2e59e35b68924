import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Backends

/// A host whose KVM ends every interrupt itself, played by the model.
struct PeculiarBackend: ModelPlayer {
    let kind = BackendKind.kvm
    var inside: ModelBackend
    private let traits: HostTraits

    init(
        space: WideSpace = WideSpace(), _ traits: HostTraits = HostTraits(endsAtDelivery: true)
    ) {
        inside = ModelBackend(space: space)
        self.traits = traits
    }

    func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? {
        setup.kind == .plain ? nil : Skip(reason: "is plain")
    }

    func actual(_ setup: MachineSetup) -> MachineSetup { traits.applied(to: setup) }

    mutating func prepare(_ setup: MachineSetup, design: EOIDesignEntry) {
        inside.prepare(traits.applied(to: setup), design: design)
    }
}

/// Found in review: on such a host no expectation was checked at all.
@Suite("A KVM that ends interrupts itself is no way to pass")
struct PeculiarHostTests {
    private func run(
        _ scenario: Scenario, on space: WideSpace = WideSpace()
    ) -> ScenarioOutcome {
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
            var setup = scenario.setup
            (setup.kind, setup.irqchip) = (.plain, .split)
            let stated = scenario.knownHazards(of: Scenario.plainDesign, on: setup)
            #expect(outcome.hazards == stated.members.map(\.name), "\(scenario.name)")
        }
    }

    @Test("What fails on the model alone is said to, and nothing is counted for the backend")
    func failsOnTheModel() throws {
        // Found by a user, who was told that backend and model agree.
        let wrong = try scenario("assert 2, run, eoi", "expect: {deliveries: {0x31: 77}}")
        let outcome = run(wrong)
        #expect(outcome.compared == Compared())
        #expect(outcome.judgedOnModel == "this KVM ends interrupts at delivery")
        #expect(outcome.mismatch?.note == "found on the model alone; backend kvm was not run")
        let impossible = run(try scenario("eoi", "expect: {deliveries: {}}", machine: Self.idle))
        #expect(impossible.verdict == .error)
        #expect(impossible.failure?.contains("backend kvm was not run") == true)
    }

    /// Nothing ever comes.
    private static let idle = "{pins: [{pin: 2, vector: 0x31}]}"

    @Test("A scenario that states nothing goes on to the lockstep")
    func lockstepAlone() throws {
        let bare = try scenario("assert 2, run, deassert 2, eoi")
        let outcome = run(bare)
        #expect(outcome.verdict == .pass && outcome.compared.steps == 4)
        #expect(run(bare, on: WideSpace(breaking: .eoiClearsRemoteIRR)).verdict == .fail)
    }

    @Test("A scenario that goes the same way there is judged on the backend")
    func undisturbed() throws {
        let pending = try scenario("assert 2, cli, run", "expect: {irr: [0x31]}")
        #expect(run(pending).judgedOnModel == nil)
        #expect(run(pending).verdict == .pass)
    }

    struct OldKernel: Sendable, CustomTestStringConvertible {
        let name: String
        let irqchip: IRQChip
        let rules: KernelRules
        let lacks: KernelRule
        var testDescription: String { "\(name) \(rules.spelling)" }
    }

    /// What findings of 17 real kernels say: which scenarios an older kernel makes go otherwise.
    static let oldKernels = [
        OldKernel(
            name: "unmask-resample", irqchip: .kernel, rules: [],
            lacks: .unmaskResamples),
        OldKernel(
            name: "retarget-in-flight-split", irqchip: .split, rules: [],
            lacks: .splitKeepsInFlight),
        OldKernel(
            name: "retarget-in-flight-split", irqchip: .split,
            rules: KernelRules([.unmaskResamples, .splitKeepsInFlight]),
            lacks: .staleVectorForgotten),
        OldKernel(
            name: "stale-vector-on-kernel-ioapic", irqchip: .kernel,
            rules: KernelRules([.unmaskResamples, .splitKeepsInFlight]),
            lacks: .staleVectorForgotten),
    ]

    @Test("An older kernel passes by its own rules, and fails by those of a newer one")
    func kernelRules() throws {
        for old in Self.oldKernels {
            let scenario = try #require(Combination.catalogue.first { $0.name == old.name })
            var options = LockstepOptions(irqchip: old.irqchip, kind: .plain)
            var host: any Backend = PeculiarBackend(HostTraits(kernelRules: old.rules))
            let own = Lockstep(options).run(scenario, on: &host)
            #expect(own.verdict == .pass, "\(old)")
            #expect(own.judgedOnModel?.contains("lacks \(old.lacks.rawValue)") == true, "\(old)")
            #expect(own.compared.steps > 0)
            options.kernelRules = .newest
            #expect(Lockstep(options).run(scenario, on: &host).verdict == .fail, "\(old)")
        }
    }
}
