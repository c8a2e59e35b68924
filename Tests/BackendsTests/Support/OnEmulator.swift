import AgentFace
import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Backends

/// All tests that run the secure agent in a VM: one at a time, for each wants the processor.
@Suite(.serialized, .requiresEmulator, .inTurnOnKVM)
enum OnEmulator {}

extension Trait where Self == ConditionTrait {
    static var requiresEmulator: Self {
        .enabled(
            if: EmulatorBackend().obstacleToProbes(of: EOIDesigns.standard) == nil
                && EmulatorBackend().refusal == nil,
            "needs a usable /dev/kvm with KVM_CAP_X86_USER_SPACE_MSR")
    }
}

/// A run on the emulator.
struct Emulation: Sendable {
    var design = EOIDesigns.standard
    var irqchip = IRQChip.split
    var axes = PartialAssumptions()
    /// The agent's machine code.
    var agent = AgentImage.secure
    /// The rule that the emulator breaks, while the prediction keeps it.
    var broken: Rule?
    /// Seconds that one `KVM_RUN` may take.
    var limit: UInt64 = 10

    func run(_ scenario: Scenario) -> ScenarioOutcome {
        let space = broken.map { WideSpace(breaking: $0) } ?? WideSpace()
        var backend: any Backend = EmulatorBackend(limit: limit, space: space, agent: agent)
        let options = LockstepOptions(design: design, irqchip: irqchip, kind: .secure, axes: axes)
        return Lockstep(options).run(scenario, on: &backend)
    }

    func run(_ name: String) throws -> ScenarioOutcome {
        run(try #require(Combination.catalogue.first { $0.name == name }, "\(name)"))
    }

    /// Scenarios of the catalogue for a secure machine that a guest agent cannot run, and one of
    /// several vCPUs for all of these.
    static let outOfReach: Set<String> = ["low-vector", "served-beside-each-other"]

    /// Scenarios that can run here.
    static func catalogue(_ irqchip: IRQChip = .split) -> [Scenario] {
        Combination.catalogue.filter {
            $0.machines.contains(.secure) && $0.irqchips.contains(irqchip)
                && !outOfReach.contains($0.name) && $0.setup.vcpus == 1
        }
    }
}

extension Scenario {
    /// Thousands of steps.
    var isStorm: Bool { groups.contains("storm") }

    /// What it states for this design on a machine that enters after every exit, if steps do.
    func hazardsOnEmulator(of design: EOIDesignEntry, _ irqchip: IRQChip) -> [String] {
        var setup = setup
        (setup.kind, setup.irqchip) = (.secure, irqchip)
        setup.entersAfterExit = granularity == .step
        return knownHazards(of: design.name, on: setup).members.map(\.name)
    }
}
