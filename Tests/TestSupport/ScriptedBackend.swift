package import InterruptModel
package import Lockstep
package import Scenarios
package import Verdicts

/// A backend that performs steps as the model does, and tells of them as a test wants it.
package struct ScriptedBackend: Backend {
    /// The step, from 1, at which `change` falsifies the observation.
    package var step = Int.max
    package var change: @Sendable (inout Observation) -> Void = { _ in }
    /// What it claims to see, instead of everything.
    package var sees: FieldSet?
    package var skip: Skip?
    /// Fails instead of preparing a machine, or at `step`.
    package var prepareFailure: BackendFailure?
    package var stepFailure: BackendFailure?
    /// Tells a test that the machine was given back.
    package var onTearDown: @Sendable () -> Void = {}

    private var model = ModelBackend()
    private var performed = 0

    package init(_ adjust: (inout ScriptedBackend) -> Void = { _ in }) { adjust(&self) }

    package init(at step: Int, _ change: @escaping @Sendable (inout Observation) -> Void) {
        self.step = step
        self.change = change
    }

    package var kind: BackendKind { model.kind }
    package func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? { skip }

    package func hidden(on setup: MachineSetup) -> [(field: ObservedField, reason: String)] {
        ObservedField.allCases
            .filter { FieldSet.all(of: setup.kind).contains($0) && sees?.contains($0) == false }
            .map { ($0, "this backend is a test's") }
    }

    package mutating func prepare(_ setup: MachineSetup, design: EOIDesignEntry)
        throws(BackendFailure)
    {
        if let prepareFailure { throw prepareFailure }
        performed = 0
        model.prepare(setup, design: design)
    }

    package mutating func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        performed += 1
        if performed == step, let stepFailure { throw stepFailure }
        model.perform(action, isAtomic: isAtomic, into: &observation)
        if performed == step { change(&observation) }
    }

    package mutating func tearDown() {
        model.tearDown()
        onTearDown()
    }
}

/// Runs a scenario on a scripted backend, on the machine that the scenario prefers.
package func run(
    _ scenario: Scenario, on backend: ScriptedBackend = ScriptedBackend(),
    _ options: LockstepOptions = LockstepOptions()
) -> ScenarioOutcome {
    var backend: any Backend = backend
    return Lockstep(options).run(scenario, on: &backend)
}
