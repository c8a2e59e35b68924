import Testing

@testable import InterruptModel

@Suite("End of interrupt at the IOAPIC (kvm-interrupts §6)") struct EOITests {
    private func inService(_ pins: PinSetup..., chip: IRQChip = .kernel) -> PlainBench {
        var bench = PlainBench(
            MachineSetup(kind: .plain, irqchip: chip, pins: pins, nesting: true))
        bench.run(.assert(pin: pins[0].pin))
        bench.take(pins[0].vector)
        return bench
    }

    @Test("An EOI clears Remote IRR of a low line (kvm-interrupts §6 step 3)")
    func clearsRemoteIRR() {
        var bench = inService(.low)
        bench.run(.deassert(pin: 2))
        bench.expect(.eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(bench.state.ioapic.remoteIRR == [])
        #expect(bench.state.vcpus[0].apic.isr == [])
        bench.refuse(.eoi)
    }

    @Test("An EOI serves a line that is still high again (kvm-interrupts §6 step 3)")
    func servesAgain() {
        var bench = inService(.low)
        bench.expect(
            .eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31), .level(0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
        #expect(bench.state.vcpus[0].apic.irr == [0x31])
    }

    @Test(
        "With a split irqchip the EOI exit comes before userspace's IOAPIC (kvm-interrupts §6, §9)")
    func splitExits() {
        var bench = inService(.low, chip: .split)
        bench.run(.deassert(pin: 2))
        bench.expect(
            .eoi, .ends(0x31), .completes(0x31), .exits(0x31), .reaches(0x31), .acks(2, 0x31))
    }

    @Test("A masked pin takes part in the EOI and is not served again (kvm-interrupts §6)")
    func ignoresMask() {
        var bench = inService(.low)
        bench.run(.mask(pin: 2))
        bench.expect(.eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(bench.state.ioapic.remoteIRR == [])
        bench.expect(.unmask(pin: 2), .level(0x31))
    }

    @Test("A pin takes part in the EOI whatever its trigger and destination (kvm-interrupts §6)")
    func ignoresDestination() {
        var bench = inService(.low, PinSetup(pin: 3, vector: 0x31, trigger: .edge, destination: 9))
        bench.run(.deassert(pin: 2))
        bench.expect(
            .eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31), .acks(3, 0x31))
    }

    @Test("Every pin with the vector is acknowledged, in pin order (kvm-interrupts §6)")
    func everyPinIsAcknowledged() {
        var bench = inService(
            PinSetup(pin: 5, vector: 0x31), PinSetup(pin: 2, vector: 0x31), .high)
        bench.expect(.assert(pin: 2), .level(0x31))
        bench.run(.deassert(pin: 5))
        bench.expect(
            .eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31), .level(0x31),
            .acks(5, 0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
    }

    @Test(
        "The trigger mode of an EOI is the TMR at that moment (kvm-interrupts §6, §7, hazard C11)")
    func tmrIsSampledAtEOI() {
        var bench = inService(.low)
        bench.expect(.msi(vector: 0x31), .edge(0x31))
        bench.expect(.eoi, .ends(0x31, .edge), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(bench.state.ioapic.remoteIRR == [2], "an edge EOI leaves Remote IRR (step 2)")
        bench.run(.sti)
        bench.take(0x31)
        bench.expect(.eoi, .ends(0x31, .edge), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(bench.violations == [.noOrphanedRemoteIRR])
    }

    @Test("The EOI of a vector that is not handled reaches nobody (kvm-interrupts §6, §9)")
    func needsHandledVector() {
        var bench = PlainBench(.plain(.low))
        bench.expect(.msi(vector: 0x51), .edge(0x51))
        bench.take(0x51)
        bench.expect(.eoi, .ends(0x51, .edge), .completes(0x51))
    }

    // Source: kvm-interrupts §6 step 1, §10.
    @Test(
        "The acknowledgement lowers the resample source, then signals"
    )
    func acknowledgeLowersResampleSource() {
        var bench = PlainBench(.plain(.resampled))
        bench.expect(.irqfd(pin: 2), .level(0x31))
        bench.take(0x31)
        bench.expect(
            .eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31), .resampled(pin: 2))
        #expect(bench.state.ioapic.irr == [])
        #expect(bench.state.ioapic.remoteIRR == [])
        bench.expect(.irqfd(pin: 2), .level(0x31))
    }

    // Source: kvm-interrupts §6 step 1.
    @Test(
        "A line that rises during the EOI comes between ack and re-service"
    )
    func risingSamePin() {
        var bench = inService(.low)
        bench.run(.deassert(pin: 2))
        bench.expect(
            .eoiRaising(pin: 2), .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31),
            .level(0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
        #expect(bench.state.ioapic.successiveEOIs[2] == 1, "the EOI found it high")
    }

    // Source: kvm-interrupts §6.
    @Test(
        "A shared pin that rises between its ack and its release is served twice"
    )
    func risingSharedPin() {
        var bench = inService(.low, PinSetup(pin: 5, vector: 0x31))
        bench.run(.deassert(pin: 2))
        bench.expect(
            .eoiRaising(pin: 5), .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31),
            .acks(5, 0x31), .level(0x31), .level(0x31))
        #expect(bench.state.ioapic.remoteIRR == [5])
    }

    @Test("Another line that rises during the EOI is served once")
    func risingOtherPin() {
        var bench = inService(.low, .high)
        bench.run(.deassert(pin: 2))
        bench.expect(
            .eoiRaising(pin: 3), .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31),
            .level(0x41))
        #expect(bench.state.ioapic.remoteIRR == [3])
        #expect(bench.state.ioapic.lines == [3])
    }

    @Test("Non-zero data is an EOI too: KVM's plain APIC does not fault on it (kvm-interrupts §8)")
    func nonzeroEOI() {
        var bench = inService(.low)
        bench.run(.deassert(pin: 2))
        bench.expect(.nonzeroEOI, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
    }

    @Test("An EOI with nothing in service does nothing, a read faults (kvm-interrupts §8)")
    func spuriousAndRead() {
        var bench = PlainBench(.plain(.low))
        let before = bench.state
        bench.expect(.spuriousEOI)
        bench.expect(.readEOI, .faulted)
        #expect(bench.state == before)
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.refuse(.spuriousEOI)
    }
}

@Suite("The brake on a line that stays high (kvm-interrupts §6.1)") struct SuccessiveEOITests {
    /// After `count` EOIs that found the line high.
    private func stormed(_ count: Int) -> PlainBench {
        var bench = PlainBench(.plain(.low))
        bench.run(.assert(pin: 2))
        for _ in 0..<count {
            bench.take(0x31)
            bench.expect(
                .eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31), .level(0x31))
            bench.run(.sti)
        }
        return bench
    }

    @Test("The 10,000th delays the next delivery, which delayed work makes (kvm-interrupts §6.1)")
    func delayed() {
        var bench = stormed(9_999)
        bench.refuse(.delayedWork)
        bench.take(0x31)
        bench.expect(
            .eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31), .delayed(pin: 2))
        #expect(bench.state.ioapic.remoteIRR == [])
        #expect(bench.violations == [], "somebody will serve it")
        bench.expect(.delayedWork, .level(0x31))
        bench.refuse(.delayedWork)
        bench.run(.sti)
        bench.take(0x31)
        bench.expect(
            .eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31), .level(0x31))
    }

    @Test("A low line resets the count (kvm-interrupts §6.1)")
    func lowLineResets() {
        var bench = stormed(9_999)
        bench.take(0x31)
        bench.run(.deassert(pin: 2), .eoi, .sti, .assert(pin: 2))
        bench.take(0x31)
        bench.expect(
            .eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31), .level(0x31))
        #expect(bench.state.ioapic.successiveEOIs[2] == 1)
    }

    @Test("A masked pin resets the count (kvm-interrupts §6 step 3)")
    func maskResets() {
        var bench = stormed(3)
        #expect(bench.state.ioapic.successiveEOIs[2] == 3)
        bench.take(0x31)
        bench.run(.mask(pin: 2), .eoi)
        #expect(bench.state.ioapic.successiveEOIs[2] == 0)
    }

    @Test(
        "Delayed work serves nothing that fell, was masked or was served meanwhile",
        arguments: [Action.deassert(pin: 2), .mask(pin: 2), .reassert(pin: 2)])
    func workFindsNothing(meanwhile: Action) {
        var bench = stormed(9_999)
        bench.take(0x31)
        bench.run(.eoi, meanwhile)
        bench.expect(.delayedWork)
    }
}

