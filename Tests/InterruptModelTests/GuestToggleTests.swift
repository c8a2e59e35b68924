import Testing

@testable import InterruptModel

/// The guest policy `linux-toggle`: `ioapic_ack_level()` of Linux arch/x86/kernel/apic/io_apic.c.
@Suite("The guest policy linux-toggle (Linux io_apic.c, ioapic_ack_level())")
struct GuestToggleTests {
    private static func setup(
        _ pageTMR: PageTMR, _ pins: PinSetup..., guestEOI: GuestEOI = .linuxToggle,
        change: (inout MachineSetup) -> Void = { _ in }
    ) -> MachineSetup {
        var setup = MachineSetup(kind: .secure, pins: pins)
        setup.pageTMR = pageTMR
        setup.guestEOI = guestEOI
        change(&setup)
        return setup
    }

    @Test("Where page TMR is clear the entry's toggle clears Remote IRR, and KVM's note stays")
    func clearTMR() {
        var bench = SecureBench(Self.setup(.never, .low))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.deassert(pin: 2))
        bench.expect(.eoi, .ends(0x31))
        #expect(bench.state.ioapic.remoteIRR == [])
        #expect(bench.state.ioapic.level == [2] && bench.state.ioapic.masked == [])
        #expect(bench.picture.pageISR == [])
        #expect(bench.picture.isr == [0x31], "KVM waits for an EOI that it will not get")
    }

    @Test("A line that is still high is served by the write that restores its entry")
    func highLine() {
        var bench = SecureBench(Self.setup(.never, .low))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.expect(.eoi, .ends(0x31), .level(0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
    }

    @Test("A line that rises while the guest ends the interrupt is served by that write")
    func risingLine() {
        var bench = SecureBench(Self.setup(.never, .low))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.deassert(pin: 2))
        bench.expect(.eoiRaising(pin: 2), .ends(0x31), .level(0x31))
    }

    @Test("A masked pin stays masked and is not served")
    func maskedPin() {
        var bench = SecureBench(Self.setup(.never, .low))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.mask(pin: 2))
        bench.expect(.eoi, .ends(0x31))
        #expect(bench.state.ioapic.remoteIRR == [] && bench.state.ioapic.masked == [2])
    }

    @Test("An edge interrupt's EOI leaves the IOAPIC alone: its handler is ack_apic_edge()")
    func edgePin() {
        var bench = SecureBench(Self.setup(.never, .edge))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        let before = bench.state.ioapic
        bench.expect(.eoi, .ends(0x31, .edge))
        #expect(bench.state.ioapic == before)
    }

    @Test("An IOAPIC with an EOI register is told by it, and acknowledges its devices")
    func register() {
        var bench = SecureBench(Self.setup(.never, .low) { $0.hasEOIRegister = true })
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.deassert(pin: 2))
        bench.expect(.eoi, .ends(0x31), .acks(2, 0x31))
        #expect(bench.state.ioapic.remoteIRR == [])
    }

    @Test("All pins of the vector are toggled, in their order, and no other vector's")
    func sharedVector() {
        var bench = SecureBench(
            Self.setup(
                .never, .low, PinSetup(pin: 3, vector: 0x31), PinSetup(pin: 4, vector: 0x21)))
        bench.run(.assert(pin: 4), .assert(pin: 2), .assert(pin: 3))
        bench.take(0x31)
        bench.expect(.eoi, .ends(0x31), .level(0x31), .level(0x31))
        #expect(bench.state.ioapic.remoteIRR == [2, 3, 4])
    }

    @Test("KVM's own IOAPIC is reached by exits, behind each of which KVM injects")
    func exits() {
        for irqchip in IRQChip.allCases {
            var bench = SecureBench(
                Self.setup(.never, .low) {
                    $0.irqchip = irqchip
                    $0.allowed = [0x31, 0x61]
                    $0.entersAfterExit = true
                })
            bench.run(.assert(pin: 2))
            bench.take(0x31)
            // A request in flight when the guest turns to the IOAPIC.
            bench.run(.msi(vector: 0x61))
            bench.run(.eoi)
            #expect(bench.picture.pageIRR == (irqchip == .kernel ? [0x61] : []), "\(irqchip)")
        }
    }

    private static let alphabet: [Action] = [
        .assert(pin: 2), .deassert(pin: 2), .assert(pin: 3), .scan, .inject, .vmrun, .accept, .eoi,
        .mask(pin: 2), .trigger(pin: 3, .edge),
    ]

    @Test(
        "After every sequence of 6 it is Linux' EOI, and where TMR was clear a host's toggle",
        arguments: [PageTMR.never, .accurate, .guest], [UInt8(0x31), 0x41])
    func everySequence(pageTMR: PageTMR, second: UInt8) {
        func bench(_ guestEOI: GuestEOI) -> SecureBench {
            SecureBench(
                Self.setup(
                    pageTMR, .low, PinSetup(pin: 3, vector: second), guestEOI: guestEOI))
        }
        var toggles = 0
        func compare(_ toggling: SecureBench, _ linux: SecureBench, _ left: Int) {
            for action in Self.alphabet {
                var (toggling, linux) = (toggling, linux)
                let ending = linux.picture
                let isEnabled = toggling.perform(action) != nil
                #expect(isEnabled == (linux.perform(action) != nil))
                guard isEnabled else { continue }
                if action == .eoi, !ending.pageTMR.contains(ending.pageISR.highest) {
                    for pin in [UInt8(2), 3] {
                        toggles += linux.toggle(pin, of: ending.pageISR.highest) ? 1 : 0
                    }
                }
                guard toggling.state == linux.state else {
                    Issue.record("\(action): \(toggling.picture), not \(linux.picture)")
                    return
                }
                if left > 1 { compare(toggling, linux, left - 1) }
            }
        }
        compare(bench(.linuxToggle), bench(.linux), 6)
        // An edge message on a level line's vector turns the bit of both.
        let isMistaken = pageTMR == .accurate && second == 0x31
        #expect((toggles > 0) == (pageTMR == .never || isMistaken))
    }
}

extension SecureBench {
    /// Toggles a level pin of this vector as a host can, one part of the entry after the other.
    fileprivate mutating func toggle(_ pin: UInt8, of vector: Int) -> Bool {
        let entry = state.ioapic.entry(Int(pin))
        guard entry.level, entry.vector == vector else { return false }
        run(.mask(pin: pin), .trigger(pin: pin, .edge), .trigger(pin: pin, .level))
        if !entry.masked { run(.unmask(pin: pin)) }
        return true
    }
}
