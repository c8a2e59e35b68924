import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Backends

extension OnEmulator {
    @Suite("The catalogue on the emulator")
    struct CatalogueTests {
        @Test("There is a catalogue to run")
        func isThere() { #expect(Emulation.catalogue().count > 80) }

        @Test("What the guest agent cannot run is skipped with a reason")
        func outOfReach() throws {
            for name in Emulation.outOfReach {
                let outcome = try Emulation().run(name)
                #expect(outcome.verdict == .skip && outcome.skip != nil)
            }
        }

        /// Every scenario with every design, and the storms, are left to `.ci/run`.
        @Test(
            "Every scenario passes for the designs that it meets, with exactly its hazards",
            arguments: EOIDesigns.all.map(\.name))
        func passes(name: String) throws {
            let design = try #require(EOIDesigns.named(name))
            let scenarios = Emulation.catalogue().filter { !$0.isStorm }
            for scenario in design.turns(among: scenarios) { expectPass(scenario, design, .split) }
        }

        /// The other designs are left to `.ci/run`.
        @Test("Every scenario passes with KVM's own IOAPIC")
        func passesInKernel() {
            for scenario in Emulation.catalogue(.kernel) where !scenario.isStorm {
                expectPass(scenario, EOIDesigns.standard, .kernel)
            }
        }

        private func expectPass(
            _ scenario: Scenario, _ design: EOIDesignEntry, _ irqchip: IRQChip
        ) {
            let outcome = Emulation(design: design, irqchip: irqchip).run(scenario)
            #expect(outcome.verdict == .pass, "\(scenario.name): \(outcome.trouble)")
            let stated = scenario.hazardsOnEmulator(of: design, irqchip)
            #expect(outcome.hazards == stated, "\(scenario.name)")
            #expect(outcome.compared.steps > 0, "\(scenario.name)")
            #expect(outcome.compared.fields == outcome.compared.steps * 16, "\(scenario.name)")
        }

        @Test("Ends of interrupt are compared, not only steps")
        func comparesEnds() throws {
            let outcome = try Emulation().run("level-basic")
            #expect(outcome.compared.eois == 1)
            #expect(outcome.unobservable.isEmpty)
        }

        // MARK: - Other axes

        /// One axis other than the standard machine's.
        static let axes: [PartialAssumptions] = [
            [.pageTMR: "never"], [.pageTMR: "guest"], [.nativeLevelEOI: "ends"],
            [.disallowed: "kept"], [.beforeEnable: "kept"], [.guestEOI: "native"],
            [.guestEOI: "ghcb"], [.guestEOI: "both"],
            [.pageTMR: "never", .guestEOI: "linux-toggle"],
            [.pageTMR: "guest", .guestEOI: "linux-toggle"],
        ]

        /// Scenarios in which the axes make a difference, and what every guest does. The whole
        /// matrix is run by `.ci/run`.
        static let telling = [
            "level-basic", "edge-basic", "priority-nesting", "level-eoi-steals-higher",
            "double-eoi-steals", "disallowed-vector", "requested-before-page", "two-eoi-paths",
            "native-eoi-of-level", "reset-in-service", "tmr-flip", "level-and-edge-share-vector",
        ]

        @Test(
            "Under each single other assumption the emulator does what the model predicts",
            arguments: axes)
        func otherAxes(axes: PartialAssumptions) throws {
            for design in EOIDesigns.all {
                for name in design.turns(among: Self.telling) {
                    let outcome = try Emulation(design: design, axes: axes).run(name)
                    #expect(
                        outcome.verdict == .pass, "\(name) \(design.name): \(outcome.trouble)")
                    #expect(outcome.compared.steps > 0, "\(name)")
                    let kept = design.rulesOut.members.map(\.name)
                    #expect(Set(outcome.hazards).isDisjoint(with: kept), "\(name) \(design.name)")
                }
            }
        }

        @Test("Each axis reaches the emulated machine: a prediction without it fails")
        func axesMatter() throws {
            for axes in Self.axes {
                let noticed = try Self.telling.contains { name in
                    let scenario = try #require(Combination.catalogue.first { $0.name == name })
                    var backend: any Backend = MisinformedBackend(axes: axes)
                    let outcome = Lockstep(LockstepOptions()).run(scenario, on: &backend)
                    return outcome.verdict == .fail
                }
                #expect(noticed, "\(axes.spelling)")
            }
        }
    }
}

/// An emulator that plays other axes than it is asked for.
private struct MisinformedBackend: Backend {
    let axes: PartialAssumptions
    private let inside = EmulatorBackend()

    init(axes: PartialAssumptions) { self.axes = axes }

    var kind: BackendKind { inside.kind }
    func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? {
        inside.obstacle(to: scenario, setup, design)
    }
    func actual(_ setup: MachineSetup) -> MachineSetup { inside.actual(setup) }
    func hidden(on setup: MachineSetup) -> [(field: ObservedField, reason: String)] { [] }

    func prepare(_ setup: MachineSetup, design: EOIDesignEntry) throws(BackendFailure) {
        var setup = setup
        axes.apply(to: &setup)
        try inside.prepare(setup, design: design)
    }

    func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        try inside.perform(action, isAtomic: isAtomic, into: &observation)
    }

    func tearDown() { inside.tearDown() }
}

extension PartialAssumptions {
    /// The axes that are set.
    fileprivate var spelling: String {
        list.compactMap { axis in axis.value.map { "\(axis.name) \($0)" } }
            .joined(separator: ", ")
    }
}

extension ScenarioOutcome {
    /// Why it did not pass.
    var trouble: String {
        if let mismatch {
            return "\(mismatch.code.rawValue) at step \(mismatch.step): \(mismatch.first)"
        }
        return failure ?? skip?.reason ?? verdict.rawValue
    }
}
