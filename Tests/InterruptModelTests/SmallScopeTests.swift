import Testing

@testable import InterruptModel

@Suite("Every interleaving of levels(n) (model-contract §6.1, §7)") struct SmallScopeTests {
    struct Scope: Sendable, CustomTestStringConvertible {
        var design: DesignFacts
        var count: Int
        var nesting: Bool
        var testDescription: String {
            "\(design.name) levels(\(count))\(nesting ? " nesting" : "")"
        }

        func report(_ irqchip: IRQChip = .split) throws -> SlowReport {
            try Levels.report(count, design.type, nesting: nesting, irqchip: irqchip)
        }
    }

    static let scopes: [Scope] = DesignFacts.all.flatMap { design -> [Scope] in
        let small = [1, 2].flatMap { count in
            [false, true].map { Scope(design: design, count: count, nesting: $0) }
        }
        guard design.type == RFCv2.self else { return small }
        return small + [Scope(design: design, count: 3, nesting: false)]
    }

    @Test(
        "The model and a reference from model-contract count the same", arguments: scopes,
        IRQChip.allCases)
    func agrees(_ scope: Scope, irqchip: IRQChip) throws {
        let reference = Reference(
            count: scope.count, design: scope.design.contract, nesting: scope.nesting,
            exitSlots: irqchip == .split ? 1 : nil)
        #expect(try scope.report(irqchip) == reference.report())
    }

    @Test(
        "One line: exact numbers, and a design that guesses is right",
        arguments: DesignFacts.all.filter(\.guesses))
    func oneLine(_ design: DesignFacts) throws {
        #expect(
            try Scope(design: design, count: 1, nesting: false).report()
                == SlowReport(states: 26, transitions: 70, depth: 9))
        #expect(
            try Scope(design: design, count: 1, nesting: true).report()
                == SlowReport(states: 28, transitions: 78, depth: 9))
    }

    // Source: secure-avic §7 (b), (d), (e).
    @Test(
        "Two lines: exact numbers, violations and shortest counterexamples of each design",
        arguments: DesignFacts.all)
    func twoLines(_ design: DesignFacts) throws {
        #expect(
            try Scope(design: design, count: 2, nesting: false).report() == design.levels2)
        #expect(
            try Scope(design: design, count: 2, nesting: true).report() == design.nestedLevels2)
    }

    @Test("Three lines: exact numbers for rfc-v2")
    func threeLines() throws {
        let report = try Levels.report(3, RFCv2.self, nesting: false)
        #expect(
            report
                == SlowReport(
                    states: 7_872, transitions: 43_088, depth: 26,
                    broken: DesignFacts.wrongVector))
    }

    // Source: secure-avic §7 (b).
    @Test(
        "reevaluate-all with KVM's IOAPIC acks too early, and no line is ever stuck",
        arguments: [
            (false, 1_313, 5_988, 30), (true, 2_198, 11_248, 35),
        ])
    func reevaluating(nesting: Bool, states: Int, transitions: Int, depth: Int) throws {
        let report = try Levels.report(2, ReevaluateAll.self, nesting: nesting, irqchip: .kernel)
        let broken = ["attribution": 7, "no-premature-ack": 7, "exactly-once": 7]
        #expect(
            report
                == SlowReport(
                    states: states, transitions: transitions, depth: depth, broken: broken))
    }

    struct Counterexample: Sendable, CustomTestStringConvertible {
        var designs: [String]
        var actions: [Action]
        var last: [Event]
        var broken: [Invariant]
        var testDescription: String { "\(designs)" }
    }

    @Test(
        "A shortest counterexample, replayed: only its last action violates anything",
        arguments: [
            Counterexample(
                designs: DesignFacts.all.filter(\.guesses).map(\.name),
                actions: [
                    .assert(pin: 2), .inject, .vmrun, .sti, .accept, .assert(pin: 3), .inject, .eoi,
                ],
                last: [
                    .ends(0x31), .completes(0x41), .reaches(0x41), .acks(3, 0x41), .level(0x41),
                ],
                broken: [.attribution, .noPrematureAck, .noOrphanedRemoteIRR, .noStaleShadow]),
            Counterexample(
                designs: ["reevaluate-all"],
                actions: [
                    .assert(pin: 2), .assert(pin: 3), .inject, .vmrun, .sti, .accept, .eoi,
                ],
                last: [
                    .ends(0x41),
                    .completes(0x41), .reaches(0x41), .acks(3, 0x41), .level(0x41),
                    .completes(0x31), .reaches(0x31), .acks(2, 0x31), .level(0x31),
                ],
                broken: [.attribution, .noPrematureAck, .exactlyOnce]),
        ])
    func replayed(_ example: Counterexample) throws {
        for design in example.designs {
            let setup = MachineSetup.levels(2).with { $0.irqchip = .kernel }
            var runner = try Runner(setup, design)
            for action in example.actions.dropLast() {
                runner.run(action)
                #expect(runner.violations == [])
            }
            #expect(runner.perform(try #require(example.actions.last)) == example.last)
            #expect(runner.violations == example.broken)
        }
    }
}

