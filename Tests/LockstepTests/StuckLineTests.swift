import InterruptModel
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Lockstep

/// A scenario that calls a line stuck is held to it (command-line §4).
@Suite("The line that a scenario calls stuck")
struct StuckLineTests {
    /// Nobody writes the page's TMR, so that the EOI never reaches KVM.
    private static let never =
        "{page-tmr: never, pins: [{pin: 2, vector: 0x31}, {pin: 3, vector: 0x41}]}"

    private func written(
        _ steps: String, _ rest: String, machine: String = never
    ) throws -> Scenario {
        try scenario(steps, "machines: [secure]\n\(rest)", machine: machine)
    }

    @Test("It is, and the outcome names it and shows every step")
    func stuck() throws {
        let outcome = run(try written("assert 2, run", "stuck: 2"))
        #expect(outcome.verdict == .pass && outcome.stuck == 2)
        #expect(outcome.steps.map(\.text) == ["assert 2", "run"])
        #expect(outcome.compared.unjudged == 0)
    }

    @Test("It is not: its interrupt can be taken, or none is owed, or it is another line")
    func absent() throws {
        for (steps, pin, words) in [
            ("assert 2", 2, "can still be taken"), ("assert 2, run", 3, "no interrupt is owed"),
            ("assert 2, run, deassert 2", 2, "no interrupt is owed"),
            ("assert 2, run, assert 3", 3, "can still be taken"),
        ] {
            let outcome = run(try written(steps, "stuck: \(pin)"))
            #expect(outcome.verdict == .fail && outcome.stuck == nil, "\(steps)")
            #expect(outcome.mismatch?.code == .stuckAbsent, "\(steps)")
            #expect(outcome.mismatch?.first.observed.contains(words) == true, "\(steps)")
        }
    }

    @Test("Steps that were left out have not happened")
    func leftOut() throws {
        let outcome = run(try written("assert 2, eoi?, run, {repeat: 2, steps: [run]}", "stuck: 2"))
        #expect(outcome.verdict == .pass && outcome.stuck == 2)
    }

    @Test("Under --strict a stuck line is a failure at the last step")
    func strict() throws {
        let outcome = run(try written("assert 2, run", "stuck: 2"), LockstepOptions(strict: true))
        #expect(outcome.verdict == .fail && outcome.mismatch?.code == .hazard)
        #expect(outcome.mismatch?.step == 2)
    }

    @Test("It is stated for the design that is named, else for each; what is not is counted")
    func designs() throws {
        for design in EOIDesigns.all {
            let options = LockstepOptions(design: design)
            let named = run(try written("assert 2, run", "stuck: 2\ndesign: hardened"), options)
            let isStated = design.name == "hardened"
            #expect(named.verdict == .pass && named.stuck == (isStated ? 2 : nil))
            #expect(named.compared.unjudged == (isStated ? 0 : 1))
            #expect(run(try written("assert 2, run", "stuck: 2"), options).stuck == 2)
        }
    }

    @Test("Under other assumptions nothing is stated")
    func otherAxes() throws {
        let options = LockstepOptions(axes: [.pageTMR: "accurate"])
        let outcome = run(try written("assert 2, run", "stuck: 2"), options)
        #expect(outcome.verdict == .pass && outcome.stuck == nil)
        #expect(outcome.compared.unjudged == 1)
    }

    @Test("A machine that is too wide to be asked about is an error")
    func tooWide() throws {
        let pins = (2...12).map { "{pin: \($0), vector: \(0x30 + $0)}" }.joined(separator: ", ")
        let outcome = run(
            try written("assert 2, run", "stuck: 2", machine: "{page-tmr: never, pins: [\(pins)]}"))
        #expect(outcome.verdict == .error)
        #expect(outcome.failure?.contains("up to 8 pins, of which there are 11") == true)
    }

    @Test("Its time is the run's")
    func time() throws {
        var options = LockstepOptions()
        options.limit = .zero
        #expect(run(try written("assert 2, run", "stuck: 2"), options).verdict == .timeout)
    }

    @Test("Who wants all steps gets them, also of a long run that passes")
    func keepsSteps() throws {
        var options = LockstepOptions()
        options.keepsSteps = true
        let long = try scenario("{repeat: 40, steps: [assert 2, deassert 2]}")
        #expect(run(long, options).steps.map(\.step) == Array(1...80))
        #expect(run(long).steps.isEmpty)
    }
}
