import Testing

@testable import InterruptModel

@Suite("Every interleaving of levels(n) (model-contract §6.1, §7)") struct SmallScopeTests {
    struct Scope: Sendable, Hashable, CustomTestStringConvertible {
        var design: String
        var count: Int
        var nesting: Bool
        var testDescription: String {
            "\(design) levels(\(count))\(nesting ? " nesting" : "")"
        }
    }

    static let scopes =
        EOIDesigns.all.map(\.name).flatMap { design in
            [1, 2].flatMap { count in
                [false, true].map { Scope(design: design, count: count, nesting: $0) }
            }
        } + [Scope(design: "rfc-v2", count: 3, nesting: false)]

    @Test(
        "The model and a reference from model-contract count the same", arguments: scopes,
        IRQChip.allCases)
    func agrees(_ scope: Scope, irqchip: IRQChip) throws {
        let design = try #require(Reference.Design(rawValue: scope.design))
        let reference = Reference(
            count: scope.count, design: design, nesting: scope.nesting,
            exitSlots: irqchip == .split ? 1 : nil)
        let model = try Levels.report(
            scope.count, scope.design, nesting: scope.nesting, irqchip: irqchip)
        #expect(model == reference.report())
    }

    static let guessed = [
        "attribution": 8, "no-premature-ack": 8, "no-orphaned-remote-irr": 8, "no-stale-shadow": 8,
    ]

    static let pinned: [(Scope, SlowReport)] = ["rfc-v1", "rfc-v2", "hardened"].flatMap {
        [
            (
                Scope(design: $0, count: 1, nesting: false),
                SlowReport(states: 26, transitions: 70, depth: 9)
            ),
            (
                Scope(design: $0, count: 1, nesting: true),
                SlowReport(states: 28, transitions: 78, depth: 9)
            ),
            (
                Scope(design: $0, count: 2, nesting: false),
                SlowReport(states: 434, transitions: 1_800, depth: 16, broken: guessed)
            ),
            (
                Scope(design: $0, count: 2, nesting: true),
                SlowReport(states: 508, transitions: 2_206, depth: 17, broken: guessed)
            ),
        ]
    }

    @Test(
        "Designs that guess: exact numbers, violations and shortest counterexamples",
        arguments: pinned)
    func guessing(_ scope: Scope, _ report: SlowReport) throws {
        #expect(try Levels.report(scope.count, scope.design, nesting: scope.nesting) == report)
    }

    @Test("Three lines: exact numbers for rfc-v2")
    func threeLines() throws {
        let report = try Levels.report(3, "rfc-v2", nesting: false)
        #expect(
            report
                == SlowReport(
                    states: 7_872, transitions: 43_088, depth: 26, broken: Self.guessed))
    }

    // Source: secure-avic §7 (b).
    @Test(
        "reevaluate-all with KVM's IOAPIC acks too early, and no line is ever stuck",
        arguments: [
            (false, 1_313, 5_988, 30), (true, 2_198, 11_248, 35),
        ])
    func reevaluating(nesting: Bool, states: Int, transitions: Int, depth: Int) throws {
        let report = try Levels.report(2, "reevaluate-all", nesting: nesting, irqchip: .kernel)
        let broken = ["attribution": 7, "no-premature-ack": 7, "exactly-once": 7]
        #expect(
            report
                == SlowReport(
                    states: states, transitions: transitions, depth: depth, broken: broken))
    }

    @Test(
        "reevaluate-all on a split irqchip has one slot for two exits: a line gets stuck",
        arguments: [
            (false, 516, 2_140, 19), (true, 604, 2_624, 19),
        ])
    func reevaluatingInOneSlot(nesting: Bool, states: Int, transitions: Int, depth: Int) throws {
        let report = try Levels.report(2, "reevaluate-all", nesting: nesting)
        let broken = [
            "attribution": 7, "no-premature-ack": 7, "no-orphaned-remote-irr": 7,
            "exactly-once": 10,
        ]
        #expect(
            report
                == SlowReport(
                    states: states, transitions: transitions, depth: depth, broken: broken))
    }

    @Test(
        "The safe designs violate nothing in any state or transition (secure-avic §7 (d), (e))",
        arguments: [
            ("one-outstanding", false, 240, 904, 18), ("one-outstanding", true, 264, 1_024, 18),
            ("guest-conveys", false, 336, 1_404, 16), ("guest-conveys", true, 392, 1_712, 16),
        ])
    func safe(design: String, nesting: Bool, states: Int, transitions: Int, depth: Int) throws {
        let report = try Levels.report(2, design, nesting: nesting)
        #expect(report == SlowReport(states: states, transitions: transitions, depth: depth))
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
                designs: ["rfc-v1", "rfc-v2", "hardened"],
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
        [
            try report(RFCv1.self, pageTMR, guestEOI), try report(RFCv2.self, pageTMR, guestEOI),
            try report(Hardened.self, pageTMR, guestEOI),
            try report(OneOutstanding.self, pageTMR, guestEOI),
            try report(ReevaluateAll.self, pageTMR, guestEOI),
            try report(GuestConveys.self, pageTMR, guestEOI),
        ].map(\.broken)
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
        #expect(try reports(.never, guestEOI) == Array(repeating: broken, count: 6))
    }

    @Test(
        "Page TMR never set: Linux' toggle clears Remote IRR, and leaves KVM's note (hazard A6)")
    func toggled() throws {
        let broken = ["exactly-once": 6, "no-stale-shadow": 6]
        #expect(try reports(.never, .linuxToggle) == Array(repeating: broken, count: 6))
    }

    @Test(
        "A guest that always forwards does not need the page's TMR (model-contract §4.5)",
        arguments: [GuestEOI.ghcb, .both])
    func forwarded(guestEOI: GuestEOI) throws {
        #expect(try reports(.never, guestEOI).allSatisfy(\.isEmpty))
    }

    @Test("A double EOI finds the shadow empty (hazard A1)")
    func doubled() throws {
        let reports = try reports(.accurate, .both)
        #expect(
            reports == [
                ["memory-safety": 6], ["memory-safety": 6], [:], [:], [:],
                ["exactly-once": 6],
            ])
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
