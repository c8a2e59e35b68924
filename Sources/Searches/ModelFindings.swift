package import InterruptModel
package import StateExplorer

/// What a search of a machine has found, in the model's own words.
package struct ModelFindings: Sendable {
    /// Invariants that one shortest way violates together, or that the start does.
    package struct Violation: Sendable {
        package fileprivate(set) var invariants: [Invariant]
        package let way: Way
    }

    /// A line that stays high without service, whatever happens that is no other line's help.
    package struct Stuck: Sendable {
        package let pin: UInt8
        /// To the state from which nothing serves it.
        package let way: Way
        /// What happens from there on.
        package let after: [Action]
        /// Where in `after` the loop begins that goes on for ever; nil where nothing can happen.
        package let loop: Int?
    }

    /// A shortest way.
    package struct Way: Sendable {
        /// How many actions it has.
        package let length: Int
        /// Nil where the search was stopped before they were found again.
        package let actions: [Action]?
    }

    package let search: ModelSearch
    package let violations: [Violation]
    /// By pin; nil where it was not asked or could not be answered (`SearchReport.stuck`).
    package let stuck: [Stuck]?
    /// How far the search has come.
    package let extent: SearchExtent

    package init(_ search: ModelSearch, _ report: SearchReport) {
        self.search = search
        extent = report.extent
        func actions(_ indices: [Int]) -> [Action] { indices.map { search.actions[$0] } }
        var violations: [Violation] = []
        // Ways are the same only where their actions are known to be.
        var places: [[Int]: Int] = [:]
        for each in report.counterexamples {
            guard let index = UInt8(exactly: each.property),
                let invariant = Invariant(rawValue: index)
            else { continue }
            if let indices = each.actions, let known = places[indices] {
                violations[known].invariants.append(invariant)
                continue
            }
            if let indices = each.actions { places[indices] = violations.count }
            violations.append(
                Violation(
                    invariants: [invariant],
                    way: Way(length: each.length, actions: each.actions.map(actions))))
        }
        self.violations = violations
        let pins = search.setup.pins.map(\.pin).sorted()
        stuck = report.stuck?.map { found in
            Stuck(
                pin: pins[found.obligation],
                way: Way(length: found.length, actions: found.actions.map(actions)),
                after: actions(found.after), loop: found.loop)
        }
    }

    /// The invariants that nothing found violates.
    package var kept: [Invariant] {
        let broken = InvariantSet(violations.flatMap(\.invariants))
        return InvariantSet(Invariant.allCases).subtracting(broken).members
    }
}

/// What is asked beside the shortest way to violate each invariant.
package struct ModelQuestion: Sendable {
    /// For each invariant a shortest way with each last action that violates it, and not only the
    /// shortest of all.
    package var everyCause = false
    /// Whether every line that is high can still be served, from every state.
    package var checksLiveness = false

    package init(everyCause: Bool = false, checksLiveness: Bool = false) {
        self.everyCause = everyCause
        self.checksLiveness = checksLiveness
    }
}

/// What a search may use, and whom it tells how far it is.
package struct SearchConduct: Sendable {
    package var limits: SearchLimits
    package var threads: Int
    package var pulse: SearchPulse

    package init(limits: SearchLimits, threads: Int, pulse: @escaping SearchPulse) {
        self.limits = limits
        self.threads = threads
        self.pulse = pulse
    }
}

extension ModelSearch {
    /// Searches every reachable state, as far as the limits allow.
    package func run(_ question: ModelQuestion, _ conduct: SearchConduct) -> ModelFindings {
        let report = system.search(
            for: SearchQuestion(
                PropertyBits(InvariantSet(Invariant.allCases).rawValue),
                everyCause: question.everyCause, checksLiveness: question.checksLiveness),
            limits: conduct.limits, threads: conduct.threads, pulse: conduct.pulse)
        return ModelFindings(self, report)
    }
}
