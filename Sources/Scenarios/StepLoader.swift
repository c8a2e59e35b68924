package import InterruptModel

/// Reads the `steps` of a scenario. A step is a line of words, `assert 2`; `?` behind the verb
/// leaves it out where it is not enabled; `repeat` and `expect` are mappings.
package struct StepLoader {
    let setup: MachineSetup
    let granularity: Granularity

    /// Repeats nest no deeper, and all steps together are no more than this: a scenario is to
    /// end.
    package static let mostSteps = 200_000
    private static let deepestRepeat = 3

    package init(setup: MachineSetup, granularity: Granularity) {
        (self.setup, self.granularity) = (setup, granularity)
    }

    func load(_ cursor: YAMLCursor) throws(ScenarioError) -> [ScenarioStep] {
        let steps = try load(cursor, depth: 0)
        let count = steps.reduce(0) { $0 + $1.count }
        guard count <= Self.mostSteps else {
            throw cursor.error(
                "\(count) steps with all repeats; expected at most \(Self.mostSteps)")
        }
        return steps
    }

    private func load(_ cursor: YAMLCursor, depth: Int) throws(ScenarioError) -> [ScenarioStep] {
        guard depth <= Self.deepestRepeat else {
            throw cursor.error("repeats nest more than \(Self.deepestRepeat) deep")
        }
        var steps: [ScenarioStep] = []
        for member in try cursor.list("steps") {
            if member.isScalar {
                let (action, isOptional) = try action(member)
                steps.append(.action(action, isOptional: isOptional, member.location))
            } else {
                steps.append(try block(member, depth: depth))
            }
        }
        // Nothing repeated is nothing to count, and would take its time all the same.
        guard !steps.isEmpty else { throw cursor.error("expected at least one step") }
        return steps
    }

    private func block(_ cursor: YAMLCursor, depth: Int) throws(ScenarioError) -> ScenarioStep {
        let fields = try cursor.fields("a step", known: ["repeat", "steps", "expect", "always"])
        for key in ["expect", "always"] {
            guard let expectations = fields[key] else { continue }
            guard fields.count == 1 else { throw cursor.error("expected “\(key)” to stand alone") }
            return .expect(
                try ExpectationLoader.load(expectations, isAlways: key == "always"))
        }
        guard let times = fields["repeat"], let steps = fields["steps"] else {
            throw cursor.error("expected “repeat” with “steps”, or “expect” or “always”")
        }
        return .repeat(
            times: try times.number(in: 1...10_001, "a number of times"),
            try load(steps, depth: depth + 1))
    }

    /// The step that one line of words says.
    package func action(
        _ cursor: YAMLCursor
    ) throws(ScenarioError) -> (action: Action, isOptional: Bool) {
        var words = ActionWords(try cursor.text("a step"))
        let isOptional = words.takeMark()
        let (verb, action) = try words.action(on: setup, cursor, what: "step")
        try check(action, verb, cursor)
        return (action, isOptional)
    }

    /// What a scenario of this granularity and machine cannot perform at all.
    private func check(
        _ action: Action, _ verb: ActionVerb, _ cursor: YAMLCursor
    ) throws(ScenarioError) {
        if granularity == .step, action.actor == .hypervisor {
            throw cursor.error(
                "“\(verb.word)” is part of every guest step; on its own it needs "
                    + "“granularity: atomic”")
        }
        if granularity == .atomic, verb == .guest(.run) {
            throw cursor.error("“run” is a guest step; with “granularity: atomic” name its parts")
        }
        if verb == .ioapic(.irqfd),
            setup.pins.first(where: { $0.pin == action.first })?.resampler != true
        {
            throw cursor.error(
                "pin \(action.first) has no resampler; expected “resampler: true” on it")
        }
    }
}

extension ScenarioStep {
    /// Steps with all repeats counted out. To look takes time too.
    var count: Int {
        switch self {
        case .action, .expect: 1
        case .repeat(let times, let steps): times * steps.reduce(0) { $0 + $1.count }
        }
    }
}
