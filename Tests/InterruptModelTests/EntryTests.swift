import Testing

@testable import InterruptModel

@Suite("Redirection entry writes (kvm-interrupts §5)") struct EntryTests {
    @Test("A write preserves Remote IRR (kvm-interrupts §5)")
    func remoteIRRIsReadOnly() {
        var bench = PlainBench(.plain(.low))
        bench.run(.assert(pin: 2))
        bench.expect(.rewrite(pin: 2))
        #expect(bench.state.ioapic.remoteIRR == [2])
        bench.expect(.mask(pin: 2))
        bench.expect(.unmask(pin: 2))
        bench.expect(.vector(pin: 2, vector: 0x51))
        bench.expect(.retarget(pin: 2, destination: 1))
        #expect(bench.state.ioapic.remoteIRR == [2])
    }

    @Test("A write that leaves the entry in edge mode clears Remote IRR (kvm-interrupts §5)")
    func edgeWriteClearsRemoteIRR() {
        var bench = PlainBench(.plain(.low))
        bench.run(.assert(pin: 2))
        bench.expect(.trigger(pin: 2, .edge))
        #expect(bench.state.ioapic.remoteIRR == [])
        #expect(bench.state.ioapic.irr == [2], "irr is untouched")
        #expect(bench.state.vcpus[0].apic.irr == [0x31], "and so is what is in flight")
    }

    @Test("Linux' lost-EOI workaround: mask and edge, then level again (kvm-interrupts §5)")
    func linuxWorkaround() {
        var bench = PlainBench(.plain(.low))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.expect(.mask(pin: 2))
        bench.expect(.trigger(pin: 2, .edge))
        bench.expect(.trigger(pin: 2, .level))
        #expect(bench.state.ioapic.remoteIRR == [])
        bench.expect(.unmask(pin: 2), .level(0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
    }

    @Test("A write that leaves a pending level line deliverable serves it (kvm-interrupts §5)")
    func writeServesPendingLevel() {
        var bench = PlainBench(.plain(.maskedLow))
        bench.expect(.assert(pin: 2))
        bench.expect(.unmask(pin: 2), .level(0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
        bench.expect(.rewrite(pin: 2))
    }

    @Test("Switching a high edge line to level serves it (kvm-interrupts §5)")
    func levelWriteServesStoredEdge() {
        var bench = PlainBench(.plain(.maskedEdge))
        bench.expect(.assert(pin: 2))
        bench.expect(.unmask(pin: 2))
        bench.expect(.trigger(pin: 2, .level), .level(0x31))
    }

    @Test("A low line is not served by a write (kvm-interrupts §5)")
    func lowLineIsNotServed() {
        var bench = PlainBench(.plain(.maskedLow))
        bench.expect(.unmask(pin: 2))
        bench.expect(.rewrite(pin: 2))
        #expect(bench.state.vcpus[0].apic.irr == [])
    }

    @Test(
        "Retargeting a pending unserved line serves it at its new destination (kvm-interrupts §5)")
    func retargetServes() {
        var bench = PlainBench(.plain(PinSetup(pin: 2, vector: 0x31, destination: 1)))
        bench.expect(.assert(pin: 2))
        bench.expect(.retarget(pin: 2, destination: 0), .level(0x31))
    }

    @Test("Unmasking an edge pin never delivers a stored edge (kvm-interrupts §5)")
    func unmaskDropsStoredEdge() {
        var bench = PlainBench(.plain(.maskedEdge))
        bench.expect(.assert(pin: 2))
        bench.expect(.unmask(pin: 2))
        bench.expect(.reassert(pin: 2))
        bench.run(.deassert(pin: 2))
        bench.expect(.assert(pin: 2), .edge(0x31))
    }

    @Test("With a resampler an unmask re-samples instead of serving (kvm-interrupts §5, since 6.5)")
    func unmaskResamples() {
        var bench = PlainBench(.plain(.resampled))
        bench.run(.mask(pin: 2))
        bench.expect(.assert(pin: 2))
        bench.expect(.unmask(pin: 2), .resampled(pin: 2))
        #expect(bench.state.ioapic.irr == [])
        #expect(bench.state.ioapic.remoteIRR == [])
        bench.expect(.reassert(pin: 2), .level(0x31))
    }

    // Source: kvm-interrupts §5.
    @Test(
        "Masking touches neither the line, nor Remote IRR, nor what is in flight",
        arguments: MachineKind.allCases)
    func maskOnlyMasks(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low))
        runner.run(.assert(pin: 2))
        let before = runner.picture
        runner.expect(.mask(pin: 2))
        #expect(runner.picture == before)
        runner.take(0x31)
    }

    @Test(
        "A write of what stands there is a write: it serves a waiting line and asks for a scan",
        arguments: [
            Action.unmask(pin: 2), .trigger(pin: 2, .level), .retarget(pin: 2, destination: 0),
            .vector(pin: 2, vector: 0x31), .rewrite(pin: 2),
        ])
    func sameValueIsWritten(write: Action) {
        // `ioapic_write_indirect` compares nothing (kvm-interrupts §5 step 1).
        var bench = PlainBench(MachineSetup.plain(.low).with { $0.apicEnabled = false })
        bench.run(.assert(pin: 2), .enableAPIC, .scan)
        #expect(bench.state.ioapic.remoteIRR == [], "nobody took the line")
        bench.expect(write, .level(0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
        bench.expect(.scan)
    }

    @Test("A masked entry can be masked once more")
    func maskedTwice() {
        var bench = PlainBench(.plain(.maskedLow))
        let before = bench.state.ioapic
        bench.expect(.mask(pin: 2))
        #expect(bench.state.ioapic == before)
    }

    @Test(
        "A write asks its old and new destination to scan, a change of routes all vCPUs",
        arguments: [Destination(0), 1, 0xFF], [Destination(0), 1, 0xFF])
    func scansByDestination(old: Destination, new: Destination) {
        // `kvm_bitmap_or_dest_vcpus` (ioapic.c), `kvm_make_scan_ioapic_request` (irq_comm.c)
        for irqchip in IRQChip.allCases {
            var bench = PlainBench(
                MachineSetup.plain(PinSetup(pin: 2, vector: 0x31, destination: old))
                    .with { $0.irqchip = irqchip })
            bench.run(.retarget(pin: 2, destination: new))
            let concerns = irqchip == .split || old != 1 || new != 1
            #expect((bench.perform(.scan) != nil) == concerns, "\(irqchip)")
        }
    }

    @Test(
        "A write replaces exactly what it names (kvm-interrupts §5)",
        arguments: [
            (Action.mask(pin: 2), entry(masked: true)),
            (.trigger(pin: 2, .edge), entry(level: false)),
            (.retarget(pin: 2, destination: 7), entry(destination: 7)),
            (.vector(pin: 2, vector: 0x77), entry(vector: 0x77)),
            (.rewrite(pin: 2), entry()),
        ])
    func writeReplaces(action: Action, entry: RedirectionEntry) {
        var bench = PlainBench(.plain(.low, .high))
        let other = bench.state.ioapic.entry(3)
        bench.expect(action)
        #expect(bench.state.ioapic.entry(2) == entry)
        #expect(bench.state.ioapic.entry(3) == other)
    }

    private static func entry(
        vector: Int = 0x31, destination: Destination = 0, level: Bool = true, masked: Bool = false
    ) -> RedirectionEntry {
        RedirectionEntry(vector: vector, destination: destination, level: level, masked: masked)
    }

    @Test("A write asks for a scan, which the next entry performs once (kvm-interrupts §5)")
    func writeRequestsScan() {
        var bench = PlainBench(.plain(.low))
        bench.refuse(.scan)
        bench.run(.mask(pin: 2))
        bench.expect(.scan)
        bench.refuse(.scan)
    }
}
