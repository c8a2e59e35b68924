import InterruptModel
import Lockstep
import Scenarios
import Testing
import Verdicts

/// A scenario of the catalogue on one kind of machine, with one irqchip and one design.
struct Combination: Sendable, CustomTestStringConvertible {
    let scenario: Scenario
    let kind: MachineKind
    let irqchip: IRQChip
    let design: EOIDesignEntry

    var testDescription: String {
        let design = kind == .plain ? "" : " \(design.name)"
        return "\(scenario.name) \(kind.rawValue) \(irqchip.rawValue)\(design)"
    }

    static let catalogue: [Scenario] = (try? Catalogue.load()) ?? []
    static let all = catalogue.flatMap(of)

    /// Every combination that a scenario allows; a plain machine has no design under test.
    static func of(_ scenario: Scenario) -> [Combination] {
        scenario.machines.flatMap { kind in
            scenario.irqchips.flatMap { irqchip in
                (kind == .plain ? [EOIDesigns.standard] : EOIDesigns.all).map {
                    Combination(scenario: scenario, kind: kind, irqchip: irqchip, design: $0)
                }
            }
        }
    }

    /// Runs it on the model, or on a mutant of the model, against a prediction that is intact or
    /// as broken.
    func run(
        on space: WideSpace = WideSpace(), against prediction: WideSpace = WideSpace()
    ) -> Lockstep.Outcome {
        var backend: any Backend = ModelBackend(space: space)
        var options = LockstepOptions(design: design, irqchip: irqchip, kind: kind)
        options.space = prediction
        return Lockstep(options).run(scenario, on: &backend)
    }
}

/// A scenario written for one test: machine, steps and whatever else it needs, as YAML.
func scenario(
    _ steps: String, _ rest: String = "",
    machine: String = "{pins: [{pin: 2, vector: 0x31}, {pin: 3, vector: 0x41}]}"
) throws -> Scenario {
    let text = """
        name: written
        summary: written for a test
        source: a test
        groups: [test]
        machine: \(machine)
        steps: [\(steps)]
        \(rest)
        """
    return try ScenarioLoader.load(Array(text.utf8), file: "test.yaml")[0]
}

/// A backend that performs steps as the model does, and tells of them as a test wants it.
struct ScriptedBackend: Backend {
    /// The step, from 1, at which `change` falsifies the observation.
    var step = Int.max
    var change: @Sendable (inout Observation) -> Void = { _ in }
    /// What it claims to see, instead of everything.
    var sees: FieldSet?
    var skip: Skip?
    /// Fails instead of preparing a machine, or at `step`.
    var prepareFailure: BackendFailure?
    var stepFailure: BackendFailure?
    /// Tells a test that the machine was given back.
    var onTearDown: @Sendable () -> Void = {}

    private var model = ModelBackend()
    private var performed = 0

    init(_ adjust: (inout ScriptedBackend) -> Void = { _ in }) { adjust(&self) }

    init(at step: Int, _ change: @escaping @Sendable (inout Observation) -> Void) {
        self.step = step
        self.change = change
    }

    var name: String { "scripted" }
    func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? { skip }
    func visible(on setup: MachineSetup) -> FieldSet { sees ?? model.visible(on: setup) }

    func unobservable(on setup: MachineSetup) -> [Unobservable] {
        [Unobservable(field: "the rest", reason: "this backend is a test's")]
    }

    mutating func prepare(_ setup: MachineSetup, design: EOIDesignEntry) throws(BackendFailure) {
        if let prepareFailure { throw prepareFailure }
        performed = 0
        model.prepare(setup, design: design)
    }

    mutating func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        performed += 1
        if performed == step, let stepFailure { throw stepFailure }
        model.perform(action, isAtomic: isAtomic, into: &observation)
        if performed == step { change(&observation) }
    }

    mutating func tearDown() {
        model.tearDown()
        onTearDown()
    }
}

/// Runs a scenario on a scripted backend, on the machine that the scenario prefers.
func run(
    _ scenario: Scenario, on backend: ScriptedBackend = ScriptedBackend(),
    _ options: LockstepOptions = LockstepOptions()
) -> Lockstep.Outcome {
    var backend: any Backend = backend
    return Lockstep(options).run(scenario, on: &backend)
}
