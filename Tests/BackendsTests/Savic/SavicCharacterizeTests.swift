import InterruptModel
import Lockstep
import Simulation
import Testing

@testable import Backends

extension OnPlayedHost {
    /// What the probes are there for: on hardware nobody knows the answers beforehand.
    @Suite("savic: characterize") struct SavicCharacterizeTests {
        /// The irqchips take turns, by a parity of which each meets every value of every axis.
        @Test(
            "It finds out whatever the host plays, and brings KVM no EOI with nothing noted",
            arguments: [IRQChip.split, .kernel])
        func finds(irqchip: IRQChip) {
            let turn = irqchip == .split ? 0 : 1
            for (index, played) in Assumptions.all.enumerated()
            where index.nonzeroBitCount % 2 == turn {
                var role = SecureHost.Role()
                role.assumptions = played
                let rig = SavicRig(role)
                // What an emulator would have to play is nothing to real hardware.
                let found = rig.backend.characterize(CharacterizeOptions(irqchip: irqchip))
                #expect(found.assumptions == PartialAssumptions(played))
                #expect(found.isComplete && found.consistentSets == [played])
                #expect(found.findings.last?.answer == "taken")
                #expect(rig.host.seen.vectorMinusOnes == 0)
                #expect(rig.kernel.isIdle)
            }
        }

        @Test("It finds out what KVM makes of a read of EOI", arguments: [IRQChip.split, .kernel])
        func reads(irqchip: IRQChip) {
            for design in EOIDesigns.all {
                var role = SecureHost.Role()
                role.design = design
                let found = SavicRig(role).backend.characterize(
                    CharacterizeOptions(irqchip: irqchip, names: ["eoi-read"]))
                let isTaken = design.name.hasPrefix("rfc")
                #expect(found.findings.last?.answer == (isTaken ? "taken" : "refused"))
            }
        }
    }
}
