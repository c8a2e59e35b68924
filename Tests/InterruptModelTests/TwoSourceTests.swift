import Testing

@testable import InterruptModel

@Suite("Two sources of one line (kvm-interrupts §2, §10)")
struct TwoSourceTests {
    /// Linux `kvm_ioapic_set_irq`: the OR of the sources is presented at every change of one.
    @Test("Lowering one source presents the line that the other still holds: a level pin is served")
    func heldLineIsPresentedAgain() throws {
        var setup = MachineSetup(
            kind: .plain, pins: [PinSetup(pin: 2, vector: 0x31, resampler: true)])
        setup.apicEnabled = false
        var machine = try Runner(setup)
        // Nobody accepts, so the line is high and nothing is in flight.
        machine.run(.assert(pin: 2), .irqfd(pin: 2), .enableAPIC)
        #expect(machine.picture.remoteIRR.isEmpty)
        machine.expect(.deassert(pin: 2), .delivered(vector: 0x31, level: true))
        #expect(machine.picture.remoteIRR == PinSet([2]))
    }

    @Test("An edge pin takes no second edge from a line that stays high")
    func edgeIsNotRepeated() throws {
        var machine = try Runner(
            MachineSetup(
                kind: .plain,
                pins: [PinSetup(pin: 2, vector: 0x31, trigger: .edge, resampler: true)]))
        machine.expect(.assert(pin: 2), .delivered(vector: 0x31, level: false))
        machine.expect(.irqfd(pin: 2))
        machine.expect(.deassert(pin: 2))
    }
}
