internal import InterruptModel
internal import Lockstep
internal import Scenarios
internal import StateExplorer

/// Something that went wrong, and the shortest way there.
struct ExploreFinding {
    /// The name of its scenario.
    let name: String
    /// `violate attribution`, or `leave pin 2 without service`.
    let title: String
    /// Invariants whose shortest way it is; empty for a line that is stuck.
    let invariants: [Invariant]
    /// How many actions it has.
    let length: Int
    /// Nil where the search was stopped before they were found again.
    let actions: [Action]?
    /// What goes on after the last action of a line that is stuck.
    var ending: String?
    /// The pin that is stuck.
    var pin: UInt8?

    /// Invariants that one way violates together are one finding.
    static func all(of found: SearchReport, _ plan: ExplorePlan) -> [ExploreFinding] {
        let search = plan.search
        var ways: [(length: Int, actions: [Int]?, invariants: [Invariant])] = []
        for each in found.counterexamples {
            guard let invariant = Invariant(property: each) else { continue }
            if let known = ways.firstIndex(where: {
                $0.actions != nil && $0.actions == each.actions
            }) {
                ways[known].invariants.append(invariant)
            } else {
                ways.append((each.length, each.actions, [invariant]))
            }
        }
        let violations = ways.map { way in
            ExploreFinding(
                name: plan.name(of: way.invariants[0], by: way.actions?.last),
                title: "violate " + way.invariants.map(\.name).joined(separator: ", "),
                invariants: way.invariants, length: way.length,
                actions: way.actions?.map { search.actions[$0] })
        }
        let pins = search.setup.pins.map(\.pin).sorted()
        return violations
            + (found.stuck ?? []).map { stuck in
                let pin = pins[stuck.obligation]
                return ExploreFinding(
                    name: plan.name(ofStuckLine: pin),
                    title: "leave pin \(pin) without service", invariants: [],
                    length: stuck.length, actions: stuck.actions?.map { search.actions[$0] },
                    ending: ending(stuck, search.actions), pin: pin)
            }
    }

    private static func ending(_ stuck: StuckService, _ actions: [Action]) -> String {
        let words = stuck.after.map { actions[$0].spelling(in: WideSpace()) }
        guard let loop = stuck.loop else {
            return words.isEmpty
                ? "dead end: without another line nothing can happen"
                : "dead end after \(words.joined(separator: ", "))"
        }
        return "for ever: " + words[loop...].joined(separator: ", ")
    }

    /// It as a scenario; nil where its way is not known.
    func scenario(_ plan: ExplorePlan) -> Scenario? {
        guard let actions else { return nil }
        return FoundTrace(
            name: name,
            summary: "a shortest way to \(title) with \(plan.design.name): "
                + "\(actions.count) actions",
            source: plan.command, setup: plan.search.setup, design: plan.design,
            actions: actions, granularity: plan.search.granularity, stuck: pin
        ).scenario
    }
}
