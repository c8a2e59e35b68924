import Testing

@testable import InterruptModel

/// `KVM_REQ_SCAN_IOAPIC` of a write that the guest makes (kvm-interrupts §9.2).
@Suite("A scan that the guest's register write asks for") struct ScanBehindWriteTests {
    struct Write: Sendable, CustomTestStringConvertible {
        let irqchip: IRQChip
        /// Where pin 2 points at first: 1 is nobody.
        let destination: Destination
        let actions: [Action]
        var testDescription: String { "\(irqchip) \(actions)" }
    }

    /// Behind each of them pin 2 points to nobody, and KVM is to scan.
    static let writes = [
        Write(irqchip: .split, destination: 1, actions: [.disableAPIC, .enableAPIC]),
        Write(irqchip: .kernel, destination: 1, actions: [.disableAPIC, .enableAPIC]),
        Write(irqchip: .kernel, destination: 0, actions: [.retarget(pin: 2, destination: 1)]),
    ]

    @Test(
        "It comes at the entry behind the write, so a message right behind is not found in flight",
        arguments: writes, [false, true])
    func behindWrite(write: Write, endsAtDelivery: Bool) throws {
        let pin = PinSetup(pin: 2, vector: 0x31, destination: write.destination, resampler: true)
        var runner = try Runner(
            MachineSetup.plain(pin).with {
                $0.irqchip = write.irqchip
                $0.endsAtDelivery = endsAtDelivery
                $0.interruptsEnabled = false
            })
        for action in write.actions { #expect(runner.step(action) != nil) }
        let events = [.msi(vector: 0x31), .run, .sti, .eoi].flatMap { (action: Action) in
            runner.step(action) ?? []
        }
        #expect(events.contains(.took(0x31)) && events.contains(.ends(0x31, .edge)))
        // Its EOI would concern the IOAPIC only if the scan had found the vector in flight.
        let told: [Event] = [.exits(0x31), .resampled(pin: 2)]
        #expect(!events.contains(where: told.contains))
    }
}
