import Testing

@testable import InterruptModel

@Suite("Lines and service (kvm-interrupts §2, §3; model-contract §2.1)") struct LineTests {
    @Test(
        "Asserting a level line serves it and sets Remote IRR (kvm-interrupts §2, §3)",
        arguments: MachineKind.allCases)
    func levelAssertServes(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low))
        runner.expect(.assert(pin: 2), .level(0x31))
        #expect(runner.picture.irr == [0x31])
        #expect(runner.picture.tmr == [0x31])
        #expect(runner.picture.remoteIRR == [2])
        #expect(runner.violations == [])
    }

    @Test(
        "A line is asserted low to high and de-asserted high to low only (model-contract §2.1)",
        arguments: MachineKind.allCases)
    func linesHaveTwoStates(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low))
        runner.refuse(.deassert(pin: 2))
        runner.refuse(.reassert(pin: 2))
        runner.run(.assert(pin: 2))
        runner.refuse(.assert(pin: 2))
        runner.expect(.deassert(pin: 2))
        runner.refuse(.deassert(pin: 2))
    }

    @Test(
        "A masked pin stores its line and delivers nothing (kvm-interrupts §3)",
        arguments: Trigger.allCases)
    func maskBlocksService(trigger: Trigger) {
        var bench = PlainBench(
            .plain(PinSetup(pin: 2, vector: 0x31, trigger: trigger, masked: true)))
        bench.expect(.assert(pin: 2))
        #expect(bench.state.ioapic.irr == [2])
        #expect(bench.state.ioapic.remoteIRR == [])
        #expect(bench.state.vcpus[0].apic.irr == [])
        #expect(bench.violations == [])
    }

    @Test("Remote IRR blocks a level pin: asserting again delivers nothing (kvm-interrupts §3)")
    func remoteIRRBlocksService() {
        var bench = PlainBench(.plain(.low))
        bench.expect(.assert(pin: 2), .level(0x31))
        bench.expect(.reassert(pin: 2))
        bench.expect(.deassert(pin: 2))
        bench.expect(.assert(pin: 2))
        #expect(bench.state.ioapic.remoteIRR == [2])
    }

    @Test("Re-asserting a pending level line calls service again (kvm-interrupts §2 step 5)")
    func reassertServes() {
        var bench = PlainBench(
            .plain(.low).with { $0.apicEnabled = false })
        bench.expect(.assert(pin: 2))
        #expect(bench.state.ioapic.remoteIRR == [])
        bench.run(.enableAPIC)
        #expect(
            bench.state.ioapic.remoteIRR == [],
            "enabling the APIC retries nothing (kvm-interrupts §4)")
        bench.expect(.reassert(pin: 2), .level(0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
    }

    @Test(
        "Remote IRR stays clear when nobody accepts (kvm-interrupts §3, hazard D17)",
        arguments: MachineKind.allCases)
    func remoteIRRNeedsAcceptance(kind: MachineKind) throws {
        var runner = try Runner(MachineSetup.of(kind, .low).with { $0.apicEnabled = false })
        runner.expect(.assert(pin: 2))
        #expect(runner.picture.remoteIRR == [])
        #expect(runner.picture.irr == [])
        #expect(runner.violations == [.noLostLevel])
    }

    // Source: kvm-interrupts §2 step 4.
    @Test("An edge is delivered once, and needs a low phase before the next")
    func edgeNeedsLowPhase() {
        var bench = PlainBench(.plain(.edge))
        bench.expect(.assert(pin: 2), .edge(0x31))
        bench.expect(.reassert(pin: 2))
        bench.expect(.deassert(pin: 2))
        bench.expect(.assert(pin: 2), .edge(0x31))
        #expect(bench.state.ioapic.remoteIRR == [])
        #expect(bench.state.vcpus[0].apic.tmr == [])
    }

    // Source: kvm-interrupts §2 step 1.
    @Test("De-asserting only lowers the line", arguments: MachineKind.allCases)
    func deassertOnlyLowersLine(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low))
        runner.run(.assert(pin: 2))
        let before = runner.picture
        runner.expect(.deassert(pin: 2))
        #expect(runner.picture == before)
        #expect(runner.picture.remoteIRR == [2])
        runner.take(0x31)
    }

    // Source: kvm-interrupts §10.
    @Test("Line sources of a pin are OR-ed: the acknowledgement lowers its own only")
    func sourcesAreJoined() {
        var bench = PlainBench(.plain(.resampled))
        bench.expect(.assert(pin: 2), .level(0x31))
        bench.expect(.irqfd(pin: 2))
        #expect(bench.state.ioapic.lines == [2])
        #expect(bench.state.ioapic.resampleLines == [2])
        bench.expect(.deassert(pin: 2))
        #expect(bench.state.ioapic.irr == [2], "the irqfd still holds it")
        bench.expect(.assert(pin: 2))
        bench.take(0x31)
        bench.expect(
            .eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31), .resampled(pin: 2),
            .level(0x31))
        #expect(bench.state.ioapic.resampleLines == [])
        #expect(bench.state.ioapic.irr == [2], "userspace still holds it")
    }

    @Test("An irqfd needs a resampler on the pin")
    func irqfdNeedsResampler() {
        var bench = PlainBench(.plain(.low))
        bench.refuse(.irqfd(pin: 2))
    }

    // Source: kvm-interrupts §3.
    @Test(
        "An entry for another local APIC delivers nothing here; 0xFF is broadcast",
        arguments: [(Destination(0), true), (1, false), (0xFE, false), (0xFF, true)])
    func destinationMustMatch(destination: Destination, delivered: Bool) {
        var bench = PlainBench(.plain(PinSetup(pin: 2, vector: 0x31, destination: destination)))
        #expect(bench.perform(.assert(pin: 2)) == (delivered ? [.level(0x31)] : []))
        #expect(bench.state.ioapic.remoteIRR == (delivered ? [2] : []))
    }

    @Test("Pins are served by their own entries", arguments: MachineKind.allCases)
    func pinsAreIndependent(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low, .high))
        runner.expect(.assert(pin: 3), .level(0x41))
        runner.expect(.assert(pin: 2), .level(0x31))
        #expect(runner.picture.irr == [0x31, 0x41])
        #expect(runner.picture.remoteIRR == [2, 3])
        runner.expect(.deassert(pin: 3))
        runner.refuse(.deassert(pin: 3))
        runner.expect(.deassert(pin: 2))
    }
}

