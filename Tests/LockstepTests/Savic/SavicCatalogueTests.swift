import InterruptModel
import Lockstep
import Scenarios
import Simulation
import Testing
import Verdicts

extension OnPlayedHost {
    @Suite("The catalogue on a played secure host") struct SavicCatalogueTests {
        @Test(
            "Every scenario that savic can run passes, with exactly its hazards",
            arguments: [IRQChip.split, .kernel], EOIDesigns.all.map(\.name))
        func passes(irqchip: IRQChip, design: String) throws {
            let design = try #require(EOIDesigns.named(design))
            var count = 0
            for scenario in Combination.catalogue
            where scenario.machines.contains(.secure) && scenario.irqchips.contains(irqchip)
                && !scenario.groups.contains("storm")
            {
                var role = SecureHost.Role()
                role.design = design
                role.assumptions = scenario.setup.assumptions
                let rig = SavicRig(role, allowsHostRisk: true)
                let options = LockstepOptions(
                    design: design, irqchip: irqchip, kind: .secure, allowsHostRisk: true)
                let outcome = rig.run(scenario, options)
                if outcome.verdict == .skip { continue }
                count += 1
                #expect(outcome.verdict == .pass, "\(scenario.name): \(outcome)")
                #expect(rig.host.seen.failures.isEmpty, "\(scenario.name): \(rig.host.seen)")
                #expect(rig.kernel.isIdle, "\(scenario.name)")
            }
            #expect(count > 10)
        }
    }
}
