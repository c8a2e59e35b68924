package import InterruptModel
internal import Lockstep
package import Verdicts

/// Actions performed on the model alone.
package struct ModelTrace: Sendable {
    /// One line for each action that was enabled.
    package private(set) var lines: [HistoryLine] = []
    /// Indices of the actions that were not enabled.
    package private(set) var disabled: Set<Int> = []
    /// Everything that was violated, by steps or states.
    package private(set) var violated: InvariantSet = []

    /// - Parameter isAtomic: exactly these actions, not the guest steps around them.
    package init(
        _ actions: [Action], on setup: MachineSetup, design: EOIDesignEntry, isAtomic: Bool
    ) {
        let machine = RunningMachine(setup, design: design)
        var seen = Observation()
        for (index, action) in actions.enumerated() {
            guard let broken = machine.step(action, isAtomic: isAtomic, into: &seen) else {
                disabled.insert(index)
                continue
            }
            lines.append(
                HistoryLine(
                    step: lines.count + 1, action, seen.events,
                    breaking: broken.subtracting(violated)))
            violated.formUnion(broken)
        }
    }
}