@Suite("SPIV bit 12 and the IOAPIC's EOI register (kvm-interrupts §6.2, §6.3; story S11)")
struct BroadcastSuppressionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var chip: IRQChip
        var mode: BroadcastSuppression
        var holds: Bool
        var testDescription: String { "\(chip) \(mode)" }
    }

    // Source: kvm-interrupts §6.2.
    @Test(
        "Quirk: the in-kernel IOAPIC honours it; enabled: split only; disabled: never",
        arguments: [
            Case(chip: .kernel, mode: .quirk, holds: true),
            Case(chip: .split, mode: .quirk, holds: false),
            Case(chip: .kernel, mode: .enabled, holds: false),
            Case(chip: .split, mode: .enabled, holds: true),
            Case(chip: .kernel, mode: .disabled, holds: false),
            Case(chip: .split, mode: .disabled, holds: false),
        ])
    func holds(_ test: Case) {
        var bench = PlainBench(
            MachineSetup.plain(.low).with {
                $0.irqchip = test.chip
                $0.broadcastSuppression = test.mode
            })
        bench.run(.suppressBroadcast, .assert(pin: 2))
        bench.take(0x31)
        bench.run(.deassert(pin: 2), .eoi)
        #expect(bench.state.ioapic.remoteIRR == (test.holds ? [2] : []))
    }

    // Source: kvm-interrupts §6 steps 1 and 2.
    @Test(
        "Suppressed in the kernel: ack notifiers fire, Remote IRR stays"
    )
    func kernel() {
        var bench = PlainBench(.plain(.low))
        bench.run(.suppressBroadcast, .assert(pin: 2))
        bench.take(0x31)
        bench.expect(.eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
        #expect(bench.violations == [.noOrphanedRemoteIRR])
    }

    @Test("Suppressed in split mode: no exit; the guest ends it at the EOI register (story S11)")
    func splitThenDirected() {
        var bench = PlainBench(
            MachineSetup.plain(.low, .high).with {
                $0.irqchip = .split
                $0.broadcastSuppression = .enabled
                $0.hasEOIRegister = true
            })
        bench.run(.suppressBroadcast, .assert(pin: 2))
        bench.take(0x31)
        bench.expect(.eoi, .ends(0x31), .completes(0x31), .eoiSuppressed(vector: 0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
        #expect(bench.violations == [], "the directed EOI is still to come")
        bench.expect(.directedEOI(vector: 0x31), .ends(0x31, .edge), .acks(2, 0x31), .level(0x31))
        bench.run(.deassert(pin: 2))
        bench.expect(.directedEOI(vector: 0x31), .ends(0x31, .edge), .acks(2, 0x31))
        #expect(bench.state.ioapic.remoteIRR == [])
        bench.expect(.directedEOI(vector: 0x51), .ends(0x51, .edge))
    }

    @Test("The EOI register goes by the entry's trigger mode: no edge pins (story S11)")
    func directedSkipsEdge() {
        var bench = PlainBench(MachineSetup.plain(.edge).with { $0.hasEOIRegister = true })
        bench.expect(.directedEOI(vector: 0x31), .ends(0x31, .edge))
    }

    @Test("KVM's version 0x11 has no EOI register (secure-avic §7 (e))")
    func noRegister() {
        var bench = PlainBench(.plain(.low))
        bench.run(.assert(pin: 2))
        bench.expect(.directedEOI(vector: 0x31), .ends(0x31, .edge))
        #expect(bench.state.ioapic.remoteIRR == [2])
    }
}
