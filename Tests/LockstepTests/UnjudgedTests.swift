import InterruptModel
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Lockstep

@Suite("What a run did not judge, did not do or only shows is said and counted")
struct UnjudgedTests {
    /// Nobody takes the line while the APIC is off: “no-lost-level” is broken from the first step.
    private static let deaf = "{apic: false, pins: [{pin: 2, vector: 0x31}]}"
    private static let known = "hazards: {rfc-v2 plain: [no-lost-level]}"

    @Test("Expectations behind the first violated invariant are counted, whatever they say")
    func behindAViolation() throws {
        // Found by a user: every one of these is nonsense, and the run passed without a word.
        let nonsense = try scenario(
            "assert 2, {expect: {deliveries: {0x31: 77}, remote-irr: [2]}}, run",
            Self.known + "\nexpect: {deliveries: {0x31: 99}, acks: [2, 2]}", machine: Self.deaf)
        let outcome = run(nonsense)
        #expect(outcome.verdict == .pass && outcome.hazards == ["no-lost-level"])
        #expect(outcome.compared.unjudged == 4)
    }

    @Test("Expectations before it are judged")
    func beforeAViolation() throws {
        let early = try scenario(
            "run, {expect: {deliveries: {0x31: 77}}}, assert 2", Self.known, machine: Self.deaf)
        #expect(run(early).mismatch?.code == .expectation)
    }

    @Test("What must hold always is judged behind it too, in a step and at the end")
    func always() throws {
        let right = try scenario(
            "assert 2, {always: {remote-irr: []}}, enable-apic, unmask 2, run",
            Self.known + "\nexpect: {deliveries: {}}\nalways: {deliveries: {0x31: 1}}",
            machine: Self.deaf)
        #expect(run(right).verdict == .pass)
        #expect(run(right).compared.unjudged == 1)
        let wrongStep = try scenario(
            "assert 2, {always: {remote-irr: [2]}}, run", Self.known, machine: Self.deaf)
        #expect(run(wrongStep).mismatch?.first.field == "Remote IRR (test.yaml:6:41)")
        let wrongEnd = try scenario(
            "assert 2", Self.known + "\nalways: {deliveries: {0x31: 1}}", machine: Self.deaf)
        #expect(run(wrongEnd).mismatch?.code == .expectation)
    }

    @Test("Under other axes than the scenario's own nothing is judged, and that is counted")
    func otherAxes() throws {
        let basic = try scenario(
            "assert 2, run, deassert 2, eoi", "expect: {deliveries: {0x31: 7}, remote-irr: []}")
        let options = LockstepOptions(axes: [.pageTMR: "never"])
        #expect(run(basic, options).verdict == .pass, "a backend was held against the model")
        #expect(run(basic, options).compared.unjudged == 2)
        // The model agrees with itself: that is no pass, unless the design promises something.
        var model: any Backend = ModelBackend()
        #expect(Lockstep(options).run(basic, on: &model).verdict == .shown)
        let hardened = try #require(EOIDesigns.named("hardened"))
        let promising = LockstepOptions(design: hardened, axes: [.pageTMR: "never"])
        #expect(Lockstep(promising).run(basic, on: &model).verdict == .pass)
    }

