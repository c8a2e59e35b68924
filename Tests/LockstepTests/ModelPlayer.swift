import InterruptModel
import Lockstep
import Scenarios
import Verdicts

/// A backend that performs on the model inside it, and differs in what it says of itself.
protocol ModelPlayer: Backend {
    var inside: ModelBackend { get set }
}

extension ModelPlayer {
    func visible(on setup: MachineSetup) -> FieldSet { inside.visible(on: setup) }
    func unobservable(on setup: MachineSetup) -> [Unobservable] { [] }

    mutating func prepare(_ setup: MachineSetup, design: EOIDesignEntry) {
        inside.prepare(setup, design: design)
    }

    mutating func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) {
        inside.perform(action, isAtomic: isAtomic, into: &observation)
    }

    mutating func tearDown() { inside.tearDown() }
}
