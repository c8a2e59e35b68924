import Testing

@testable import InterruptModel

/// The shortest known stories, by their heading in hazards.
@Suite("The shortest known stories, by their heading in hazards") struct StoryTests {
    static let rfc = DesignFacts.all.filter(\.isRFC).map(\.name)
    static let careful = DesignFacts.all.filter { !$0.isRFC }.map(\.name)
    static let guessing = DesignFacts.all.filter(\.guesses).map(\.name)

    // Source: model-contract §2.6.
    @Test("A1: a spurious EOI with an empty shadow uses vector −1 in the RFC", arguments: rfc)
    func emptyShadowRFC(design: String) throws {
        var runner = try Runner(.secure(.low), design)
        let before = runner.picture
        runner.expect(.spuriousEOI, .vectorMinusOne)
        #expect(runner.picture == before, "the model changes nothing and reports")
        #expect(runner.violations == [.memorySafety])
    }

    @Test("A1: a spurious EOI does nothing in the other designs", arguments: careful)
    func emptyShadow(design: String) throws {
        var runner = try Runner(.secure(.low), design)
        runner.expect(.spuriousEOI)
        #expect(runner.violations == [])
    }

    @Test(
        "A1: a read with an empty shadow is an EOI of vector −1 in the RFC (hazard B8)",
        arguments: rfc)
    func readRFC(design: String) throws {
        var runner = try Runner(.secure(.low), design)
        runner.expect(.readEOI, .eoiRead, .vectorMinusOne)
        #expect(runner.violations == [.memorySafety])
        runner.run(.assert(pin: 2))
        runner.take(0x31)
        runner.run(.deassert(pin: 2))
        runner.expect(.readEOI, .eoiRead, .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(
            runner.violations == [.attribution, .noPrematureAck, .writeOnlyEOI])
        #expect(runner.picture.pageISR == [0x31])
    }

    @Test("A read completes nothing in the other designs (hazard B8)", arguments: careful)
    func read(design: String) throws {
        var runner = try Runner(.secure(.low), design)
        runner.run(.assert(pin: 2))
        runner.take(0x31)
        runner.expect(.readEOI, .eoiRead, .faulted)
        #expect(runner.violations == [])
    }

    @Test(
        "Non-zero data: an EOI in the RFC, #GP elsewhere (hazard B9)",
        arguments: rfc + careful)
    func nonzero(design: String) throws {
        var runner = try Runner(.secure(.low), design)
        runner.refuse(.nonzeroEOI)
        runner.run(.assert(pin: 2))
        runner.take(0x31)
        runner.run(.deassert(pin: 2))
        let events = runner.perform(.nonzeroEOI)
        let completed: [Event] = [.completes(0x31), .reaches(0x31), .acks(2, 0x31)]
        #expect(events == (Self.rfc.contains(design) ? completed : [.faulted]))
        #expect(runner.picture.pageISR == [0x31])
    }

    /// L in its handler, H injected behind it, the guest ends L.
    private func ambiguous(_ design: String) throws -> Runner {
        var runner = try Runner(.secure(.low, .high), design)
        runner.run(.assert(pin: 2))
        runner.take(0x31)
        runner.run(.assert(pin: 3))
        for action in [Action.inject, .vmrun] { _ = runner.perform(action) }
        return runner
    }

    @Test("A2: the EOI of L completes H", arguments: guessing)
    func wrongVector(design: String) throws {
        var runner = try ambiguous(design)
        runner.run(.deassert(pin: 2), .deassert(pin: 3))
        runner.expect(.eoi, .ends(0x31), .completes(0x41), .reaches(0x41), .acks(3, 0x41))
        #expect(runner.violations.contains(.attribution))
        #expect(runner.violations.contains(.noPrematureAck))
        #expect(runner.violations.contains(.noOrphanedRemoteIRR))
        #expect(runner.picture.remoteIRR == [2])
        // The set balances if H was not served again: H's own EOI completes L.
        runner.run(.sti)
        runner.take(0x41)
        runner.expect(.eoi, .ends(0x41), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(runner.picture.remoteIRR == [])
        #expect(runner.picture.isr == [])
    }

    @Test(
        "A3: H, served again too early, leaves L's line stuck",
        arguments: guessing)
    func stuckLine(design: String) throws {
        var runner = try ambiguous(design)
        runner.run(.deassert(pin: 2))
        runner.expect(
            .eoi, .ends(0x31), .completes(0x41), .reaches(0x41), .acks(3, 0x41), .level(0x41))
        runner.run(.inject, .vmrun)
        #expect(runner.picture.pageIRR == [0x41], "two injections collapse")
        runner.run(.sti)
        runner.expect(.accept, .took(0x41))
        runner.run(.deassert(pin: 3))
        runner.expect(.eoi, .ends(0x41), .completes(0x41), .reaches(0x41), .acks(3, 0x41))
        #expect(runner.picture.isr == [0x31])
        #expect(runner.picture.remoteIRR == [2])
        #expect(runner.violations == [.noOrphanedRemoteIRR, .noStaleShadow])
        runner.expect(.assert(pin: 2))
        runner.refuse(.inject)
        runner.run(.sti)
        runner.refuse(.accept)
        // Only a spurious EOI sets it free.
        runner.expect(
            .spuriousEOI, .completes(0x31), .reaches(0x31), .acks(2, 0x31), .level(0x31))
    }

    @Test("one-outstanding holds H back until L is ended, then it goes")
    func holdsBack() throws {
        var runner = try Runner(.secure(.low, .high), "one-outstanding")
        runner.run(.assert(pin: 2))
        runner.take(0x31)
        runner.run(.deassert(pin: 2), .assert(pin: 3))
        runner.refuse(.inject)
        #expect(runner.picture.irr == [0x41])
        runner.expect(.eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        runner.run(.sti)
        runner.take(0x41)
        #expect(runner.violations == [])
    }

    @Test("one-outstanding lets edges pass meanwhile")
    func edgesPass() throws {
        var runner = try Runner(.secure(.low, .high), "one-outstanding")
        runner.run(.assert(pin: 2))
        runner.take(0x31)
        runner.run(.assert(pin: 3), .msi(vector: 0x51))
        runner.expect(.inject)
        #expect(runner.picture.requested == [0x51])
        #expect(runner.picture.irr == [0x41])
        #expect(runner.picture.isr == [0x31])
    }

    @Test("one-outstanding: of several pending level vectors the highest goes")
    func highestGoes() throws {
        var runner = try Runner(.secure(.low, .high), "one-outstanding")
        runner.run(.assert(pin: 2), .assert(pin: 3))
        runner.expect(.inject)
        #expect(runner.picture.requested == [0x41])
        #expect(runner.picture.isr == [0x41])
        #expect(runner.picture.irr == [0x31])
        runner.refuse(.inject)
    }

    @Test("guest-conveys completes exactly what was ended")
    func conveys() throws {
        var runner = try ambiguous("guest-conveys")
        #expect(runner.picture.isr == [0x31, 0x41])
        runner.expect(
            .eoi, .ends(0x31), .completes(0x31), .reaches(0x31), .acks(2, 0x31), .level(0x31))
        #expect(runner.picture.isr == [0x41])
        #expect(runner.violations == [])
    }

    @Test("reevaluate-all completes all, highest first, and serves the high lines again")
    func reevaluates() throws {
        var runner = try ambiguous("reevaluate-all")
        runner.run(.deassert(pin: 2))
        runner.expect(
            .eoi, .ends(0x31),
            .completes(0x41), .reaches(0x41), .acks(3, 0x41), .level(0x41),
            .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(runner.picture.remoteIRR == [3])
        #expect(runner.picture.isr == [])
        // Nothing is orphaned, but H was acknowledged before the guest ended it.
        #expect(runner.violations == [.attribution, .noPrematureAck, .exactlyOnce])
    }

    @Test(
        "hardened remembers the trigger mode from injection (hazard C11)",
        arguments: [("rfc-v2", false), ("hardened", true)])
    func remembers(design: String, clears: Bool) throws {
        var runner = try Runner(.secure(.low), design)
        runner.run(.assert(pin: 2))
        runner.take(0x31)
        runner.run(.deassert(pin: 2), .msi(vector: 0x31))
        runner.expect(.eoi, .ends(0x31, .edge), .completes(0x31), .reaches(0x31), .acks(2, 0x31))
        #expect(runner.picture.remoteIRR == (clears ? [] : [2]))
    }

    @Test("Hazard A5: after a disallowed vector each EOI is attributed to it", arguments: rfc)
    func disallowed(design: String) throws {
        var runner = try Runner(
            MachineSetup.secure(.low, .high).with { $0.allowed = [0x31] }, design)
        runner.run(.assert(pin: 3), .inject, .vmrun, .deassert(pin: 3), .assert(pin: 2))
        runner.take(0x31)
        runner.run(.deassert(pin: 2))
        runner.expect(.eoi, .ends(0x31), .completes(0x41), .reaches(0x41), .acks(3, 0x41))
        #expect(runner.violations.contains(.attribution))
        #expect(runner.picture.remoteIRR == [2])
    }
}
