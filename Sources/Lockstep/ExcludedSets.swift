package import InterruptModel
package import Scenarios

/// The assumption sets under which a scenario's expectations do not hold on the model: a host that
/// passes it has none of them. Expectations are judged to the end here, behind known hazards too.
package struct ExcludedSets: Sendable {
    package let sets: [Assumptions]

    package init(by scenario: Scenario, _ design: EOIDesignEntry = EOIDesigns.standard) {
        sets = Assumptions.all.filter { assumptions in
            var setup = scenario.setup
            setup.assumptions = assumptions
            var walk = Walk(setup, design)
            return !walk.holds(scenario.steps) || !walk.hold(scenario.expectations)
                || !walk.hold(scenario.expectationsByKind[setup.kind] ?? [])
        }
    }

    /// Combinations of values that cover the sets, with only those axes that make a difference.
    package var combinations: [[(axis: String, value: String)]] {
        let names = AxisEntry.ofHardware.map(\.name)
        let excluded = Set(sets.map(\.words))
        let all = Assumptions.all.map(\.words)
        let relevant = names.indices.filter { axis in
            all.contains { one in
                all.contains { other in
                    names.indices.allSatisfy { ($0 == axis) != (one[$0] == other[$0]) }
                        && excluded.contains(one) != excluded.contains(other)
                }
            }
        }
        var found: [[String]] = []
        for values in sets.map(\.words) {
            let short = relevant.map { values[$0] }
            if !found.contains(short) { found.append(short) }
        }
        return found.map { values in zip(relevant.map { names[$0] }, values).map { ($0, $1) } }
    }

    /// One way through the scenario.
    private struct Walk {
        let machine: RunningMachine
        var seen = Observation()
        var facts: RunFacts

        init(_ setup: MachineSetup, _ design: EOIDesignEntry) {
            machine = RunningMachine(setup, design: design)
            facts = RunFacts(machine.snapshot)
        }

        /// A step that is not enabled is one that the guest waits for in vain.
        mutating func holds(_ steps: [ScenarioStep]) -> Bool {
            for step in steps {
                switch step {
                case .action(let action, let isOptional, _):
                    guard machine.step(action, into: &seen) != nil else {
                        if isOptional { continue }
                        return false
                    }
                    facts.add(seen, on: action.vcpu)
                case .expect(let expectations):
                    guard hold(expectations) else { return false }
                case .repeat(let times, let steps):
                    for _ in 0..<times {
                        guard holds(steps) else { return false }
                    }
                }
            }
            return true
        }

        func hold(_ expectations: [Expectation]) -> Bool {
            expectations.allSatisfy { facts.contradiction(to: $0.fact) == nil }
        }
    }
}
