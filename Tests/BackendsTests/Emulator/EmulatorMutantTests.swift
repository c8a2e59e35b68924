import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing
import Verdicts

extension OnEmulator {
    /// A hardware or a KVM with one rule broken, under the real agent, against the intact model.
    @Suite("The emulator with a broken rule")
    struct RuleMutantTests {
        /// Rules that no run on the emulator shows, each with the reason.
        static let played: [Rule: String] = [
            .acceptNeedsInterruptFlag:
                "the processor's own flag decides: it does not take what it is offered",
            .earlyAccessGoesToKVM: "SAVIC_CONTROL decides: the emulated vCPU has its own",
            .emptyInjectionWarns: "a WARN is in the host's log, and in no field",
            .rtcCoalesces: "KVM tracks the RTC's EOIs for plain machines only",
            .stateRestoreDerivesRTC: "as above, and a protected APIC takes no KVM_SET_LAPIC",
            .initKeepsRTC: "as above, and a guest with Secure AVIC gets no INIT from a VMM",
            .entryBehindExitScans: "takes an edge whose EOI comes to KVM: plain machines",
            .entryWriteAsksItsDestinations: "as above",
        ]

        /// Scenarios for a secure machine where the table's own shows the rule on a plain one: an
        /// edge's EOI is accelerated unless the guest sends it through the GHCB.
        static let killers: [Rule: (name: String, axes: PartialAssumptions)] = [
            .eoiNeedsHandledVector: ("vector-changed-in-flight", PartialAssumptions()),
            .staleEOIRescans: ("retarget-in-flight-split", [.guestEOI: "ghcb"]),
            .edgeIsNotHandled: ("edge-eoi-by-ghcb", PartialAssumptions()),
            .notifierMakesHandled: ("resample-after-edge-switch", PartialAssumptions()),
            .eoiEndsHighest: ("two-eoi-paths", PartialAssumptions()),
            .suppressionHoldsEOI: ("suppression-enabled", PartialAssumptions()),
        ]

        @Test("Fails the scenario that is there for the rule", arguments: Rule.allCases)
        func isKilled(rule: Rule) throws {
            let own = RuleKillers.byRule[rule].map { ($0, PartialAssumptions()) }
            let (name, axes) = try #require(Self.killers[rule] ?? own)
            let scenario = try #require(Combination.catalogue.first { $0.name == name })
            let failed = scenario.irqchips.contains { irqchip in
                EOIDesigns.all.contains { design in
                    Emulation(design: design, irqchip: irqchip, axes: axes, broken: rule)
                        .run(scenario).verdict == .fail
                }
            }
            // One vCPU shows none of those that tell several apart.
            let isSeen = Self.played[rule] == nil && !RuleKillers.several.contains(rule)
            #expect(failed == isSeen)
        }
    }
}
