public import InterruptModel
public import Verdicts

/// Actions performed on the model alone.
public struct ModelTrace: Sendable {
    /// One line for each action that was enabled.
    public private(set) var lines: [HistoryLine] = []
    /// Indices of the actions that were not enabled.
    public private(set) var disabled: Set<Int> = []
    /// Everything that was violated, by steps or states.
    public private(set) var violated: InvariantSet = []

    /// - Parameter isAtomic: exactly these actions, not the guest steps around them.
    public init(
        _ actions: [Action], on setup: MachineSetup, design: EOIDesignEntry, isAtomic: Bool
    ) {
        let machine = RunningMachine(setup, design: design)
        var record = StepRecord()
        for (index, action) in actions.enumerated() {
            guard machine.step(action, isAtomic: isAtomic, into: &record) else {
                disabled.insert(index)
                continue
            }
            lines.append(
                HistoryLine(
                    step: lines.count + 1, action, record.events,
                    breaking: record.violations.subtracting(violated)))
            violated.formUnion(record.violations)
        }
    }
}
