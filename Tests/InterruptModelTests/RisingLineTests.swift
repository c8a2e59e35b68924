import Testing

@testable import InterruptModel

@Suite("A line that rises while an EOI is handled (story S18)")
struct RisingLineTests {
    private static func pins(_ kind: MachineKind) -> MachineSetup {
        MachineSetup(
            kind: kind,
            pins: [
                PinSetup(pin: 2, vector: 0x31, trigger: .edge), PinSetup(pin: 3, vector: 0x41),
            ])
    }

    @Test(
        "An EOI that never reaches the IOAPIC does not keep the line from rising",
        arguments: MachineKind.allCases)
    func risesBehindAnEdgeEOI(kind: MachineKind) throws {
        var machine = try Runner(Self.pins(kind))
        machine.run(.assert(pin: 2))
        machine.take(0x31)
        machine.run(.eoiRaising(pin: 3))
        #expect(machine.picture.remoteIRR == PinSet([3]))
        #expect(machine.picture.irr.contains(0x41))
        machine.run(.deassert(pin: 3))
    }

    @Test("However many vectors an EOI completes, the line rises once")
    func risesOnce() throws {
        var setup = MachineSetup.levels(3)
        setup.interruptsEnabled = true
        var machine = try Runner(setup, "reevaluate-all")
        machine.run(.assert(pin: 2), .assert(pin: 3))
        machine.take(0x41)
        let events = machine.perform(.eoiRaising(pin: 4))
        #expect(events?.count { $0 == .delivered(vector: 0x51, level: true) } == 1)
        machine.run(.deassert(pin: 4))
    }

    @Test("A line that is high cannot rise", arguments: MachineKind.allCases)
    func isNotEnabledWhenHigh(kind: MachineKind) throws {
        var machine = try Runner(Self.pins(kind))
        machine.run(.assert(pin: 2), .assert(pin: 3))
        machine.take(0x41)
        machine.refuse(.eoiRaising(pin: 3))
    }
}
