internal import InterruptModel
internal import Scenarios

/// Whether a scenario can make an unfixed kernel use vector −1 (hazard A1), or trip a
/// WARN of the series' own, which ends a host that has panic_on_warn.
///
/// What nobody has published decides which EOIs reach KVM. So the scenario is gone through on the
/// model under every assumption that the user has not settled.
struct HostDanger {
    /// What the user has settled.
    let axes: PartialAssumptions

    /// Whether a kernel with this design can come to it.
    static func isOf(_ design: EOIDesignEntry) -> Bool {
        !design.rulesOut.contains(InvariantSet(.memorySafety))
    }

    /// Under which of the assumptions that are not settled it can come to it.
    enum Extent {
        case none, some, all
    }

    func extent(
        in scenario: Scenario, on setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Extent {
        let (all, dangerous) = assumptions.reduce(into: (0, 0)) { counts, assumptions in
            var setup = setup
            setup.assumptions = assumptions
            var walk = Walk(setup, design)
            counts.0 += 1
            if walk.hurts(in: scenario.steps) { counts.1 += 1 }
        }
        return dangerous == 0 ? .none : dangerous < all ? .some : .all
    }

    /// The assumption sets that agree with what is settled.
    private var assumptions: [Assumptions] {
        Assumptions.all.filter { axes.completed(by: PartialAssumptions($0)).assumptions == $0 }
    }

    /// One way through the scenario. Steps that are not enabled are left out.
    private struct Walk {
        let machine: RunningMachine
        let usesVectorMinusOne: Bool
        var seen = Observation()

        init(_ setup: MachineSetup, _ design: EOIDesignEntry) {
            machine = RunningMachine(setup, design: design)
            usesVectorMinusOne = HostDanger.isOf(design)
        }

        mutating func hurts(in steps: [ScenarioStep]) -> Bool {
            for step in steps {
                switch step {
                case .action(let action, _, _):
                    if machine.step(action, into: &seen) != nil, seen.events.contains(where: hurts)
                    {
                        return true
                    }
                case .expect: continue
                case .repeat(let times, let steps):
                    for _ in 0..<times where hurts(in: steps) { return true }
                }
            }
            return false
        }

        private func hurts(_ event: Event) -> Bool {
            switch event {
            case .vectorMinusOne: usesVectorMinusOne
            case .hostWarning: true
            default: false
            }
        }
    }
}
