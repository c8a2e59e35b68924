package import InterruptModel
package import Lockstep
package import Verdicts

/// A backend that performs on the model inside it, and differs in what it says of itself.
package protocol ModelPlayer: Backend {
    var inside: ModelBackend { get set }
}

extension ModelPlayer {
    package var kind: BackendKind { inside.kind }

    package func hidden(on setup: MachineSetup) -> [(field: ObservedField, reason: String)] { [] }

    package mutating func prepare(_ setup: MachineSetup, design: EOIDesignEntry) {
        inside.prepare(setup, design: design)
    }

    package mutating func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) {
        inside.perform(action, isAtomic: isAtomic, into: &observation)
    }

    package mutating func tearDown() { inside.tearDown() }
}
