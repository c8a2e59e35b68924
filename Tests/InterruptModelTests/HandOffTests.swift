import Testing

@testable import InterruptModel

@Suite("From KVM's registers to the VMCB (RFC patches 06 and 13; model-contract §2.3)")
struct HandOffTests {
    @Test("Injection moves everything and notes level vectors in the shadow (RFC patches 06, 13)")
    func moves() {
        var bench = SecureBench(.secure(.low, .high))
        bench.run(.assert(pin: 2), .assert(pin: 3), .msi(vector: 0x51))
        bench.expect(.inject)
        #expect(bench.state.vcpus[0].apic.irr == [])
        #expect(bench.state.vcpus[0].apic.isr == [0x31, 0x41])
        #expect(bench.state.vcpus[0].requested == [0x31, 0x41, 0x51])
        #expect(bench.violations == [])
    }

    @Test("Injection needs something to move (model-contract §2.3)")
    func needsPending() {
        var bench = SecureBench(.secure(.low))
        bench.refuse(.inject)
        bench.run(.assert(pin: 2), .inject)
        bench.refuse(.inject)
    }

    @Test("Only level vectors get a shadow bit, by the TMR at injection (RFC patch 13)")
    func tmrAtInjection() {
        var bench = SecureBench(.secure(.low))
        bench.run(.assert(pin: 2), .msi(vector: 0x31), .inject)
        #expect(bench.state.vcpus[0].apic.isr == [], "the message cleared the TMR (hazard C11)")
        var other = SecureBench(.secure(.low))
        other.run(.msi(vector: 0x31), .assert(pin: 2), .inject)
        #expect(other.state.vcpus[0].apic.isr == [0x31], "the edge got a shadow bit (hazard C11)")
    }

    @Test("RequestedIRR is OR-ed until VMRUN consumes it (hazard E24)")
    func requestedAccumulates() {
        var bench = SecureBench(.secure(.low, .high))
        bench.run(.assert(pin: 2), .inject, .assert(pin: 3), .inject)
        #expect(bench.state.vcpus[0].requested == [0x31, 0x41])
        bench.expect(.vmrun)
        #expect(bench.state.vcpus[0].requested == [])
        #expect(bench.state.vcpus[0].page.irr == [0x31, 0x41])
        bench.refuse(.vmrun)
    }

    @Test("A guest step is scan, inject, vmrun, the command, accept (model-contract §6.2)")
    func guestStep() throws {
        var runner = try Runner(.secure(.low, .high))
        #expect(runner.step(.assert(pin: 2)) == [.level(0x31)])
        #expect(runner.step(.run) == [.took(0x31)])
        #expect(runner.step(.assert(pin: 3)) == [.level(0x41)])
        #expect(
            runner.step(.eoi) == [
                .ends(0x31), .completes(0x41), .reaches(0x41), .acks(3, 0x41), .level(0x41),
            ])
        #expect(runner.step(.sti) == [.took(0x41)])
    }

    @Test(
        "A guest command that is not enabled undoes its entry (model-contract §6.2)",
        arguments: MachineKind.allCases)
    func refusedStepChangesNothing(kind: MachineKind) throws {
        var runner = try Runner(.of(kind, .low))
        _ = runner.step(.assert(pin: 2))
        let before = runner.picture
        #expect(runner.step(.eoi) == nil)
        #expect(runner.step(.sti) == nil)
        #expect(runner.picture == before)
    }

    @Test(
        "Hypervisor actions that only the secure machine has are not the plain one's",
        arguments: [Action.inject, .vmrun])
    func plainHasNone(action: Action) {
        var bench = PlainBench(.plain(.low))
        bench.run(.assert(pin: 2))
        bench.refuse(action)
    }
}

@Suite("Secure AVIC hardware and the guest's page (secure-avic §1, §6; model-contract §4)")
struct BackingPageTests {
    @Test("VMRUN drops what is not allowed, and consumes it (secure-avic §6)")
    func allowedFilters() {
        var bench = SecureBench(MachineSetup.secure(.low, .high).with { $0.allowed = [0x41] })
        bench.run(.assert(pin: 2), .assert(pin: 3), .inject, .vmrun)
        #expect(bench.state.vcpus[0].page.irr == [0x41])
        #expect(bench.state.vcpus[0].requested == [])
        // hazard A5: no EOI will ever come.
        #expect(bench.violations == [.noOrphanedRemoteIRR, .noStaleShadow])
    }

    @Test("ALLOWED_IRR is the guest's (secure-avic §1)")
    func allowAndDisallow() {
        var bench = SecureBench(.secure(.low))
        #expect(bench.state.vcpus[0].page.allowed == [0x31], "all that the pins use")
        bench.expect(.allow(vector: 0x51))
        bench.expect(.disallow(vector: 0x31))
        #expect(bench.state.vcpus[0].page.allowed == [0x51])
    }

