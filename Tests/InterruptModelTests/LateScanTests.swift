import Testing

@testable import InterruptModel

/// A host that scans one entry late behind the guest's register writes, as a kvm_pvm 6.18 does.
@Suite("A host that scans one entry late behind the guest's register writes") struct LateScanTests {
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

    private func setup(_ write: Write, scansLate: Bool) -> MachineSetup {
        let pin = PinSetup(pin: 2, vector: 0x31, destination: write.destination, resampler: true)
        return MachineSetup.plain(pin).with {
            $0.irqchip = write.irqchip
            $0.scansLate = scansLate
        }
    }

    @Test(
        "A message right behind a register write comes after KVM's scan, or before a late one",
        arguments: writes)
    func late(write: Write) throws {
        for isLate in [false, true] {
            let setup = setup(write, scansLate: isLate).with { $0.interruptsEnabled = false }
            var runner = try Runner(setup)
            for action in write.actions { #expect(runner.step(action) != nil) }
            let events = [.msi(vector: 0x31), .run, .sti, .eoi].flatMap { (action: Action) in
                runner.step(action) ?? []
            }
            #expect(events.contains(.took(0x31)) && events.contains(.ends(0x31, .edge)))
            // Its EOI concerns the IOAPIC only if the vector was found in flight.
            let told: [Event] = [.exits(0x31), .resampled(pin: 2)]
            #expect(events.contains(where: told.contains) == isLate)
        }
    }

    /// Found by random steps on such a host.
    @Test("A guest that can take interrupts leaves once more, which makes up for the scan")
    func isOpen() throws {
        for takes in [false, true] {
            let open = setup(Self.writes[0], scansLate: true).with {
                $0.interruptsEnabled = takes
                $0.apicEnabled = false
            }
            var runner = try Runner(open)
            let events = [.enableAPIC, .msi(vector: 0x31), .run, .sti, .eoi].flatMap {
                (action: Action) in runner.step(action) ?? []
            }
            #expect(events.contains(.took(0x31)))
            #expect(events.contains(.exits(0x31)) != takes)
        }
    }

    @Test("An interrupt is taken at an entry, which makes up for the scan")
    func madeUp() throws {
        var runner = try Runner(
            setup(Self.writes[0], scansLate: true).with { $0.endsAtDelivery = true })
        let events = [.sti, .msi(vector: 0x31), .disableAPIC].flatMap { (action: Action) in
            runner.step(action) ?? []
        }
        // In flight when the scan comes, so its EOI concerns the IOAPIC.
        #expect(events.contains(.took(0x31)) && events.contains(.exits(0x31)))
    }
}
