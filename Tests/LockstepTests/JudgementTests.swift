import InterruptModel
import Synchronization
import TestSupport
import Testing
import Verdicts

@testable import Lockstep

@Suite("How a run is judged (command-line §4)")
struct JudgementTests {
    private static let basic = "assert 2, run, deassert 2, eoi, sti"
    /// A2: rfc-v2 takes the EOI of 0x31 for 0x41.
    private static let steals = "assert 2, run, assert 3, deassert 3, eoi"
    private static let stolen =
        "[attribution, no-premature-ack, no-orphaned-remote-irr, no-stale-shadow, exactly-once]"

    @Test("What is compared is counted: steps, fields and ends of interrupt")
    func counts() throws {
        let outcome = run(try scenario(Self.basic))
        #expect(outcome.verdict == .pass)
        #expect(outcome.compared == Compared(steps: 5, fields: 5 * 16, eois: 1, endings: 1))
    }

    @Test("A run that could compare no field is an error, never a pass")
    func noFields() throws {
        let outcome = run(try scenario(Self.basic), on: ScriptedBackend { $0.sees = [] })
        #expect(outcome.verdict == .error)
        #expect(outcome.failure?.contains("nothing was compared") == true)
    }

    @Test("A run that performed no step is an error, never a pass")
    func noSteps() throws {
        let outcome = run(try scenario("eoi?"))
        #expect(outcome.verdict == .error)
        #expect(outcome.failure?.contains("nothing was compared") == true)
    }

    @Test("A step that is not enabled is an error with its place, unless it is optional")
    func notEnabled() throws {
        let outcome = run(try scenario("run, eoi"))
        #expect(outcome.verdict == .error)
        let message = "test.yaml:6:14: “eoi” is not enabled here: nothing is in service; "
        #expect(outcome.failure?.hasPrefix(message) == true)
        #expect(run(try scenario("run, eoi?")).verdict == .pass)
    }

    @Test("Only what a backend sees is held against the prediction")
    func visibleOnly() throws {
        var backend = ScriptedBackend(at: 4) {
            $0.snapshot.isr.insert(0x31)
            $0.events.removeAll { $0 == .acknowledged(pin: 2, vector: 0x31) }
        }
        backend.sees = FieldSet([.eoiExits, .accepted])
        let outcome = run(try scenario(Self.basic), on: backend)
        #expect(outcome.verdict == .pass)
        #expect(outcome.compared == Compared(steps: 5, fields: 10, eois: 1, endings: 1))
        let rest = ObservedField.allCases.filter { backend.sees?.contains($0) == false }
        #expect(outcome.unobservable.map(\.field) == rest.map { $0.name(on: .secure) })
    }

    @Test("Only the first divergence is reported, and the culprit is the last of the history")
    func firstDivergence() throws {
        let backend = ScriptedBackend(at: 3) { $0.snapshot.remoteIRR.remove(2) }
        let mismatch = try #require(run(try scenario(Self.basic), on: backend).mismatch)
        #expect(mismatch.step == 3)
        #expect(mismatch.history.map(\.text) == ["assert 2", "run", "deassert 2"])
        #expect(mismatch.history.map(\.step) == [1, 2, 3])
        #expect(mismatch.history[1].events.contains("accept 0x31"))
        #expect(mismatch.omittedSteps == 0)
        #expect(mismatch.first.before == "{2}")
    }

    @Test("The history keeps the last 16 steps and says how many it left out")
    func longHistory() throws {
        let rounds = "{repeat: 10, steps: [assert 2, run, deassert 2, eoi, sti]}"
        let backend = ScriptedBackend(at: 44) { $0.snapshot.remoteIRR.insert(3) }
        let mismatch = try #require(run(try scenario(rounds), on: backend).mismatch)
        #expect(mismatch.history.map(\.step) == Array(29...44))
        #expect(mismatch.history.last?.text == "eoi")
        #expect(mismatch.omittedSteps == 28)
    }

    @Test("A hazard that is not listed fails; listed with all it breaks, the run passes with it")
    func hazards() throws {
        let listed = [
            "attribution", "no-premature-ack", "no-orphaned-remote-irr", "no-stale-shadow",
        ]
        let hazards = "hazards: {rfc-v2: [\(listed.joined(separator: ", "))]}"
        let known = run(try scenario(Self.steals, hazards))
        #expect(known.verdict == .pass)
        #expect(known.hazards == listed)
        let one = run(try scenario(Self.steals, "hazards: {rfc-v2: [attribution]}"))
        #expect(one.mismatch?.code == .invariant)
        #expect(one.mismatch?.first.field == "no-premature-ack")
        let tooMany = run(try scenario(Self.steals, "hazards: {rfc-v2: \(Self.stolen)}"))
        #expect(tooMany.mismatch?.code == .hazardAbsent)
        #expect(tooMany.mismatch?.first.field == "exactly-once")
    }

