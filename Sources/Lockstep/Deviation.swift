internal import InterruptModel
internal import Scenarios

/// That a host's KVM differs from the one that a scenario is written for: an older kernel, or one
/// that is peculiar.
struct Deviation {
    private let written: MachineSetup
    private let actual: MachineSetup

    /// - Returns: nil where there is no difference.
    init?(from written: MachineSetup, to actual: MachineSetup) {
        guard written != actual else { return nil }
        self.written = written
        self.actual = actual
    }

    /// What differs, as a clause.
    var sentence: String {
        var parts: [String] = []
        if actual.endsAtDelivery { parts.append("ends interrupts at delivery") }
        if actual.kernelRules != written.kernelRules {
            let (has, needs) = (actual.kernelRules, written.kernelRules)
            parts += needs.subtracting(has).members.map { "lacks \($0.rawValue)" }
            parts += has.subtracting(needs).members.map { "has \($0.rawValue)" }
        }
        return "this KVM " + parts.joined(separator: ", ")
    }

    /// Whether the scenario goes another way because of it: most do not.
    func shows(in scenario: Scenario, _ design: EOIDesignEntry) -> Bool {
        var walk = Walk(
            one: RunningMachine(written, design: design),
            other: RunningMachine(actual, design: design),
            isAtomic: scenario.granularity == .atomic)
        return walk.parts(in: scenario.steps)
    }

    /// Both machines, step by step.
    private struct Walk {
        let one: RunningMachine
        let other: RunningMachine
        let isAtomic: Bool
        var here = Observation()
        var there = Observation()

        /// - Returns: whether they part.
        mutating func parts(in steps: [ScenarioStep]) -> Bool {
            for step in steps {
                switch step {
                case .action(let action, _, _):
                    let isEnabled = one.step(action, isAtomic: isAtomic, into: &here) != nil
                    let isThere = other.step(action, isAtomic: isAtomic, into: &there) != nil
                    guard isEnabled == isThere, !isEnabled || here == there else { return true }
                case .expect: continue
                case .repeat(let times, let steps):
                    for _ in 0..<times where parts(in: steps) { return true }
                }
            }
            return false
        }
    }
}

extension Scenario {
    /// The machine that it is written for, with what a run chooses: `setup`'s kind, irqchip and
    /// axes.
    func machine(like setup: MachineSetup) -> MachineSetup {
        var machine = setup
        machine.endsAtDelivery = false
        machine.kernelRules = self.setup.kernelRules
        return machine
    }
}
