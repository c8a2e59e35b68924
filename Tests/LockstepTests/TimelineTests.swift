import InterruptModel
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Lockstep

@Suite("A run as data")
struct TimelineTests {
    private func record(
        _ scenario: Scenario, on irqchip: IRQChip
    ) -> (outcome: ScenarioOutcome, timeline: Timeline?) {
        var backend: any Backend = ModelBackend()
        return Lockstep(LockstepOptions(irqchip: irqchip)).record(scenario, on: &backend)
    }

    @Test("To keep a run as data changes nothing of it, for the whole catalogue")
    func sameOutcome() throws {
        for scenario in try Catalogue.load() where !scenario.name.contains("storm") {
            for irqchip in scenario.irqchips {
                var backend: any Backend = ModelBackend()
                let options = LockstepOptions(irqchip: irqchip)
                let plain = Lockstep(options).run(scenario, on: &backend)
                let (outcome, timeline) = record(scenario, on: irqchip)
                #expect(outcome == plain, "\(scenario.name)")
                guard plain.verdict != .skip else { continue }
                let kept = try #require(timeline, "\(scenario.name)")
                let done = kept.steps.count { $0.leftOut == nil }
                #expect(done == outcome.compared.steps, "\(scenario.name)")
                let broken = kept.steps.reduce(into: InvariantSet()) { $0.formUnion($1.breaks) }
                #expect(broken.members.map(\.name) == outcome.hazards, "\(scenario.name)")
            }
        }
    }

    @Test("An invariant that nobody has announced ends a run, and no picture of it")
    func unannounced() throws {
        let steps = "steps: [assert 2, run, assert 3, eoi, sti, eoi, sti]"
        let machine = "machine: {pins: [{pin: 2, vector: 0x31}, {pin: 3, vector: 0x41}]}"
        let scenarios = try ScenarioText(machine, steps).load()
        let scenario = try #require(scenarios.first)
        let timeline = try #require(record(scenario, on: .split).timeline)
        #expect(timeline.culprit?.number == 4 && timeline.steps.count == 7)
    }

    @Test("A step that the backend did not get done is no step of the picture")
    func unfinished() throws {
        let scenarios = try ScenarioText("steps: [assert 2, run, deassert 2, eoi]").load()
        let scenario = try #require(scenarios.first)
        var backend: any Backend = ScriptedBackend {
            ($0.step, $0.stepFailure) = (3, .failed("gone"))
        }
        let (outcome, timeline) = Lockstep(LockstepOptions()).record(scenario, on: &backend)
        #expect(outcome.verdict == .error && timeline?.steps.count == 2)
        #expect(timeline?.outcome == outcome)
    }

    @Test("Where a backend sees something else, its own observation stands beside the prediction")
    func mismatch() throws {
        let scenarios = try ScenarioText("steps: [assert 2, run, deassert 2, eoi]").load()
        let scenario = try #require(scenarios.first)
        // A KVM that does not clear Remote IRR at the EOI.
        var backend: any Backend = ModelBackend(space: WideSpace(breaking: .eoiClearsRemoteIRR))
        let (outcome, timeline) = Lockstep(LockstepOptions()).record(scenario, on: &backend)
        #expect(outcome.verdict == .fail)
        let last = try #require(timeline?.steps.last)
        #expect(last.number == 4 && timeline?.culprit?.number == 4)
        #expect(last.observed?.snapshot.remoteIRR == PinSet([2]))
        #expect(last.own.portrait.registers.remoteIRR.isEmpty)
    }

    @Test("As far as it has come, a run has come out in no way yet, unless it ended there")
    func upTo() throws {
        let scenario = try ScenarioText(
            "steps: [assert 2, run, {expect: {acks: [2]}}, deassert 2]"
        ).one()
        var run = try #require(record(scenario, on: .split).timeline)
        #expect(run.outcome.mismatch?.step == 2 && run.steps.count == 2)
        // What the scenario states ends it; there could be more steps.
        run.steps.append(run.steps[1])
        #expect((0...3).map { run.upTo($0).steps.count } == [0, 1, 2, 3])
        let verdicts = (0...3).map { run.upTo($0).outcome.verdict }
        #expect(verdicts == [.shown, .shown, .fail, .fail])
    }

    @Test("A step breaks what held before it, once more too, and not what it finds broken")
    func broken() throws {
        let machine = "machine: {pins: [{pin: 2, vector: 0x31}, {pin: 3, vector: 0x41}]}"
        let steps = "steps: [assert 2, run, assert 3, eoi, sti, eoi, sti]"
        let timeline = try #require(record(ScenarioText(machine, steps).one(), on: .split).timeline)
        #expect(timeline.broken(in: 4) == timeline.steps[3].breaks)
        #expect(!timeline.steps[4].violations.isEmpty && timeline.broken(in: 5).isEmpty)
        #expect(timeline.line(4).violations == timeline.broken(in: 4).members.map(\.name))
        let first = HistoryLine(step: 1, text: "assert 2", events: "deliver 0x31 level")
        #expect(timeline.line(1) == first)
        // Nothing is noted any more, so each EOI is one of vector −1.
        let again = try ScenarioText("steps: [spurious-eoi, spurious-eoi]").one()
        let spurious = try #require(record(again, on: .split).timeline)
        #expect(spurious.steps[1].breaks.isEmpty)
        #expect(spurious.broken(in: 2) == InvariantSet(.memorySafety))
    }
}
