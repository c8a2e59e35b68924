import AgentFace
import KVMHost
import Testing

extension OnKVM {
    @Suite("INIT and what SPIV bit 12 does (kvm-interrupts §6.2; kvm_lapic_reset)")
    struct LocalAPICLifeTests {
        private static let vector: UInt8 = 0x51

        /// A routed level vector that the guest is handling.
        private func inService(_ broadcasts: EOIBroadcasts? = nil) throws -> Rig {
            let rig = try Rig(broadcasts: broadcasts)
            try rig.machine.vm.setMSIRoutes([levelRoute])
            try rig.perform(.run)
            try rig.putInService([Self.vector], level: true)
            try rig.perform(.run)
            return rig
        }

        @Test("INIT resets the local APIC, and the guest still answers")
        func initResets() throws {
            let rig = try inService()
            try rig.perform(.selfIPI(0x41))
            try rig.machine.vm.signalInit(destination: 0)
            try rig.machine.vcpu.takeInit()
            let after = try rig.machine.vcpu.lapic()
            for register in [after.irr, after.isr, after.tmr] {
                #expect(LAPICRegisters.vectors(in: register) == [])
            }
            #expect(after.spiv == 0xFF, "disabled by software")
            #expect(try rig.answer(.snapshot)?.result == .done)
        }

        @Test("INIT for another vCPU leaves the local APIC as it is")
        func initForAnotherVCPUChangesNothing() throws {
            let rig = try inService()
            let before = try rig.machine.vcpu.lapic()
            try rig.machine.vm.signalInit(destination: 1)
            try rig.machine.vcpu.takeInit()
            #expect(try rig.machine.vcpu.lapic() == before)
        }

        private static let suppressing: UInt64 = 1 << 12 | 1 << 8 | 0xFF

        @Test(
            "SPIV bit 12 holds the EOI back where the VM offers broadcast suppression",
            .requires(.suppressible))
        func suppressible() throws {
            let rig = try inService(.suppressible)
            try rig.perform(.spiv(Self.suppressing))
            try rig.perform(.eoi)
            #expect(rig.eois == [])
            #expect(LAPICRegisters.vectors(in: try rig.machine.vcpu.lapic().isr) == [])
        }

        @Test(
            "SPIV bit 12 holds nothing back where the VM denies broadcast suppression",
            .requires(.never))
        func never() throws {
            let rig = try inService(.never)
            try rig.perform(.spiv(Self.suppressing))
            try rig.perform(.eoi)
            #expect(rig.eois == [Self.vector])
        }

        /// The quirk that a VM has which is told nothing.
        @Test("SPIV bit 12 holds nothing back on a VM that is told nothing")
        func byDefault() throws {
            let rig = try inService()
            try rig.perform(.spiv(Self.suppressing))
            try rig.perform(.eoi)
            #expect(rig.eois == [Self.vector])
        }
    }
}
