package import InterruptModel
internal import Lockstep
package import Scenarios
package import Verdicts

/// Breaks a rule of the model and asks which scenarios notice: what they cover, and what they do
/// not.
///
/// A scenario runs on both irqchips, on both kinds of machine and under every design, as far as it
/// can and passes there while nothing is broken.
package struct MutantHunt: Sendable {
    /// A scenario that does not pass anywhere: nothing can be told by it.
    package struct Unfit: Sendable {
        package var name: String
        /// Where it was tried first.
        package var outcome: ScenarioOutcome
    }

    /// A scenario with the places where it passes.
    private struct Subject: Sendable {
        var scenario: Scenario
        var places: [Place] = []
        var steps = 0
    }

    private struct Place: Sendable {
        var kind: MachineKind
        var irqchip: IRQChip
        var design: EOIDesignEntry
    }

    private let isStopped: @Sendable () -> Bool
    private var subjects: [Subject] = []
    package private(set) var unfit: [Unfit] = []

    /// Steps from which on a scenario is asked only where no shorter one notices.
    private static let long = 1_000

    /// - Parameter isStopped: ends the work by saying yes; what is not asked by then never is.
    package init(
        _ scenarios: [Scenario], isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.isStopped = isStopped
        for scenario in scenarios where !isStopped() {
            var subject = Subject(scenario: scenario)
            var bad: ScenarioOutcome?
            for place in Self.places(of: scenario) {
                let outcome = outcome(of: scenario, at: place)
                // How it would have gone is not known.
                if outcome.isInterrupted { return }
                if outcome.verdict.isGood {
                    subject.places.append(place)
                    subject.steps = max(subject.steps, outcome.compared.steps)
                } else {
                    bad = bad ?? outcome
                }
            }
            if let bad, subject.places.isEmpty {
                unfit.append(Unfit(name: scenario.name, outcome: bad))
            } else {
                subjects.append(subject)
            }
        }
    }

    /// The scenarios that are asked.
    package var names: [String] { subjects.map(\.scenario.name) }

    /// Those of them that are asked only where no other notices.
    package var longNames: [String] {
        subjects.filter { $0.steps > Self.long }.map(\.scenario.name)
    }

    /// Breaks one rule.
    /// - Returns: nil where the work was ended.
    package func finding(breaking rule: Rule) -> MutantFinding? {
        let short = subjects.filter { $0.steps <= Self.long }
        var finding = MutantFinding(rule: rule)
        for part in [short, subjects.filter { $0.steps > Self.long }] {
            guard !finding.isNoticed else { break }
            for subject in part {
                guard !isStopped() else { return nil }
                let name = subject.scenario.name
                if differs(subject, breaking: rule) { finding.differing.append(name) }
                if contradicts(subject, breaking: rule) { finding.stating.append(name) }
            }
        }
        return isStopped() ? nil : finding
    }

    // MARK: - One scenario

    /// Whether the broken model does something else than the model, be it stated or not.
    private func differs(_ subject: Subject, breaking rule: Rule) -> Bool {
        let mutant = WideSpace(breaking: rule)
        return subject.places.contains { place in
            !outcome(of: subject.scenario, at: place, on: mutant).verdict.isGood
        }
    }

    /// Whether what the scenario states does not hold of the broken model: the prediction is as
    /// broken, so that nothing else can tell.
    private func contradicts(_ subject: Subject, breaking rule: Rule) -> Bool {
        let mutant = WideSpace(breaking: rule)
        return subject.places.contains { place in
            !outcome(of: subject.scenario, at: place, on: mutant, against: mutant).verdict.isGood
        }
    }

    private static func places(of scenario: Scenario) -> [Place] {
        scenario.machines.flatMap { kind in
            scenario.irqchips.flatMap { irqchip in
                EOIDesigns.tested(on: kind).map {
                    Place(kind: kind, irqchip: irqchip, design: $0)
                }
            }
        }
    }

    private func outcome(
        of scenario: Scenario, at place: Place, on space: WideSpace = WideSpace(),
        against prediction: WideSpace = WideSpace()
    ) -> ScenarioOutcome {
        var backend: any Backend = ModelBackend(space: space)
        var options = LockstepOptions(
            design: place.design, irqchip: place.irqchip, kind: place.kind)
        options.space = prediction
        options.isStopped = isStopped
        return Lockstep(options).run(scenario, on: &backend)
    }
}

/// A broken rule, and the scenarios that notice it, by their names.
package struct MutantFinding: Sendable {
    package var rule: Rule
    /// Those in which the broken model does something else than the model.
    package var differing: [String] = []
    /// Those that state what does not hold of the broken model.
    package var stating: [String] = []

    package var isNoticed: Bool { !differing.isEmpty || !stating.isEmpty }
}
