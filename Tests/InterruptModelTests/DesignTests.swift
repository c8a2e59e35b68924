import Testing

@testable import InterruptModel

@Suite("What each design makes of an access to the EOI register (model-contract §3)")
struct DesignTests {
    enum Outcome: Sendable, Equatable {
        case ignores
        case minusOne
        /// By KVM's TMR at EOI time.
        case completes(WideVectors)
        /// By the trigger mode remembered from injection.
        case remembers(WideVectors)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var access: EOIAccess
        var shadow: WideVectors
        /// Of designs that complete the highest unchecked and checked, all, and what is conveyed.
        var outcomes: (Outcome, Outcome, Outcome, Outcome)

        func outcome(of completion: Reference.Design.Completion) -> Outcome {
            switch completion {
            case .highestUnchecked: outcomes.0
            case .highest: outcomes.1
            case .every: outcomes.2
            case .conveyed: outcomes.3
            }
        }

        var testDescription: String { "\(access) shadow \(Spelling.vectors(shadow))" }
    }

    static let rows: [Row] = [
        // A write of 0 that conveys the lower of two vectors (hazard A2).
        Row(
            access: .write(conveying: 0x31), shadow: [0x31, 0x41],
            outcomes: (
                .completes([0x41]), .remembers([0x41]), .remembers([0x31, 0x41]),
                .remembers([0x31])
            )),
        Row(
            access: .write(conveying: 0x31), shadow: [0x31],
            outcomes: (
                .completes([0x31]), .remembers([0x31]), .remembers([0x31]), .remembers([0x31])
            )),
        // A vector that KVM did not inject as level.
        Row(
            access: .write(conveying: 0x51), shadow: [0x31],
            outcomes: (
                .completes([0x31]), .remembers([0x31]), .remembers([0x31]),
                .completes([0x51])
            )),
        // No vector conveyed: a spurious EOI.
        Row(
            access: .write(conveying: -1), shadow: [0xFF],
            outcomes: (.completes([0xFF]), .remembers([0xFF]), .remembers([0xFF]), .ignores)),
        // Empty shadow (hazard A1).
        Row(
            access: .write(conveying: 0x31), shadow: [],
            outcomes: (.minusOne, .ignores, .ignores, .completes([0x31]))),
        Row(
            access: .write(conveying: -1), shadow: [],
            outcomes: (.minusOne, .ignores, .ignores, .ignores)),
        // A read (hazard B8), and data other than 0 (hazard B9).
        Row(
            access: .read, shadow: [0x31, 0x41],
            outcomes: (.completes([0x41]), .ignores, .ignores, .ignores)),
        Row(access: .read, shadow: [], outcomes: (.minusOne, .ignores, .ignores, .ignores)),
        Row(
            access: .write(conveying: 0x31, data: 1), shadow: [0x31],
            outcomes: (.completes([0x31]), .ignores, .ignores, .ignores)),
        Row(
            access: .write(conveying: 0x31, data: 1), shadow: [],
            outcomes: (.minusOne, .ignores, .ignores, .ignores)),
    ]

    private func outcome<Design: EOIDesign>(_ design: Design.Type, _ row: Row) -> Outcome {
        var memory = Design.Memory()
        let decision = design.decide(row.access, shadow: row.shadow, memory: &memory)
        return if decision.usesVectorMinusOne {
            .minusOne
        } else if decision.completes.isEmpty {
            .ignores
        } else if decision.remembersLevel {
            .remembers(decision.completes)
        } else {
            .completes(decision.completes)
        }
    }

    @Test(
        "Each design decides each access to the EOI register as listed (model-contract §3)",
        arguments: rows)
    func decisions(_ row: Row) {
        for design in DesignFacts.all {
            let expected = row.outcome(of: design.contract.completion)
            #expect(outcome(design.type, row) == expected, "\(design.name)")
        }
    }

    struct Pending: Sendable, CustomTestStringConvertible {
        var irr: WideVectors
        var tmr: WideVectors
        var shadow: WideVectors
        /// What a design that holds level vectors back moves; every other one moves all of `irr`.
        var passes: WideVectors
        var testDescription: String {
            "irr \(Spelling.vectors(irr)) tmr \(Spelling.vectors(tmr)) "
                + "shadow \(Spelling.vectors(shadow))"
        }
    }

