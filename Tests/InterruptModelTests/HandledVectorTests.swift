import Testing

@testable import InterruptModel

@Suite("EOI interception: which vectors reach the IOAPIC (kvm-interrupts §9)")
struct HandledVectorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var pin: PinSetup
        var chip = IRQChip.kernel
        var handled: WideVectors
        var testDescription: String { "\(pin) \(chip)" }
    }

    // Source: kvm-interrupts §9.
    @Test(
        "Level pins, and with KVM's IOAPIC notified pins and pin 8; mask ignored",
        arguments: [
            Case(pin: .low, handled: [0x31]),
            Case(pin: .maskedLow, handled: [0x31]),
            Case(pin: .edge, handled: []),
            Case(
                pin: PinSetup(pin: 2, vector: 0x31, trigger: .edge, notifier: true),
                handled: [0x31]),
            Case(
                pin: PinSetup(pin: 2, vector: 0x31, trigger: .edge, resampler: true),
                handled: [0x31]),
            Case(pin: .rtc, handled: [0x38]),
            Case(pin: PinSetup(pin: 2, vector: 0x31, destination: 1), handled: []),
            Case(pin: PinSetup(pin: 2, vector: 0x31, destination: 0xFF), handled: [0x31]),
            Case(pin: .low, chip: .split, handled: [0x31]),
            Case(
                pin: PinSetup(pin: 2, vector: 0x31, trigger: .edge, notifier: true),
                chip: .split, handled: []),
            Case(pin: .rtc, chip: .split, handled: []),
        ])
    func initial(_ test: Case) {
        let bench = PlainBench(MachineSetup.plain(test.pin).with { $0.irqchip = test.chip })
        #expect(bench.state.vcpus[0].apic.handled == test.handled)
    }

    @Test("The EOI of an edge pin is not handled (kvm-interrupts §9)")
    func edgeIsNotHandled() {
        var bench = PlainBench(.plain(.edge))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.expect(.eoi, .ends(0x31, .edge), .completes(0x31))
    }

    @Test("An ack notifier makes it handled (kvm-interrupts §9)")
    func notifierMakesHandled() {
        var bench = PlainBench(
            .plain(PinSetup(pin: 2, vector: 0x31, trigger: .edge, notifier: true)))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.expect(.eoi, .ends(0x31, .edge), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
    }

    @Test("A changed entry takes effect at the next entry only (kvm-interrupts §9)")
    func changeNeedsScan() {
        var bench = PlainBench(.plain(.low))
        bench.run(.vector(pin: 2, vector: 0x51), .assert(pin: 2), .accept)
        bench.expect(.eoi, .ends(0x51), .completes(0x51))
        #expect(bench.state.vcpus[0].apic.handled == [0x31])
        bench.run(.scan)
        #expect(bench.state.vcpus[0].apic.handled == [0x51])
    }

    @Test(
        "A retargeted vector stays handled while pending or in service (kvm-interrupts §9)",
        arguments: [false, true])
    func staleVectorStaysHandled(accepted: Bool) {
        var bench = PlainBench(.plain(.low))
        bench.run(.assert(pin: 2))
        if accepted { bench.take(0x31) }
        bench.run(.retarget(pin: 2, destination: 1), .scan)
        #expect(bench.state.vcpus[0].apic.handled == [0x31])
        if !accepted { bench.take(0x31) }
        bench.expect(.eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(bench.state.ioapic.remoteIRR == [], "nobody at the new destination accepted")
    }

    // Source: kvm-interrupts §9.
    @Test(
        "The EOI of the stale vector asks for another scan, after which it is gone"
    )
    func staleEOIRescans() {
        var bench = PlainBench(.plain(.low))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.retarget(pin: 2, destination: 1), .scan)
        bench.refuse(.scan)
        bench.run(.eoi)
        bench.expect(.scan)
        #expect(bench.state.vcpus[0].apic.handled == [])
        #expect(bench.state.vcpus[0].apic.stale == -1)
    }

    // Source: kvm-interrupts §9.
    @Test(
        "Only the highest stale vector is remembered, whatever the order of pins",
        arguments: [UInt8(2), 3])
    func highestStaleOnly(lowPin: UInt8) {
        let highPin = 5 - lowPin
        var bench = PlainBench(
            .plain(
                PinSetup(pin: lowPin, vector: 0x31), PinSetup(pin: highPin, vector: 0x41),
                nesting: true))
        bench.run(.assert(pin: lowPin))
        bench.take(0x31)
        bench.run(.sti, .assert(pin: highPin))
        bench.take(0x41)
        bench.run(.retarget(pin: 2, destination: 1), .retarget(pin: 3, destination: 1), .scan)
        #expect(bench.state.vcpus[0].apic.handled == [0x31, 0x41])
        #expect(bench.state.vcpus[0].apic.stale == 0x41)
        bench.run(.eoi, .scan)
        #expect(bench.state.vcpus[0].apic.handled == [0x31])
        #expect(bench.state.vcpus[0].apic.stale == 0x31)
    }

    @Test("A vector that is not in flight leaves with its entry (kvm-interrupts §9)")
    func idleVectorLeaves() {
        var bench = PlainBench(.plain(.low))
        bench.run(.retarget(pin: 2, destination: 1), .scan)
        #expect(bench.state.vcpus[0].apic.handled == [])
    }

    @Test("On a secure machine the shadow ISR keeps a stale vector handled (kvm-interrupts §9.2)")
    func shadowKeepsHandled() {
        var bench = SecureBench(.secure(.low))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.retarget(pin: 2, destination: 1), .scan)
        #expect(bench.state.vcpus[0].apic.handled == [0x31])
        bench.expect(.eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
    }

    @Test("Without its shadow bit a handed-off edge vector is forgotten (hazard D15)")
    func edgeInFlightIsForgotten() {
        var bench = SecureBench(
            .secure(PinSetup(pin: 2, vector: 0x31, trigger: .edge, notifier: true)))
        bench.run(.assert(pin: 2), .inject, .retarget(pin: 2, destination: 1), .scan)
        #expect(bench.state.vcpus[0].apic.handled == [])
    }
}
