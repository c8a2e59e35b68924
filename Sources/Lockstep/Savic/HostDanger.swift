internal import InterruptModel
internal import Scenarios

/// Whether a scenario can make an unfixed kernel use vector −1 (secure-avic hazard 1).
///
/// What nobody has published decides which EOIs reach KVM. So the scenario is gone through on the
/// model under every assumption that the user has not settled, with the design that does not look.
struct HostDanger {
    /// What the user has settled.
    let axes: AxisOverrides

    func isPossible(in scenario: Scenario, on setup: MachineSetup) -> Bool {
        assumptions(setup).contains { assumptions in
            var setup = setup
            setup.assumptions = assumptions
            var walk = Walk(setup)
            return walk.usesVectorMinusOne(in: scenario.steps)
        }
    }

    private func assumptions(_ setup: MachineSetup) -> [Assumptions] {
        func values<Value: CaseIterable>(_ settled: Value?) -> [Value] {
            settled.map { [$0] } ?? Array(Value.allCases)
        }
        var all: [Assumptions] = []
        for pageTMR in values(axes.pageTMR) {
            for native in values(axes.nativeLevelEOI) {
                for disallowed in values(axes.disallowed) {
                    for beforeEnable in values(axes.beforeEnable) {
                        all.append(
                            Assumptions(
                                pageTMR: pageTMR, nativeLevelEOI: native, disallowed: disallowed,
                                beforeEnable: beforeEnable))
                    }
                }
            }
        }
        return all
    }

    /// One way through the scenario. Steps that are not enabled are left out.
    private struct Walk {
        let machine: RunningMachine
        var record = StepRecord()

        init(_ setup: MachineSetup) {
            machine = RunningMachine(setup, design: EOIDesigns.standard)
        }

        mutating func usesVectorMinusOne(in steps: [ScenarioStep]) -> Bool {
            for step in steps {
                switch step {
                case .action(let action, _, _):
                    if machine.step(action, into: &record),
                        record.events.contains(.vectorMinusOne)
                    {
                        return true
                    }
                case .expect: continue
                case .repeat(let times, let steps):
                    for _ in 0..<times where usesVectorMinusOne(in: steps) { return true }
                }
            }
            return false
        }
    }
}
