import Testing

@testable import InterruptModel

/// The EOI exit of a split irqchip as an action of its own: KVM_REQ_IOAPIC_EOI_EXIT, which
/// `vcpu_enter_guest` handles before KVM_REQ_SCAN_IOAPIC (x86.c).
@Suite("The EOI exit of a split irqchip as an action of its own") struct LateExitTests {
    private func bench(_ pins: PinSetup...) -> PlainBench {
        PlainBench(
            MachineSetup(kind: .plain, pins: pins, nesting: true)
                .with { $0.exitsLate = true })
    }

    @Test("The EOI asks for the exit, and the next entry makes it")
    func isLate() {
        var bench = bench(.low)
        bench.refuse(.lateExit)
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.deassert(pin: 2))
        bench.expect(.eoi, .ends(0x31), .completes(0x31), .exitRequested(vector: 0x31))
        #expect(bench.state.ioapic.remoteIRR == [2])
        #expect(bench.violations == [], "an EOI is on its way")
        bench.expect(
            .lateExit, .exitBegins(ended: 0x31), .exits(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(bench.state.ioapic.remoteIRR == [])
        bench.refuse(.lateExit)
    }

    @Test("Nothing of the guest, KVM or the hardware comes before it; lines may move")
    func comesFirst() {
        var bench = bench(.low, .high)
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.retarget(pin: 2, destination: 1), .eoi)
        for action in [Action.scan, .accept, .sti, .cli, .eoi, .tpr(0x30), .readEOI] {
            bench.refuse(action)
        }
        bench.run(.assert(pin: 3), .deassert(pin: 2), .msi(vector: 0x51), .lateExit)
        bench.expect(.scan)
    }

    @Test("A line that falls and rises before the exit is served by it, once")
    func risesMeanwhile() {
        var bench = bench(.low)
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.eoi, .deassert(pin: 2))
        bench.expect(.assert(pin: 2))
        bench.expect(
            .lateExit, .exitBegins(ended: 0x31), .exits(0x31), .reaches(0x31), .acks(2, 0x31),
            .level(0x31))
    }

    @Test("Of two completions in one EOI the last takes the one slot (`pending_ioapic_eoi`)")
    func oneSlot() throws {
        let setup = MachineSetup(kind: .secure, pins: [.low, .high], nesting: true)
        for isLate in [false, true] {
            var runner = try Runner(setup.with { $0.exitsLate = isLate }, "reevaluate-all")
            runner.run(.assert(pin: 2), .assert(pin: 3))
            runner.take(0x41)
            runner.run(.deassert(pin: 2), .deassert(pin: 3))
            let performed = runner.perform(.eoi)
            let events = try #require(performed)
            #expect(events.prefix(3) == [.ends(0x41), .completes(0x41), .completes(0x31)])
            if isLate { runner.run(.lateExit) }
            #expect(runner.picture.remoteIRR == [3], "the higher vector's exit was overwritten")
        }
    }

    @Test("An acknowledgement in a late exit is judged by what the guest had ended")
    func judgesLate() throws {
        let setup = MachineSetup(kind: .secure, pins: [.low, .high]).with { $0.exitsLate = true }
        var runner = try Runner(setup, "rfc-v2")
        runner.run(.assert(pin: 2))
        runner.take(0x31)
        runner.run(.assert(pin: 3), .inject, .eoi)
        #expect(runner.violations.contains(.attribution))
        runner.run(.lateExit)
        #expect(runner.violations.contains(.noPrematureAck))
        var right = try Runner(setup, "rfc-v2")
        right.run(.assert(pin: 2))
        right.take(0x31)
        right.run(.deassert(pin: 2), .eoi)
        #expect(right.violations == [])
        right.run(.lateExit)
        #expect(right.violations == [])
    }

    @Test("At step granularity a plain machine makes it in the step of its EOI")
    func inTheStep() throws {
        let late = MachineSetup(kind: .plain, pins: [.low]).with { $0.exitsLate = true }
        var runner = try Runner(late)
        for action in [Action.assert(pin: 2), .run, .deassert(pin: 2), .eoi] {
            #expect(runner.step(action) != nil)
        }
        #expect(runner.picture.remoteIRR == [])
    }

    @Test("One EOI and its late exit are one EOI, in the step of the EOI or in the next one's")
    func countsOnce() throws {
        let pins = [PinSetup.low, .high]
        for kind in MachineKind.allCases {
            for entersAfterExit in [false, true] {
                let setup = MachineSetup(kind: kind, pins: pins, nesting: true).with {
                    $0.exitsLate = true
                    $0.entersAfterExit = entersAfterExit
                }
                var runner = try Runner(setup, "guest-conveys")
                let steps: [Action] = [
                    .assert(pin: 2), .run, .sti, .assert(pin: 3), .run, .eoi, .eoi, .run,
                ]
                for action in steps {
                    #expect(runner.step(action) != nil, "\(kind) \(action)")
                    #expect(runner.violations == [], "\(kind) \(action)")
                }
            }
        }
    }
}
