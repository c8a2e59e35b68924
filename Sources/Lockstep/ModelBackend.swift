public import InterruptModel
public import Scenarios
public import Verdicts

/// The model alone: it sees everything and runs everything.
public struct ModelBackend: Backend {
    public let kind = BackendKind.model
    public var isPrediction: Bool { true }
    private let space: WideSpace
    private var machine: RunningMachine?

    public init() { self.init(space: WideSpace()) }

    /// - Parameter space: with one rule broken for a mutant.
    package init(space: WideSpace) { self.space = space }

    public func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? { nil }

    public func hidden(on setup: MachineSetup) -> [(field: ObservedField, reason: String)] { [] }

    public mutating func prepare(_ setup: MachineSetup, design: EOIDesignEntry) {
        machine = RunningMachine(setup, design: design, space: space)
    }

    public mutating func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) {
        // The lockstep asks only for steps that its own prediction could take. A mutant that
        // cannot take one shows it by doing nothing.
        _ = machine?.step(action, isAtomic: isAtomic, into: &observation)
    }

    public mutating func tearDown() { machine = nil }
}