    @Test(
        "`accurate`: the hardware takes KVM's TMR for what it takes, no more (model-contract §4.1)")
    func accurate() {
        var bench = SecureBench(.secure(.low, .high))
        bench.run(.assert(pin: 2), .inject, .assert(pin: 3), .vmrun)
        #expect(bench.state.vcpus[0].page.tmr == [0x31])
        bench.run(.msi(vector: 0x31), .inject, .vmrun)
        #expect(bench.state.vcpus[0].page.tmr == [0x41], "an edge instance clears the bit")
    }

    @Test(
        "`never`: the bit stays clear and every EOI is accelerated (model-contract §4.1, hazard A6)"
    )
    func never() {
        var bench = SecureBench(MachineSetup.secure(.low).with { $0.pageTMR = .never })
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        #expect(bench.state.vcpus[0].page.tmr == [])
        bench.expect(.eoi, .ends(0x31))
        #expect(bench.state.vcpus[0].page.isr == [])
        #expect(bench.state.vcpus[0].apic.isr == [0x31])
        #expect(bench.violations == [.noOrphanedRemoteIRR, .noStaleShadow])
    }

    @Test(
        "`guest`: the guest sets the bit when it allows a level pin's vector (model-contract §4.1)")
    func guest() {
        var bench = SecureBench(MachineSetup.secure(.low, .edgeHigh).with { $0.pageTMR = .guest })
        #expect(bench.state.vcpus[0].page.tmr == [0x31])
        bench.run(.trigger(pin: 3, .level))
        #expect(bench.state.vcpus[0].page.tmr == [0x31])
        bench.run(.allow(vector: 0x41))
        #expect(bench.state.vcpus[0].page.tmr == [0x31, 0x41])
        bench.run(.trigger(pin: 2, .edge), .allow(vector: 0x31))
        #expect(bench.state.vcpus[0].page.tmr == [0x41])
    }

    struct EOICase: Sendable, CustomTestStringConvertible {
        var policy: GuestEOI
        var trigger: Trigger
        var forwards: Int
        var testDescription: String { "\(policy) \(trigger)" }
    }

    @Test(
        "How often each guest policy forwards an EOI (model-contract §4.5)",
        arguments: [
            EOICase(policy: .linux, trigger: .level, forwards: 1),
            EOICase(policy: .linux, trigger: .edge, forwards: 0),
            EOICase(policy: .native, trigger: .level, forwards: 1),
            EOICase(policy: .native, trigger: .edge, forwards: 0),
            EOICase(policy: .ghcb, trigger: .level, forwards: 1),
            EOICase(policy: .ghcb, trigger: .edge, forwards: 1),
            EOICase(policy: .both, trigger: .level, forwards: 2),
            EOICase(policy: .both, trigger: .edge, forwards: 1),
        ])
    func policies(_ test: EOICase) {
        var bench = SecureBench(
            MachineSetup.secure(PinSetup(pin: 2, vector: 0x31, trigger: test.trigger))
                .with { $0.guestEOI = test.policy })
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.deassert(pin: 2))
        // Each forward that finds a shadow bit completes it, each that finds none uses −1.
        var events: [Event] = [.ends(0x31, test.trigger)]
        var forwards = test.forwards
        if test.trigger == .level {
            events += [.completes(0x31), .reaches(0x31), .acks(2, 0x31)]
            forwards -= 1
        }
        events += Array(repeating: .vectorMinusOne, count: forwards)
        #expect(bench.perform(.eoi) == events)
        #expect(bench.state.vcpus[0].page.isr == [])
        #expect(bench.state.vcpus[0].apic.isr == [])
    }

    @Test(
        "A native EOI is accelerated by the page's TMR alone, whatever KVM's says (secure-avic §6)")
    func pageTMRDecides() {
        var bench = SecureBench(.secure(.low))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.deassert(pin: 2), .msi(vector: 0x31))
        #expect(bench.state.vcpus[0].apic.tmr == [])
        // KVM's TMR at EOI time is edge: Remote IRR stays (hazard C11).
        bench.expect(.eoi, .ends(0x31, .edge), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
    }

    @Test("An IPI with a level vector is ended by KVM without a shadow bit (hazard E28)")
    func ipiOnLevelVector() {
        var bench = SecureBench(.secure(.low))
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.deassert(pin: 2), .eoi, .sti, .ipi(vector: 0x31))
        bench.expect(.accept, .took(0x31))
        bench.expect(.eoi, .ends(0x31), .vectorMinusOne)
    }

    @Test("The page's registers order deliveries as KVM's do (kvm-interrupts §8)")
    func pagePriority() {
        var bench = SecureBench(.secure(.low, .high, nesting: true))
        bench.run(.assert(pin: 2), .assert(pin: 3))
        bench.take(0x41)
        bench.run(.sti)
        bench.refuse(.accept)
        bench.run(.deassert(pin: 3), .eoi)
        bench.expect(.accept, .took(0x31))
    }
}

extension PinSetup {
    fileprivate static let edgeHigh = PinSetup(pin: 3, vector: 0x41, trigger: .edge)
}
