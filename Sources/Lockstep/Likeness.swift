internal import InterruptModel

/// What the model would have to be like to do what a backend did: whoever finds a difference asks
/// first which of all the rules it is about.
///
/// One thing is changed at a time: what is assumed of the hardware, the design, a rule that not
/// every kernel goes by, a rule of the model that is broken. What the changed model does has to be
/// what the backend showed, in every step up to the one in which they parted.
struct Likeness {
    private struct Step {
        var action: Action
        /// What the backend could see behind it.
        var visible: FieldSet
    }

    private struct Change {
        var name: String
        var setup: MachineSetup
        var design: EOIDesignEntry
        var space = WideSpace()
    }

    /// Steps of a run that is looked at; a longer one would keep somebody waiting.
    private static let mostSteps = 2_000

    private let setup: MachineSetup
    private let design: EOIDesignEntry
    private let isAtomic: Bool
    private var steps: [Step] = []

    init(_ setup: MachineSetup, _ design: EOIDesignEntry, isAtomic: Bool) {
        (self.setup, self.design, self.isAtomic) = (setup, design, isAtomic)
    }

    /// Notes what was performed.
    mutating func add(_ action: Action, visible: FieldSet) {
        guard steps.count <= Self.mostSteps else { return }
        steps.append(Step(action: action, visible: visible))
    }

    /// The changes with which the model does the same, in words.
    /// - Parameter observed: what the backend showed behind the last step.
    /// - Returns: nil where nobody has looked.
    func names(
        observed: Observation, _ comparison: Comparison, isStopped: () -> Bool
    ) -> [String]? {
        guard steps.count <= Self.mostSteps, let expected = observations(observed) else {
            return nil
        }
        var names: [String] = []
        for change in changes {
            if isStopped() { return nil }
            if does(change, expected, comparison) { names.append(change.name) }
        }
        return names
    }

    /// What the backend showed: the model's own in all steps but the last.
    private func observations(_ last: Observation) -> [Observation]? {
        let machine = RunningMachine(setup, design: design)
        var all: [Observation] = []
        for step in steps {
            var seen = Observation()
            guard machine.step(step.action, isAtomic: isAtomic, into: &seen) != nil else {
                return nil
            }
            all.append(seen)
        }
        guard !all.isEmpty else { return nil }
        all[all.count - 1] = last
        return all
    }

    private func does(
        _ change: Change, _ expected: [Observation], _ comparison: Comparison
    ) -> Bool {
        let machine = RunningMachine(change.setup, design: change.design, space: change.space)
        var comparison = comparison
        var seen = Observation()
        return zip(steps, expected).allSatisfy { step, expected in
            comparison.visible = step.visible
            return machine.step(step.action, isAtomic: isAtomic, into: &seen) != nil
                && comparison.agrees(seen, expected)
        }
    }

    // MARK: - What may be otherwise

    private var changes: [Change] { kernels + assumptions + designs + rules }

    private var kernels: [Change] {
        KernelRule.allCases.filter { $0.irqchips.contains(setup.irqchip) }.map { rule in
            var other = setup
            other.kernelRules.formSymmetricDifference(KernelRules([rule]))
            let has = setup.kernelRules.contains(rule) ? "without" : "with"
            return Change(
                name: "\(has) the kernel rule \(rule.rawValue) (\(rule.source))", setup: other,
                design: design)
        }
    }

    private var assumptions: [Change] {
        guard setup.kind == .secure else { return [] }
        return AxisEntry.all.flatMap { axis in
            axis.words.filter { $0 != setup[axis] }.map { word in
                Change(
                    name: "with --\(axis.name) \(word)", setup: setup.with(axis, word),
                    design: design)
            }
        }
    }

    private var designs: [Change] {
        EOIDesigns.tested(on: setup.kind).filter { $0.name != design.name }.map {
            Change(name: "with --design \($0.name)", setup: setup, design: $0)
        }
    }

    private var rules: [Change] {
        Rule.allCases.map {
            Change(
                name: "with the rule \($0.name) broken", setup: setup, design: design,
                space: WideSpace(breaking: $0))
        }
    }
}
