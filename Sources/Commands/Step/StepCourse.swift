internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Searches
internal import Verdicts

/// A list of steps as it goes on the model. Whoever changes the list gets another course, gone
/// through from its start: to go back needs no more than to look at an earlier step.
struct StepCourse {
    private let scenario: Scenario
    private let options: LockstepOptions
    /// Whether the steps are no longer those of the scenario, and so nothing is stated of them.
    private let isChanged: Bool
    /// All steps, and how the whole came out.
    let timeline: Timeline

    /// The scenario's own steps.
    init(_ scenario: Scenario, _ options: LockstepOptions) throws(CommandFailure) {
        let judged = Self.record(scenario, options)
        guard let timeline = judged.timeline else {
            throw CommandFailure(scenario, cannotBe: "gone through", judged.outcome)
        }
        (self.scenario, self.options, isChanged) = (scenario, options, false)
        guard !judged.outcome.verdict.isGood else {
            self.timeline = timeline
            return
        }
        // What the scenario states ends it early; there is more to go through.
        var whole = try Self.whole(scenario, options)
        whole.outcome = judged.outcome
        self.timeline = whole
    }

    /// Other steps on the same machine.
    private init(_ course: StepCourse, steps: [ScenarioStep]) throws(CommandFailure) {
        var scenario = course.scenario
        scenario.steps = steps
        (self.scenario, options, isChanged) = (scenario, course.options, true)
        timeline = try Self.whole(scenario, options)
    }

    /// Every step, whatever is stated; one that is not enabled is left out.
    private static func whole(
        _ scenario: Scenario, _ options: LockstepOptions
    ) throws(CommandFailure) -> Timeline {
        var options = options
        options.judges = false
        let (outcome, timeline) = record(scenario, options)
        guard var timeline, outcome.verdict != .timeout else {
            throw CommandFailure(scenario, cannotBe: "gone through", outcome)
        }
        // Nothing is stated, so nothing came out.
        timeline.outcome = ScenarioOutcome(.shown)
        return timeline
    }

    private static func record(
        _ scenario: Scenario, _ options: LockstepOptions
    ) -> (outcome: ScenarioOutcome, timeline: Timeline?) {
        var model: any Backend = ModelBackend()
        let (outcome, timeline) = Lockstep(options).record(scenario, on: &model)
        return (outcome, timeline?.withLostLines())
    }

    // MARK: - Other steps

    /// The same with another step behind so many.
    func inserting(
        _ action: Action, isOptional: Bool, behind count: Int
    ) throws(CommandFailure) -> StepCourse {
        var steps = steps
        steps.insert(.action(action, isOptional: isOptional, scenario.location), at: count)
        guard steps.count <= StepLoader.mostSteps else {
            throw .typed("a scenario has at most \(StepLoader.mostSteps) steps")
        }
        return try StepCourse(self, steps: steps)
    }

    /// The same without so many steps behind the first ones.
    func dropping(_ number: Int, behind count: Int) throws(CommandFailure) -> StepCourse {
        var steps = steps
        steps.removeSubrange(count..<count + number)
        return try StepCourse(self, steps: steps)
    }

    /// Its steps one by one, repeats counted out.
    private var steps: [ScenarioStep] {
        timeline.steps.map {
            .action($0.action, isOptional: $0.leftOut != nil, scenario.location)
        }
    }

    /// The first steps as a scenario that says of every design what it violates.
    func found(_ count: Int, named name: String?) -> Scenario {
        let steps = counted(count, "step")
        return FoundTrace(
            name: name ?? scenario.name,
            summary: isChanged
                ? "\(steps) from \(scenario.name), changed by hand"
                : "the first \(steps) of \(scenario.name)",
            source: "savic-eoi step \(scenario.name)", setup: timeline.setup,
            design: options.design, actions: timeline.steps.prefix(count).map(\.action),
            granularity: timeline.granularity
        ).scenario
    }
}