    @Test("With --strict a known hazard fails as such, at the step that broke the invariants")
    func strict() throws {
        let hazards = "hazards: {rfc-v2: [no-orphaned-remote-irr, no-stale-shadow, exactly-once]}"
        let lost = try scenario(
            "assert 2, run, deassert 2, eoi, sti, run, run", hazards,
            machine: "{page-tmr: never, pins: [{pin: 2, vector: 0x31}]}")
        #expect(run(lost).verdict == .pass)
        let outcome = run(lost, LockstepOptions(strict: true))
        #expect(outcome.verdict == .fail)
        let mismatch = try #require(outcome.mismatch)
        #expect(mismatch.code == .hazard)
        #expect(mismatch.step == 4 && mismatch.history.last?.text == "eoi")
        #expect(
            mismatch.differences.map(\.field) == [
                "no-orphaned-remote-irr", "no-stale-shadow", "exactly-once",
            ])
        #expect(Set(mismatch.differences.map(\.observed)) == ["violated, as known"])
    }

    @Test("Expectations bind a design until it breaks an invariant, and the plain machine always")
    func expectationsAfterHazard() throws {
        let rest = """
            hazards: {rfc-v1 rfc-v2 hardened plain: [no-lost-level]}
            expect: {deliveries: {0x31: 7}}
            """
        let machine = "{apic: false, pins: [{pin: 2, vector: 0x31}]}"
        let dead = try scenario("assert 2, run", rest, machine: machine)
        #expect(run(dead, LockstepOptions(kind: .secure)).verdict == .pass)
        #expect(run(dead, LockstepOptions(kind: .plain)).verdict == .pass)
        let always = try scenario(
            "assert 2, run", rest + "\nexpect-plain: {deliveries: {0x31: 7}}", machine: machine)
        #expect(run(always, LockstepOptions(kind: .secure)).verdict == .pass)
        #expect(run(always, LockstepOptions(kind: .plain)).mismatch?.code == .expectation)
    }

    @Test(
        "Each way of a backend to fail has its verdict, and the machine is given back",
        arguments: [
            (BackendFailure.timeout("slow"), Verdict.timeout, false),
            (.failed("broken"), .error, false),
            (.interrupted, .error, true),
        ])
    func failures(failure: BackendFailure, verdict: Verdict, isInterrupted: Bool) throws {
        for atStep in [false, true] {
            let tearDowns = TearDowns()
            let outcome = run(
                try scenario(Self.basic),
                on: ScriptedBackend {
                    $0.step = 2
                    $0.onTearDown = { tearDowns.add() }
                    if atStep { $0.stepFailure = failure } else { $0.prepareFailure = failure }
                })
            #expect(outcome.verdict == verdict)
            #expect(outcome.isInterrupted == isInterrupted)
            #expect(outcome.compared.steps == (atStep ? 1 : 0))
            #expect(tearDowns.count == 1)
        }
    }

    @Test("A skip has a reason: the backend's, the irqchip, or the kind of machine")
    func skips() throws {
        let basic = try scenario(Self.basic)
        let refused = run(basic, on: ScriptedBackend { $0.skip = Skip(reason: "no", hint: "do") })
        #expect(refused.verdict == .skip)
        #expect(refused.skip == Skip(reason: "no", hint: "do"))
        let kernel = try scenario(Self.basic, "irqchips: [kernel]")
        #expect(run(kernel).skip?.reason == "needs irqchip kernel")
        let secure = try scenario(Self.basic, "machines: [secure]")
        #expect(run(secure, LockstepOptions(kind: .plain)).skip?.reason == "needs a secure machine")
    }

    @Test("The first kind of machine that scenario and backend both can is taken")
    func choosesKind() throws {
        let both = try scenario(Self.basic, "machines: [plain, secure]")
        #expect(run(both).compared.fields == 5 * 12)
        #expect(run(both, LockstepOptions(kind: .secure)).compared.fields == 5 * 16)
    }
}

/// Counts from inside a sendable closure.
private final class TearDowns: Sendable {
    private let total = Mutex(0)
    func add() { total.withLock { $0 += 1 } }
    var count: Int { total.withLock { $0 } }
}
