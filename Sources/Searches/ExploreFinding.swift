package import InterruptModel
package import Scenarios

/// Something that went wrong, and the shortest way there.
package struct ExploreFinding: Sendable {
    /// The name of its scenario.
    package let name: String
    /// `violate attribution`, or `leave pin 2 without service`.
    package let title: String
    /// Invariants whose shortest way it is; empty for a line that is stuck.
    package let invariants: [Invariant]
    /// The line that is stuck.
    package let stuck: ModelFindings.Stuck?
    package let way: ModelFindings.Way

    init(_ violation: ModelFindings.Violation, _ plan: ExplorePlan) {
        name = plan.name(of: violation.invariants[0], by: violation.way.actions?.last)
        title = "violate " + violation.invariants.map(\.name).joined(separator: ", ")
        invariants = violation.invariants
        stuck = nil
        way = violation.way
    }

    init(_ stuck: ModelFindings.Stuck, _ plan: ExplorePlan) {
        name = plan.name(ofStuckLine: stuck.pin)
        title = "leave pin \(stuck.pin) without service"
        invariants = []
        self.stuck = stuck
        way = stuck.way
    }

    /// What goes on behind the last action of a line that is stuck; nil for what is none.
    package var ending: String? {
        guard let stuck else { return nil }
        let words = stuck.after.map(\.description)
        guard let loop = stuck.loop else {
            return words.isEmpty
                ? "dead end: without another line nothing can happen"
                : "dead end after \(words.joined(separator: ", "))"
        }
        return "for ever: " + words[loop...].joined(separator: ", ")
    }

    /// It as a scenario; nil where its way is not known.
    package func scenario(_ plan: ExplorePlan) -> Scenario? {
        guard let actions = way.actions else { return nil }
        return FoundTrace(
            name: name,
            summary: "a shortest way to \(title) with \(plan.design.name): "
                + "\(actions.count) actions",
            source: plan.command, setup: plan.search.setup, design: plan.design,
            actions: actions, granularity: plan.search.granularity, stuck: stuck?.pin
        ).scenario
    }
}