    @Test("A step that is left out stands in the history with the reason, and is counted")
    func leftOut() throws {
        let outcome = run(
            try scenario("assert 2, assert? 2, run, eoi-raising? 2", "expect: {isr: []}"))
        #expect(outcome.compared.leftOut == 2 && outcome.compared.steps == 2)
        let history = try #require(outcome.mismatch).history
        #expect(history.map(\.text) == ["assert 2", "assert 2", "run", "eoi-raising 2"])
        #expect(history.map(\.step) == [1, 2, 3, 4])
        #expect(
            history.map(\.leftOut) == [
                nil, "line 2 is high already", nil, "line 2 is high already",
            ])
    }

    @Test("A run that cannot go on says what it had done, with what was left out")
    func steps() throws {
        let outcome = run(try scenario("assert 2, assert? 2, run, sti", "expect: {isr: []}"))
        #expect(outcome.verdict == .error && outcome.failure?.contains("“sti”") == true)
        #expect(outcome.steps.map(\.text) == ["assert 2", "assert 2", "run"])
        #expect(outcome.steps.map { $0.leftOut != nil } == [false, true, false])
    }

    @Test("A write of the value that stands there is a write, not a step to be left out")
    func sameValue() throws {
        let outcome = run(
            try scenario(
                "assert 2, retarget? 2 0, mask? 2, mask? 2", "expect: {remote-irr: [2]}"))
        #expect(outcome.compared.leftOut == 0 && outcome.compared.steps == 4)
    }

    @Test("A scenario that states nothing is shown on the model, with all its steps")
    func shown() throws {
        let outcome = onModel(try scenario("assert 2, run, deassert 2, eoi"))
        #expect(outcome.verdict == .shown)
        #expect(outcome.steps.map(\.text) == ["assert 2", "run", "deassert 2", "eoi"])
        #expect(run(try scenario("assert 2, run")).verdict == .pass, "a backend is compared")
        let broken = try scenario("assert 2, run, assert 3, deassert 3, eoi")
        #expect(onModel(broken).mismatch?.code == .invariant)
    }

    @Test("Interrupts that end without an EOI for the IOAPIC are counted apart")
    func endings() throws {
        let edge = try scenario(
            "assert 2, run, eoi", "expect: {deliveries: {0x31: 1}}",
            machine: "{pins: [{pin: 2, vector: 0x31, trigger: edge}]}")
        #expect(run(edge).compared.eois == 0 && run(edge).compared.endings == 1)
    }

    @Test("With KVM's IOAPIC an EOI is counted where anything of it shows")
    func kernelEOIs() throws {
        var kernel = LockstepOptions()
        kernel.irqchip = .kernel
        func eois(_ steps: String, machine: String, _ sees: [ObservedField]) throws -> Int {
            let outcome = run(
                try scenario(steps, machine: machine),
                on: ScriptedBackend { $0.sees = FieldSet(sees) }, kernel)
            return outcome.compared.eois
        }
        let one = "{pins: [{pin: 2, vector: 0x31}]}"
        let resampled = "{pins: [{pin: 2, vector: 0x31, resampler: true}]}"
        let dropped = "assert 2, run, deassert 2, eoi"
        #expect(try eois(dropped, machine: one, [.acknowledgements]) == 1)
        #expect(try eois(dropped, machine: one, [.remoteIRR]) == 1)
        #expect(try eois(dropped, machine: one, [.isr]) == 0)
        #expect(try eois("assert 2, run, eoi", machine: one, [.remoteIRR, .irr]) == 1)
        #expect(try eois("assert 2, run, eoi", machine: one, [.remoteIRR]) == 0)
        #expect(try eois("irqfd 2, run, eoi", machine: resampled, [.resamples]) == 1)
        #expect(try eois("assert 2, run", machine: one, [.remoteIRR, .irr]) == 0)
    }

    @Test("EOI-MISSING calls a line dead only where its Remote IRR stays set")
    func deadLine() throws {
        func note(_ change: @escaping @Sendable (inout Observation) -> Void) throws -> String? {
            run(
                try scenario("assert 2, run, deassert 2, eoi"), on: ScriptedBackend(at: 4, change)
            ).mismatch?.note
        }
        let exit = Event.eoiExit(vector: 0x31)
        let dead = try note {
            $0.events.removeAll { $0 == exit }
            $0.snapshot.remoteIRR.insert(2)
        }
        #expect(dead == "Remote IRR of {2} stays set: the line is dead")
        let harmless = try note { $0.events.removeAll { $0 == exit } }
        #expect(harmless == "no pin's Remote IRR waits for it")
    }

    private func onModel(_ scenario: Scenario) -> ScenarioOutcome {
        var backend: any Backend = ModelBackend()
        return Lockstep(LockstepOptions()).run(scenario, on: &backend)
    }
}
