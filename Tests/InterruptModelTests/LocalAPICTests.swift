import Testing

@testable import InterruptModel

@Suite("Taking requests (kvm-interrupts §7) and the guest's side (§8, model-contract §2.4)")
struct LocalAPICTests {
    // Source: kvm-interrupts §7.
    @Test("The last request decides the TMR bit", arguments: MachineKind.allCases)
    func requestSetsAndClearsTMR(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low))
        runner.expect(.msi(vector: 0x31), .edge(0x31))
        #expect(runner.picture.tmr == [])
        runner.expect(.assert(pin: 2), .level(0x31))
        #expect(runner.picture.tmr == [0x31])
        runner.expect(.msi(vector: 0x31), .edge(0x31))
        #expect(runner.picture.tmr == [])
        #expect(runner.picture.irr == [0x31], "a coalesced request still returns 1")
        #expect(runner.picture.remoteIRR == [2])
    }

    // Source: kvm-interrupts §7.
    @Test("A software-disabled APIC accepts nothing", arguments: MachineKind.allCases)
    func disabledAPICDrops(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low))
        runner.expect(.disableAPIC)
        runner.expect(.msi(vector: 0x31))
        runner.expect(.assert(pin: 2))
        #expect(runner.picture.irr == [])
        runner.expect(.enableAPIC)
        runner.expect(.msi(vector: 0x31), .edge(0x31))
    }

    @Test(
        "Accepting needs the interrupt flag, and clears it (model-contract §2.3)",
        arguments: MachineKind.allCases)
    func acceptNeedsInterruptFlag(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low))
        runner.run(.cli, .assert(pin: 2))
        for action in [Action.inject, .vmrun] { _ = runner.perform(action) }
        runner.refuse(.accept)
        runner.run(.sti)
        runner.expect(.accept, .took(0x31))
        #expect(!runner.picture.interruptFlag)
    }

    @Test("Accepting moves the vector from IRR to ISR (kvm-interrupts §8)")
    func acceptMoves() {
        var plain = PlainBench(.plain(.low))
        plain.run(.assert(pin: 2), .accept)
        #expect(plain.state.vcpus[0].apic.irr == [])
        #expect(plain.state.vcpus[0].apic.isr == [0x31])
        var secure = SecureBench(.secure(.low))
        secure.run(.assert(pin: 2), .inject, .vmrun, .accept)
        #expect(secure.state.vcpus[0].page.irr == [])
        #expect(secure.state.vcpus[0].page.isr == [0x31])
    }

    @Test(
        "With nothing pending nothing is accepted (kvm-interrupts §8)",
        arguments: MachineKind.allCases)
    func nothingPending(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low))
        runner.refuse(.accept)
        runner.refuse(.eoi)
    }

    @Test(
        "IF changes; in a handler only with nesting (model-contract §2.4)",
        arguments: MachineKind.allCases, [false, true])
    func interruptFlag(kind: MachineKind, nesting: Bool) throws {
        var runner = try Runner(.of(kind, .low, nesting: nesting))
        runner.refuse(.sti)
        runner.run(.cli)
        runner.refuse(.cli)
        runner.run(.sti, .assert(pin: 2))
        runner.take(0x31)
        if nesting { runner.expect(.sti) } else { runner.refuse(.sti) }
    }

    // Source: kvm-interrupts §8.
    @Test("The EOI ends the highest vector in service", arguments: MachineKind.allCases)
    func eoiEndsHighest(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low, .high, nesting: true))
        runner.run(.assert(pin: 2))
        runner.take(0x31)
        runner.run(.sti, .assert(pin: 3))
        runner.take(0x41)
        runner.run(.deassert(pin: 2), .deassert(pin: 3))
        runner.expect(.eoi, .ends(0x41), .completes(0x41), .reaches(0x41), .acks(3, 0x41))
        runner.expect(.eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        runner.refuse(.eoi)
    }

    // Source: secure-avic §1.
    @Test("A self-IPI on KVM's APIC is an edge request; on the page it is the hardware's")
    func selfIPI() {
        var plain = PlainBench(.plain(.low))
        plain.expect(.ipi(vector: 0x51), .edge(0x51))
        #expect(plain.state.vcpus[0].apic.irr == [0x51])
        var secure = SecureBench(.secure(.low))
        secure.expect(.ipi(vector: 0x51))
        #expect(secure.state.vcpus[0].apic.irr == [], "KVM never sees it")
        #expect(secure.state.vcpus[0].page.irr == [0x51])
    }

    @Test("A plain reset empties the APIC; the IOAPIC keeps Remote IRR (hazard F29)")
    func plainReset() {
        var bench = PlainBench(.plain(.low))
        bench.run(.tpr(0x20), .assert(pin: 2))
        bench.take(0x31)
        bench.expect(.reset)
        #expect(bench.state.vcpus[0].apic.isr == [])
        #expect(bench.state.vcpus[0].apic.tmr == [])
        #expect(bench.state.vcpus[0].tpr == 0)
        #expect(!bench.state.vcpus[0].interruptFlag)
        #expect(bench.state.ioapic.remoteIRR == [2])
        #expect(bench.violations == [.noOrphanedRemoteIRR])
        bench.expect(.scan)
        #expect(bench.state.vcpus[0].apic.handled == [0x31])
    }

    @Test("A host that ends at delivery leaves no EOI to the guest (MachineSetup.endsAtDelivery)")
    func endsAtDelivery() {
        var bench = PlainBench(MachineSetup.plain(.low).with { $0.endsAtDelivery = true })
        bench.run(.assert(pin: 2))
        bench.expect(
            .accept, .took(0x31), .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31),
            .level(0x31))
        bench.expect(.eoi)
    }
}

