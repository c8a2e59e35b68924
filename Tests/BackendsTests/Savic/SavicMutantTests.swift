import AgentFace
import InterruptModel
import Lockstep
import Scenarios
import Simulation
import TestSupport
import Testing
import Verdicts

extension OnPlayedHost {
    /// A host or an agent with something broken, against the intact model.
    @Suite("savic: mutants") struct SavicMutantTests {
        /// Rules that no run on `savic` shows, each with the reason.
        private static let unseen: [Rule: String] = [
            .eoiStormIsDelayed: "KVM's delayed work is its own; storms are run by hand",
            .lowLineResetsCount: "as above",
            .rtcCoalesces: "KVM does not track the RTC's EOIs for a protected APIC",
            .stateRestoreDerivesRTC: "as above, and a protected APIC takes no KVM_SET_LAPIC",
            .initKeepsRTC: "as above, and a guest with Secure AVIC gets no INIT from a VMM",
            .entryBehindExitScans: "takes an edge whose EOI comes to KVM: plain machines",
            .entryWriteAsksItsDestinations: "as above",
            .exitGoesByEntry: "the IOAPIC behind an exit is this tool's own",
            .emptyInjectionWarns: "needs an interrupt of the 8259",
            .earlyAccessGoesToKVM: "the hardware decides: the emulated vCPU by SAVIC_CONTROL",
            .eoiRegisterClearsRemoteIRR: "KVM's IOAPIC has no such register",
            .acceptNeedsInterruptFlag: "the processor's own flag decides",
        ]

        /// Where the scenario that is there for the rule does not show it on a secure machine.
        private static let killers: [Rule: (name: String, way: GuestEOI?)] = [
            .eoiNeedsHandledVector: ("vector-changed-in-flight", nil),
            .staleEOIRescans: ("retarget-in-flight-split", .ghcb),
            .edgeIsNotHandled: ("edge-eoi-by-ghcb", nil),
            .notifierMakesHandled: ("resample-after-edge-switch", nil),
            .eoiEndsHighest: ("two-eoi-paths", nil),
            .acknowledgeLowersResampleSource: ("unmask-resample", nil),
            .injectClearsIRR: ("level-basic", nil),
            .suppressionHoldsEOI: ("suppression-enabled", nil),
        ]

        private func fails(
            _ rule: Rule, _ scenario: Scenario, _ irqchip: IRQChip, _ design: EOIDesignEntry,
            _ way: GuestEOI?
        ) -> Bool {
            var role = SecureHost.Role()
            role.design = design
            role.assumptions = scenario.setup.assumptions
            role.space = WideSpace(breaking: rule)
            let options = LockstepOptions(
                design: design, irqchip: irqchip, kind: .secure,
                axes: way.map { [.guestEOI: $0.rawValue] } ?? [:], allowsHostRisk: true)
            return SavicRig(role, allowsHostRisk: true).run(scenario, options).verdict == .fail
        }

        @Test("A broken rule of KVM or of the hardware fails", arguments: Rule.allCases)
        func isKilled(rule: Rule) throws {
            let standard = try #require(RuleKillers.byRule[rule])
            let (name, way) = Self.killers[rule] ?? (standard, nil)
            let scenario = try #require(Combination.catalogue.first { $0.name == name })
            let isStorm = scenario.groups.contains("storm")
            // In the order of likelihood: KVM's own IOAPIC shows most.
            let isFailed =
                !isStorm
                && [IRQChip.kernel, .split].contains { irqchip in
                    EOIDesigns.all.reversed().contains { design in
                        fails(rule, scenario, irqchip, design, way)
                    }
                }
            // One vCPU shows none of those that tell several apart.
            let isSeen = Self.unseen[rule] == nil && !RuleKillers.several.contains(rule)
            #expect(isFailed == isSeen, "\(name)")
        }

        /// Machine code of the agent with one command's in place of another's.
        private func agent(_ command: AgentCommand, as other: AgentCommand) -> AgentImage {
            let image = AgentImage.secure
            let place = image.commandTableOffset + 4 * Int(other.number)
            return image.replacing(
                at: image.commandTableOffset + 4 * Int(command.number),
                with: Array(image.bytes[place..<place + 4]))
        }

        @Test(
            "An agent that does something else is noticed",
            arguments: [
                (AgentCommand.sti, AgentCommand.run), (.eoi, .run), (.allow(0, .leave), .run),
                (.snapshot, .run), (.enable, .run), (.eoi, .readEOI),
                (.disallow(0), .allow(0, .leave)),
            ])
        func otherAgents(command: AgentCommand, other: AgentCommand) throws {
            var role = SecureHost.Role()
            role.agent = agent(command, as: other)
            let name = command == .disallow(0) ? "disallowed-vector" : "level-basic"
            let scenario = try #require(Combination.catalogue.first { $0.name == name })
            let outcome = SavicRig(role, allowsHostRisk: true).run(scenario)
            #expect(outcome.verdict == .fail || outcome.verdict == .error, "\(outcome)")
        }
    }
}
