import InterruptModel
import Scenarios
import TestSupport
import Testing

@testable import Lockstep

/// A picture marks from where on the guest alone cannot mend it (reports §6).
@Suite("Lines that nothing serves any more, and since when")
struct LostLineTests {
    /// Nobody writes the page's TMR, so that the EOI never reaches KVM.
    private static let never =
        "{page-tmr: never, pins: [{pin: 2, vector: 0x31}, {pin: 3, vector: 0x41}]}"

    private func timeline(
        _ scenario: Scenario, _ design: EOIDesignEntry = EOIDesigns.standard
    ) throws -> Timeline {
        var backend: any Backend = ModelBackend()
        let run = Lockstep(LockstepOptions(design: design)).record(scenario, on: &backend)
        return try #require(run.timeline).withLostLines()
    }

    private func written(_ steps: String) throws -> Scenario {
        try scenario(steps, "machines: [secure]", machine: Self.never)
    }

    private func lost(_ steps: String) throws -> [LostLine] {
        try timeline(written(steps)).lostLines
    }

    @Test("It begins with the step that makes it so, and ends with the step that mends it")
    func parts() throws {
        #expect(try lost("assert 2") == [])
        #expect(try lost("assert 2, run") == [LostLine(pin: 2, since: 2)])
        #expect(
            try lost("assert 2, run, eoi?, deassert 2, eoi?")
                == [LostLine(pin: 2, since: 2, until: 4)])
        #expect(
            try lost("assert 2, run, eoi, assert 3, deassert 2, assert 2") == [
                LostLine(pin: 2, since: 2, until: 5), LostLine(pin: 2, since: 6),
            ])
    }

    @Test("The catalogue's stuck line is lost while it is high, and under no design that is right")
    func catalogue() throws {
        let stuck = try #require(try Catalogue.load().first { $0.name == "stuck-line" })
        #expect(try timeline(stuck).lostLines == [LostLine(pin: 2, since: 10, until: 12)])
        for design in EOIDesigns.all
        where ["guest-conveys", "one-outstanding"].contains(design.name) {
            #expect(try timeline(stuck, design).lostLines == [], "\(design.name)")
        }
    }

    @Test("Of a run that has not gone on it is not told when it is going to end")
    func ahead() throws {
        let whole = try timeline(written("assert 2, run, eoi?, deassert 2, eoi?"))
        #expect(whole.lostLines == [LostLine(pin: 2, since: 2, until: 4)])
        #expect(whole.upTo(1).lostLines == [])
        #expect(whole.upTo(3).lostLines == [LostLine(pin: 2, since: 2)])
        #expect(whole.upTo(4).lostLines == whole.lostLines)
    }

    @Test("Of a run that is too long, or of which nobody waits to know, nothing is said")
    func unknown() throws {
        let (design, lost) = (EOIDesigns.standard, [LostLine(pin: 2, since: 2)])
        let short = try timeline(written("assert 2, run, {repeat: 198, steps: [eoi?]}"))
        #expect(short.steps.count == 200 && short.lostLines == lost)
        let long = try timeline(written("assert 2, run, {repeat: 199, steps: [eoi?]}"))
        #expect(long.lostLines == [])
        #expect(LostLineSearch(short, design) { true }.lines == lost)
        #expect(LostLineSearch(short, design) { false }.lines == [])
    }
}
