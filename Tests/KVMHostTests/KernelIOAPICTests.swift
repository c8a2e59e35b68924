import AgentFace
import KVMHost
import Testing

extension OnKVM {
    @Suite("KVM's own IOAPIC (kvm-snp-uapi §1.3, kvm-interrupts §2–§5)") struct KernelIOAPICTests {
        private static let pin = 10
        private static let vector: UInt8 = 0x51

        /// A booted guest whose pin is a level pin to its only vCPU.
        private func rig() throws -> Rig {
            let rig = try Rig(irqchip: .kernel)
            try rig.machine.vm.setIOAPICRoutes(pins: [Self.pin])
            var registers = try rig.machine.vm.ioapic()
            registers[Self.pin] = IOAPICRegisters.entry(
                vector: Self.vector, destination: 0, level: true, masked: false)
            try rig.machine.vm.setIOAPIC(registers)
            return rig
        }

        @Test("A level line that is delivered sets Remote IRR")
        func aDeliveredLevelLineSetsRemoteIRR() throws {
            let rig = try rig()
            #expect(try rig.machine.vm.ioapic().remoteIRR == 0)
            try rig.machine.vm.irqLine(gsi: UInt32(Self.pin), level: true)
            #expect(try rig.machine.vm.ioapic().remoteIRR == 1 << UInt32(Self.pin))
            let irr = try rig.machine.vcpu.lapic().irr
            #expect(LAPICRegisters.vectors(in: irr) == [Self.vector])
        }

        /// The agent's store is a step of the host: an open guest takes nothing in it.
        @Test("The guest writes an entry without taking an interrupt or clearing Remote IRR")
        func guestStores() throws {
            let rig = try rig()
            #expect(try rig.answer(.sti)?.isOpen == true)
            try rig.machine.vm.irqLine(gsi: UInt32(Self.pin), level: true)
            let masked = IOAPICRegisters.entry(
                vector: Self.vector, destination: 0, level: true, masked: true)
            let register = 0x10 + 2 * UInt32(Self.pin)
            let select = AgentCommand.store(address: IOAPICRegisters.select, value: register)
            #expect(try rig.answer(select)?.acceptedVector == nil)
            let store = AgentCommand.store(
                address: IOAPICRegisters.window, value: UInt32(truncatingIfNeeded: masked))
            #expect(try rig.answer(store)?.acceptedVector == nil)
            // Remote IRR is read-only to the guest: it survives the write of a 0.
            #expect(try rig.machine.vm.ioapic()[Self.pin] == masked | 1 << 14)
            #expect(try rig.answer(.run)?.acceptedVector == Self.vector)
        }

        @Test("A split irqchip has no IOAPIC to read: ENXIO")
        func aSplitIRQChipHasNoIOAPICToRead() throws {
            let error = #expect(throws: KVMError.self) {
                _ = try Rig().machine.vm.ioapic()
            }
            #expect("\(error, default: "")".contains("ENXIO"))
        }
    }
}
