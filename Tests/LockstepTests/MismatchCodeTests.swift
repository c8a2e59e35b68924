import InterruptModel
import TestSupport
import Testing
import Verdicts

@testable import Lockstep

/// A way in which a backend can go wrong at one step, and the code that names it.
struct Divergence: Sendable, CustomTestStringConvertible {
    var code: MismatchCode
    /// The field that a report names first; nil for codes that are about the whole run.
    var field: String
    var step: Int
    var change: @Sendable (inout Observation) -> Void

    var testDescription: String { "\(code.rawValue) at step \(step): \(field)" }
}

@Suite("Mismatch codes: each divergence has its stable name")
struct MismatchCodeTests {
    /// 1 assert, 2 run (takes 0x31), 3 de-assert, 4 eoi (exit, ack of pin 2), 5 sti.
    private static let steps = "assert 2, run, deassert 2, eoi, sti"

    private static let divergences: [Divergence] = [
        Divergence(code: .eoiMissing, field: "EOI exits", step: 4) {
            $0.events.removeAll { $0 == .eoiExit(vector: 0x31) }
        },
        Divergence(code: .eoiSpurious, field: "EOI exits", step: 5) {
            $0.events.append(.eoiExit(vector: 0x31))
        },
        Divergence(code: .eoiWrongVector, field: "EOI exits", step: 4) {
            $0.events = $0.events.map {
                $0 == .eoiExit(vector: 0x31) ? .eoiExit(vector: 0x41) : $0
            }
        },
        Divergence(code: .interruptMissing, field: "interrupts taken", step: 2) {
            $0.events.removeAll()
        },
        Divergence(code: .interruptExtra, field: "interrupts taken", step: 5) {
            $0.events.append(.accepted(vector: 0x41))
        },
        Divergence(code: .interruptWrongVector, field: "interrupts taken", step: 2) {
            $0.events = [.accepted(vector: 0x41)]
        },
        Divergence(code: .acknowledge, field: "acks", step: 4) {
            $0.events.removeAll { $0 == .acknowledged(pin: 2, vector: 0x31) }
        },
        Divergence(code: .acknowledge, field: "resamples", step: 4) {
            $0.events.append(.resampled(pin: 2))
        },
        Divergence(code: .order, field: "order of events", step: 4) { $0.events.reverse() },
        Divergence(code: .remoteIRRStuck, field: "Remote IRR", step: 4) {
            $0.snapshot.remoteIRR.insert(2)
        },
        Divergence(code: .remoteIRREarly, field: "Remote IRR", step: 3) {
            $0.snapshot.remoteIRR.remove(2)
        },
        Divergence(code: .state, field: "shadow ISR", step: 4) { $0.snapshot.isr.insert(0x31) },
        Divergence(code: .state, field: "software IRR", step: 3) { $0.snapshot.irr.insert(0x41) },
        Divergence(code: .state, field: "software TMR", step: 1) { $0.snapshot.tmr.remove(0x31) },
        Divergence(code: .state, field: "PPR", step: 2) { $0.snapshot.ppr = 0 },
        Divergence(code: .state, field: "IF", step: 2) { $0.snapshot.interruptFlag = true },
        Divergence(code: .state, field: "line status", step: 1) {
            $0.events.append(.lineStatus(1))
        },
        Divergence(code: .state, field: "#GP", step: 5) { $0.events.append(.faulted) },
    ]

    @Test("A backend that differs at one step fails there, by this name", arguments: divergences)
    func divergence(divergence: Divergence) throws {
        let outcome = run(
            try scenario(Self.steps),
            on: ScriptedBackend(at: divergence.step, divergence.change))
        #expect(outcome.verdict == .fail)
        let mismatch = try #require(outcome.mismatch)
        #expect(mismatch.code == divergence.code)
        #expect(mismatch.step == divergence.step)
        #expect(mismatch.first.field == divergence.field)
        #expect(mismatch.first.expected != mismatch.first.observed)
    }

    @Test("EXPECTATION: backend and model agree, and the scenario expects something else")
    func expectation() throws {
        let outcome = run(try scenario(Self.steps, "expect: {remote-irr: [2]}"))
        let mismatch = try #require(outcome.mismatch)
        #expect(mismatch.code == .expectation)
        #expect(mismatch.first.field == "Remote IRR (test.yaml:7:22)")
        #expect(mismatch.first.expected == "{2}")
        #expect(mismatch.first.observed == "–")
    }

    @Test("INVARIANT: the design breaks one that the scenario does not list for it")
    func invariant() throws {
        let steals = "assert 2, run, assert 3, deassert 3, eoi"
        let mismatch = try #require(run(try scenario(steals)).mismatch)
        #expect(mismatch.code == .invariant)
        #expect(mismatch.first.field == "attribution")
        #expect(mismatch.step == 5)
    }

    @Test("HAZARD: the design breaks one that the scenario lists for it, and the run is strict")
    func hazard() throws {
        let steals = "assert 2, run, assert 3, deassert 3, eoi, sti"
        let listed = "[attribution, no-premature-ack, no-orphaned-remote-irr, no-stale-shadow]"
        let known = try scenario(steals, "hazards: {rfc-v2: \(listed)}")
        let mismatch = try #require(run(known, LockstepOptions(strict: true)).mismatch)
        #expect(mismatch.code == .hazard)
        #expect(mismatch.first.field == "attribution")
        #expect(mismatch.step == 5)
    }

    @Test("HAZARD-ABSENT: the design keeps one that the scenario lists for it")
    func hazardAbsent() throws {
        let outcome = run(try scenario(Self.steps, "hazards: {rfc-v2: [attribution]}"))
        let mismatch = try #require(outcome.mismatch)
        #expect(mismatch.code == .hazardAbsent)
        #expect(mismatch.first.field == "attribution")
        #expect(mismatch.step == 0)
    }

    @Test("STUCK-ABSENT: the line that the scenario calls stuck can be served")
    func stuckAbsent() throws {
        let mismatch = try #require(run(try scenario("assert 2, run", "stuck: 2")).mismatch)
        #expect(mismatch.code == .stuckAbsent)
        #expect(mismatch.first.field == "line 2" && mismatch.first.expected == "stuck")
        #expect(mismatch.step == 2)
    }

    @Test("Every code has a backend here that produces it")
    func all() {
        let judged: Set<MismatchCode> = [
            .expectation, .invariant, .hazard, .hazardAbsent, .stuckAbsent,
        ]
        #expect(Set(Self.divergences.map(\.code)).union(judged) == Set(MismatchCode.allCases))
    }
}