@Suite("The axes of model-contract §4 on levels(1)") struct AssumptionScopeTests {
    private func report<Design: EOIDesign>(
        _ design: Design.Type, _ pageTMR: PageTMR, _ guestEOI: GuestEOI
    ) throws -> SlowReport {
        let setup = MachineSetup.levels(1).with {
            $0.pageTMR = pageTMR
            $0.guestEOI = guestEOI
        }
        let machine = SecureMachine<NarrowSpace, Design>(setup, space: try Levels.space(1))
        return SlowSearch.report(machine, Levels.actions(1))
    }

    private func reports(
        _ pageTMR: PageTMR, _ guestEOI: GuestEOI
    ) throws -> [[String: Int]] {
        try DesignFacts.all.map { try report($0.type, pageTMR, guestEOI).broken }
    }

    @Test(
        "Page TMR accurate or the guest's, one EOI: every design is right with one line",
        arguments: [PageTMR.accurate, .guest], [GuestEOI.linux, .native, .ghcb])
    func oneLine(pageTMR: PageTMR, guestEOI: GuestEOI) throws {
        #expect(try reports(pageTMR, guestEOI).allSatisfy(\.isEmpty))
    }

    @Test(
        "Page TMR never set: no design can help, KVM hears of nothing (hazard A6)",
        arguments: [GuestEOI.linux, .native])
    func accelerated(guestEOI: GuestEOI) throws {
        let broken = ["exactly-once": 6, "no-orphaned-remote-irr": 6, "no-stale-shadow": 6]
        #expect(try reports(.never, guestEOI).allSatisfy { $0 == broken })
    }

    @Test(
        "Page TMR never set: Linux' toggle clears Remote IRR, and leaves KVM's note (hazard A6)")
    func toggled() throws {
        let broken = ["exactly-once": 6, "no-stale-shadow": 6]
        #expect(try reports(.never, .linuxToggle).allSatisfy { $0 == broken })
    }

    @Test(
        "A guest that always forwards does not need the page's TMR (model-contract §4.5)",
        arguments: [GuestEOI.ghcb, .both])
    func forwarded(guestEOI: GuestEOI) throws {
        #expect(try reports(.never, guestEOI).allSatisfy(\.isEmpty))
    }

    @Test("A double EOI finds the shadow empty (hazard A1)")
    func doubled() throws {
        #expect(try reports(.accurate, .both) == DesignFacts.all.map(\.doubled))
    }
}

@Suite("A guest without Secure AVIC has KVM's exact APIC (model-contract §5)")
struct PlainScopeTests {
    private func machine(_ count: Int, _ nesting: Bool) throws -> PlainMachine<NarrowSpace> {
        let setup = Levels.setup(count, nesting: nesting, kind: .plain)
        return PlainMachine(setup, space: try Levels.space(count))
    }

    @Test(
        "Nothing is violated; a reference from model-contract counts the same",
        arguments: [
            (1, false, 10, 22, 6), (1, true, 12, 30, 6), (2, false, 48, 156, 11),
            (2, true, 72, 272, 11),
        ])
    func lines(count: Int, nesting: Bool, states: Int, transitions: Int, depth: Int) throws {
        let report = SlowSearch.report(try machine(count, nesting), Levels.actions(count))
        #expect(report == SlowReport(states: states, transitions: transitions, depth: depth))
        #expect(report == PlainReference(count: count, nesting: nesting).report())
    }

    @Test(
        "Nothing is violated with masks and scans either (kvm-interrupts §5, §9)",
        arguments: [
            (1, false, 48, 224, 8), (1, true, 56, 276, 8), (2, false, 560, 4_328, 14),
            (2, true, 784, 6_424, 14),
        ])
    func masks(count: Int, nesting: Bool, states: Int, transitions: Int, depth: Int) throws {
        let pins = 0..<UInt8(count)
        let actions =
            Levels.actions(count) + pins.map { .mask(pin: $0) } + pins.map { .unmask(pin: $0) }
            + [.scan]
        let report = SlowSearch.report(try machine(count, nesting), actions)
        #expect(report == SlowReport(states: states, transitions: transitions, depth: depth))
    }
}
