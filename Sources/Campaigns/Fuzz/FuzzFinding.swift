internal import InterruptModel
internal import Lockstep
package import Scenarios
package import Verdicts

/// What makes two mismatches the same: the class and the first field that differs.
package struct Fingerprint: Hashable, Sendable {
    package let code: MismatchCode
    package let field: String

    init(_ mismatch: Mismatch) {
        code = mismatch.code
        field = mismatch.first.field
    }

    init?(_ outcome: ScenarioOutcome) {
        guard outcome.verdict == .fail, let mismatch = outcome.mismatch else { return nil }
        self.init(mismatch)
    }
}

/// A run that differs from the model, as it was made.
package struct FuzzDifference: Sendable {
    /// Number of the run.
    package let run: UInt64
    package let fingerprint: Fingerprint
    /// What had been compared until then.
    package let compared: Compared
    let scenario: Scenario
    let mismatch: Mismatch
    /// The invariants that broke, by their names.
    let broken: [String]

    /// - Returns: nil where nothing differs.
    init?(_ outcome: ScenarioOutcome, of scenario: Scenario, run: UInt64 = 0) {
        guard let fingerprint = Fingerprint(outcome), let mismatch = outcome.mismatch else {
            return nil
        }
        self.run = run
        self.fingerprint = fingerprint
        self.scenario = scenario
        self.mismatch = mismatch
        compared = outcome.compared
        broken = outcome.hazards
    }
}

/// A mismatch and its smallest reproducer.
package struct FuzzFinding: Sendable {
    /// Number of the run that found it.
    package let run: UInt64
    /// The smallest scenario found that shows it. It states the hazards that show on the way, so
    /// that `run` gets as far as the mismatch.
    package let scenario: Scenario
    /// Steps before shrinking.
    package let originalLength: Int
    /// In how many of `repeats` runs the text of the scenario showed it.
    package let reproduced: Int
    /// Fewer than asked for where Ctrl-C came between.
    package let repeats: Int
    /// As the scenario shows it.
    package let mismatch: Mismatch

    package var fingerprint: Fingerprint { Fingerprint(mismatch) }
}

extension Scenario {
    /// Its actions; a generated scenario has nothing else.
    var actions: [Action] {
        steps.compactMap { if case .action(let action, _, _) = $0 { action } else { nil } }
    }

    /// The same machine with other steps, each left out where it is not enabled.
    func with(_ actions: [Action], isOptional: Bool = true) -> Scenario {
        var scenario = self
        scenario.steps = actions.map { .action($0, isOptional: isOptional, location) }
        return scenario
    }

    /// The same steps on another machine.
    func on(_ setup: MachineSetup) -> Scenario {
        var scenario = self
        scenario.setup = setup
        return scenario
    }
}