@Suite("Which vector goes, and when (kvm-interrupts §8; model-contract §1)") struct PriorityTests {
    // Source: kvm-interrupts §8.
    @Test("The highest pending vector goes first", arguments: MachineKind.allCases)
    func highestFirst(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low, .high, nesting: true))
        runner.run(.assert(pin: 2), .assert(pin: 3))
        runner.take(0x41)
        runner.run(.sti)
        runner.refuse(.accept)
    }

    @Test(
        "An in-service vector blocks its own class and those below (kvm-interrupts §8)",
        arguments: [
            (UInt8(0x30), false), (0x31, false), (0x3F, false), (0x40, true), (0x21, false),
        ])
    func inServiceBlocks(vector: UInt8, deliverable: Bool) {
        let space = WideSpace()
        let found = Priority.deliverable(irr: [vector], isr: [0x35], tpr: 0, space)
        #expect(found == (deliverable ? Int(vector) : -1))
    }

    @Test(
        "TPR blocks its own class and those below (kvm-interrupts §8)",
        arguments: [(UInt8(0x2F), true), (0x30, false), (0x3F, false), (0x40, false), (0, true)])
    func taskPriorityBlocks(tpr: UInt8, deliverable: Bool) {
        let found = Priority.deliverable(irr: [0x31], isr: [], tpr: tpr, WideSpace())
        #expect(found == (deliverable ? 0x31 : -1))
    }

    @Test("TPR is a write in both machines (kvm-interrupts §8)", arguments: MachineKind.allCases)
    func taskPriorityHoldsBack(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low, .high))
        runner.expect(.tpr(0x30))
        #expect(runner.picture.ppr == 0x30)
        runner.run(.assert(pin: 2), .assert(pin: 3))
        runner.take(0x41)
        #expect(runner.picture.ppr == 0x40)
        runner.run(.deassert(pin: 3), .eoi, .sti)
        runner.refuse(.accept)
        runner.run(.tpr(0x2F))
        runner.expect(.accept, .took(0x31))
    }

    @Test(
        "PPR is the higher class of TPR and the vector in service (kvm-interrupts §8)",
        arguments: 0..<256)
    func ppr(tpr: Int) {
        for vector in 16..<256 {
            let isr: WideVectors = [UInt8(vector)]
            let ppr = Priority.ppr(isr: isr, tpr: UInt8(tpr), WideSpace())
            #expect(Int(ppr) == (tpr >> 4 >= vector >> 4 ? tpr : vector & 0xF0))
        }
        #expect(Int(Priority.ppr(isr: WideVectors(), tpr: UInt8(tpr), WideSpace())) == tpr)
    }

    @Test("A vector is deliverable exactly when its class is above PPR's (kvm-interrupts §8)")
    func deliverable() {
        for pending in stride(from: 16, to: 256, by: 5) {
            for serving in stride(from: 16, to: 256, by: 7) {
                let irr: WideVectors = [UInt8(pending)]
                let isr: WideVectors = [UInt8(serving)]
                let found = Priority.deliverable(irr: irr, isr: isr, tpr: 0x45, WideSpace())
                let free = pending >> 4 > max(serving >> 4, 4)
                #expect(found == (free ? pending : -1))
            }
        }
    }
}