@Suite("What KVM_IRQ_LINE_STATUS returns (kvm-interrupts §2, §3)") struct LineStatusTests {
    @Test("The status is 1 when delivered, −1 when Remote IRR blocks (kvm-interrupts §3)")
    func level() {
        var bench = PlainBench(.plain(.low))
        bench.expect(.assertStatus(pin: 2), .level(0x31), .lineStatus(1))
        bench.expect(.assertStatus(pin: 2), .lineStatus(-1))
    }

    @Test("An edge without a low phase is coalesced: 0 (kvm-interrupts §2 step 4)")
    func edge() {
        var bench = PlainBench(.plain(.edge))
        bench.expect(.assertStatus(pin: 2), .edge(0x31), .lineStatus(1))
        bench.expect(.assertStatus(pin: 2), .lineStatus(0))
    }

    @Test("The status is −1 when masked, 0 when nobody accepts (kvm-interrupts §3)")
    func blocked() {
        var masked = PlainBench(.plain(.maskedLow))
        masked.expect(.assertStatus(pin: 2), .lineStatus(-1))
        var deaf = PlainBench(.plain(.low).with { $0.apicEnabled = false })
        deaf.expect(.assertStatus(pin: 2), .lineStatus(0))
    }

    // Source: kvm-interrupts §2 step 3.
    @Test("The RTC coalesces until its EOI, and its irr bit is not set meanwhile")
    func rtcCoalesces() {
        var bench = PlainBench(.plain(.rtc))
        bench.expect(.assertStatus(pin: 8), .edge(0x38), .lineStatus(1))
        bench.run(.deassert(pin: 8))
        bench.expect(.assertStatus(pin: 8), .lineStatus(0))
        #expect(bench.state.ioapic.irr == [])
        bench.run(.deassert(pin: 8))
        bench.take(0x38)
        bench.expect(.eoi, .ends(0x38, .edge), .completes(0x38), .reaches(0x38), .acks(8, 0x38))
        bench.expect(.assertStatus(pin: 8), .edge(0x38), .lineStatus(1))
    }

    @Test("An RTC interrupt that nobody accepted awaits no EOI (kvm-interrupts §2 step 3)")
    func rtcNotAccepted() {
        var bench = PlainBench(MachineSetup.plain(.rtc).with { $0.apicEnabled = false })
        bench.expect(.assertStatus(pin: 8), .lineStatus(0))
        bench.run(.deassert(pin: 8), .enableAPIC)
        bench.expect(.assertStatus(pin: 8), .edge(0x38), .lineStatus(1))
    }

    @Test("Without status the RTC does not coalesce (kvm-interrupts §2 step 3)")
    func rtcWithoutStatus() {
        var bench = PlainBench(.plain(.rtc))
        bench.expect(.assert(pin: 8), .edge(0x38))
        bench.run(.deassert(pin: 8))
        bench.expect(.assert(pin: 8), .edge(0x38))
    }

    @Test(
        "A protected APIC and a userspace IOAPIC track no RTC (RFC patch 14)",
        arguments: [(MachineKind.secure, IRQChip.kernel), (.secure, .split), (.plain, .split)])
    func rtcIsNotTracked(kind: MachineKind, irqchip: IRQChip) throws {
        var runner = try Runner(MachineSetup.of(kind, .rtc).with { $0.irqchip = irqchip })
        runner.expect(.assertStatus(pin: 8), .edge(0x38), .lineStatus(1))
        runner.run(.deassert(pin: 8))
        runner.expect(.assertStatus(pin: 8), .edge(0x38), .lineStatus(1))
    }
}
