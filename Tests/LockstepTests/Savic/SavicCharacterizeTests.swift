import InterruptModel
import Lockstep
import Simulation
import Testing

extension OnPlayedHost {
    /// What the probes are there for: on hardware nobody knows the answers beforehand.
    @Suite("savic: characterize") struct SavicCharacterizeTests {
        @Test(
            "It finds out whatever the host plays, and brings KVM no EOI with nothing noted",
            arguments: [IRQChip.split, .kernel])
        func finds(irqchip: IRQChip) throws {
            for played in Assumptions.everything {
                var role = SecureHost.Role()
                role.assumptions = played
                let rig = SavicRig(role)
                // What an emulator would have to play is nothing to real hardware.
                let found = try rig.backend.characterize(
                    irqchip: irqchip, played: Assumptions(), design: EOIDesigns.standard)
                #expect(found.assumptions == AxisOverrides(played))
                #expect(found.findings.last?.answer == .eoiRead(.taken))
                #expect(rig.host.seen.vectorMinusOnes == 0)
                #expect(rig.kernel.isIdle)
            }
        }

        @Test("It finds out what KVM makes of a read of EOI", arguments: [IRQChip.split, .kernel])
        func reads(irqchip: IRQChip) throws {
            for design in EOIDesigns.all {
                var role = SecureHost.Role()
                role.design = design
                let found = try SavicRig(role).backend.characterize(
                    irqchip: irqchip, played: Assumptions(), design: EOIDesigns.standard)
                let isTaken = design.name.hasPrefix("rfc")
                #expect(found.findings.last?.answer == .eoiRead(isTaken ? .taken : .refused))
            }
        }
    }
}
