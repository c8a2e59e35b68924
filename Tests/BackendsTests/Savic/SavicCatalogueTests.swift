import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Backends

extension OnPlayedHost {
    @Suite("savic: the catalogue") struct SavicCatalogueTests {
        /// The kernel lab runs every scenario with every design (`.ci/lab`).
        @Test(
            "Every scenario that it can run passes, with exactly its hazards",
            arguments: [IRQChip.split, .kernel], EOIDesigns.all.map(\.name))
        func passes(irqchip: IRQChip, design: String) throws {
            let design = try #require(EOIDesigns.named(design))
            let options = LockstepOptions(
                design: design, irqchip: irqchip, kind: .secure, allowsHostRisk: true)
            var (count, ends, completions) = (0, 0, 0)
            let scenarios = design.turns(among: secureScenarios(irqchip))
            for scenario in scenarios {
                let (outcome, seen) = SavicRig.run(scenario, options)
                if outcome.verdict == .skip { continue }
                count += 1
                ends += outcome.compared.eois
                completions += seen.completions
                #expect(outcome.verdict == .pass, "\(scenario.name): \(outcome)")
                var setup = scenario.setup
                (setup.irqchip, setup.entersAfterExit) = (irqchip, true)
                let known = scenario.knownHazards(of: design.name, on: setup)
                #expect(outcome.hazards == known.members.map(\.name), "\(scenario.name)")
                #expect(outcome.compared.fields > outcome.compared.steps, "\(scenario.name)")
                #expect(seen.runs > outcome.compared.steps, "\(scenario.name)")
            }
            let kept = Set(Self.skipped.values.joined())
            #expect(count == scenarios.count { !kept.contains("\($0.name) \(irqchip)") })
            #expect(completions > scenarios.count / 4)
            #expect(ends > scenarios.count / 4)
        }

        @Test(
            "Storms pass as well", .enabled(if: LongTests.areWanted, "they take minutes"),
            arguments: [IRQChip.split, .kernel])
        func storms(irqchip: IRQChip) {
            let storms = Combination.catalogue.filter {
                $0.groups.contains("storm") && $0.machines.contains(.secure)
                    && $0.irqchips.contains(irqchip)
            }
            var options = LockstepOptions(irqchip: irqchip, kind: .secure, allowsHostRisk: true)
            options.limit = .seconds(120)
            for scenario in storms {
                let (outcome, _) = SavicRig.run(scenario, options)
                #expect([.pass, .skip].contains(outcome.verdict), "\(scenario.name): \(outcome)")
            }
        }

        /// By reason.
        private static let skipped: [String: Set<String>] = [
            "needs an interleaving that no host program can force": [
                "tmr-changes-before-vmrun split", "entry-called-off split",
                "tmr-changes-before-vmrun kernel", "entry-called-off kernel",
            ],
            "nobody can act in the middle of an EOI that KVM handles": [
                "resample-while-held kernel", "line-rises-during-eoi kernel",
                "other-line-rises-during-eoi kernel",
            ],
            "needs an interrupt of the 8259, which this tool's routes leave out": [
                "ext-int-pending kernel"
            ],
            "needs vector 0x1c, by which the guest agent takes exceptions": [
                "low-vector split", "low-vector kernel",
            ],
            "needs the ack notifier of a PIT or RTC": ["retarget-edge-with-notifier kernel"],
        ]

        @Test("What needs several vCPUs is left out, with the reason")
        func severalProcessors() {
            let several = Combination.catalogue.filter {
                $0.setup.vcpus > 1 && $0.machines.contains(.secure)
            }
            #expect(several.count > 10)
            for scenario in several {
                var setup = scenario.setup
                (setup.irqchip, setup.kind) = (scenario.irqchips[0], .secure)
                let backend = SavicRig(allowsHostRisk: true).backend
                let skip = backend.obstacle(to: scenario, setup, EOIDesigns.standard)
                #expect(skip?.reason.hasPrefix("needs several vCPUs") == true, "\(scenario.name)")
            }
        }

        @Test("What it does not run has a reason, and nothing else is left out")
        func skips() {
            var reasons: [String: Set<String>] = [:]
            for irqchip in [IRQChip.split, .kernel] {
                for scenario in secureScenarios(irqchip) {
                    var setup = scenario.setup
                    (setup.irqchip, setup.kind) = (irqchip, .secure)
                    let backend = SavicRig(allowsHostRisk: true).backend
                    if let skip = backend.obstacle(to: scenario, setup, EOIDesigns.standard) {
                        reasons[skip.reason, default: []].insert("\(scenario.name) \(irqchip)")
                        #expect(!skip.hint.isEmpty)
                    }
                }
            }
            #expect(reasons == Self.skipped)
        }

        @Test("Whatever is assumed, a host that plays it does as predicted", arguments: 0..<32)
        func otherAssumptions(index: Int) {
            let assumptions = Assumptions.all[index]
            // Every scenario with every irqchip, way of the guest's EOI and assumption would take
            // minutes: they take turns.
            for irqchip in [IRQChip.split, .kernel] {
                for (place, scenario) in secureScenarios(irqchip).enumerated()
                where place % 12 == index % 12 {
                    let way = GuestEOI.allCases[(place / 12 + index / 12) % 4]
                    let design = EOIDesigns.all[(place + index / 12) % EOIDesigns.all.count]
                    let options = LockstepOptions(
                        design: design, irqchip: irqchip, kind: .secure,
                        axes: PartialAssumptions(assumptions).completed(by: [
                            .guestEOI: way.rawValue
                        ]),
                        allowsHostRisk: true)
                    let (outcome, _) = SavicRig.run(scenario, options)
                    #expect(
                        [.pass, .skip].contains(outcome.verdict),
                        "\(scenario.name) \(design.name) \(assumptions) \(way): \(outcome)")
                }
            }
        }
    }
}