    @Test(
        "Each design moves at injection what it may (model-contract §3)",
        arguments: [
            Pending(irr: [], tmr: [], shadow: [], passes: []),
            Pending(irr: [], tmr: [0x31], shadow: [0x31], passes: []),
            Pending(irr: [0x31], tmr: [0x31], shadow: [], passes: [0x31]),
            Pending(irr: [0x31], tmr: [0x31], shadow: [0x41], passes: []),
            Pending(irr: [0x31], tmr: [0x31], shadow: [0x21], passes: []),
            Pending(irr: [0x31, 0x41], tmr: [0x31, 0x41], shadow: [], passes: [0x41]),
            Pending(irr: [0x31, 0x41], tmr: [0x31], shadow: [], passes: [0x31, 0x41]),
            Pending(irr: [0x31, 0x41], tmr: [0x31], shadow: [0x21], passes: [0x41]),
            Pending(irr: [0x31, 0x51], tmr: [0x41], shadow: [0x41], passes: [0x31, 0x51]),
        ])
    func movable(_ row: Pending) {
        var apic = SoftwareAPIC<WideSpace>()
        apic.irr = row.irr
        apic.tmr = row.tmr
        apic.isr = row.shadow
        func moved<Design: EOIDesign>(_ design: Design.Type) -> WideVectors {
            design.movable(of: apic)
        }
        for design in DesignFacts.all {
            let expected = design.contract.holdsLevelsBack ? row.passes : row.irr
            #expect(moved(design.type) == expected, "\(design.name)")
        }
    }

    @Test(
        "A new life: the RFC keeps its shadow, the others forget it (hazard F29)",
        arguments: DesignFacts.all)
    func reset(design: DesignFacts) throws {
        let forgets = !design.keepsShadow
        var runner = try Runner(.secure(.low, .high), design.name)
        runner.run(.assert(pin: 2))
        runner.take(0x31)
        runner.run(.deassert(pin: 2), .msi(vector: 0x41), .inject)
        runner.expect(.reset)
        #expect(runner.picture.isr == (forgets ? [] : [0x31]))
        #expect(runner.picture.requested == (forgets ? [] : [0x41]))
        #expect(runner.picture.pageISR == [])
        #expect(runner.picture.pageTMR == [])
        #expect(!runner.picture.interruptFlag)
        #expect(runner.picture.remoteIRR == [2], "the IOAPIC is not reset")
        #expect(runner.violations.contains(.noStaleShadow) != forgets)
    }

    @Test(
        "A new life keeps what the guest allows, and its TMR where that is the guest's",
        arguments: PageTMR.allCases)
    func newLife(pageTMR: PageTMR) {
        var bench = SecureBench(MachineSetup.secure(.low).with { $0.pageTMR = pageTMR })
        bench.run(.tpr(0x20), .assert(pin: 2))
        bench.take(0x31)
        bench.run(.reset)
        #expect(bench.state.vcpus[0].page.allowed == [0x31])
        #expect(bench.state.vcpus[0].page.tpr == 0)
        #expect(bench.state.vcpus[0].page.tmr == (pageTMR == .guest ? [0x31] : []))
    }

    @Test("These tests have the facts of every design, in the order of EOIDesigns.all")
    func facts() {
        let known = DesignFacts.all.map(\.name)
        for design in EOIDesigns.all where !known.contains(design.name) {
            Issue.record(
                """
                \(design.name) has no facts: give it a row in DesignFacts.all (Support/\
                DesignFacts.swift) that says what model-contract §3 has it complete, whether it \
                holds level vectors back or keeps its shadow in a new life, and the numbers of \
                levels(2)
                """)
        }
        #expect(known == EOIDesigns.all.map(\.name))
    }

    @Test("Each design is found by its name, with words and a source; rfc-v2 is the standard one")
    func catalogue() {
        #expect(EOIDesigns.standard.name == "rfc-v2")
        #expect(EOIDesigns.named("rfc-v3") == nil)
        for design in EOIDesigns.all {
            #expect(EOIDesigns.named(design.name)?.name == design.name)
            #expect(!design.summary.isEmpty)
            #expect(!design.source.isEmpty)
            #expect(!design.explanation.isEmpty)
        }
    }
}
