internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import StateExplorer
internal import Verdicts

/// What a search has come to.
struct ExploreReport {
    let plan: ExplorePlan
    let found: SearchReport
    let seconds: Double
    let threads: Int
    let checksService: Bool
    let findings: [ExploreFinding]

    init(
        plan: ExplorePlan, found: SearchReport, seconds: Double, threads: Int, checksService: Bool
    ) {
        self.plan = plan
        self.found = found
        self.seconds = seconds
        self.threads = threads
        self.checksService = checksService
        findings = ExploreFinding.all(of: found, plan)
    }

    /// The invariants that nothing found violates.
    var kept: [Invariant] {
        let broken = InvariantSet(found.counterexamples.compactMap { Invariant(property: $0) })
        return InvariantSet(Invariant.allCases).subtracting(broken).members
    }

    func status(requiresCompleteness: Bool) -> ExitStatus {
        if found.stop == .interruption { return .interrupted }
        if !findings.isEmpty { return .failed }
        let isWhole = found.isComplete && (found.stuck != nil || !checksService)
        return isWhole || !requiresCompleteness ? .passed : .budgetSpent
    }

    func scenario(of finding: ExploreFinding) -> Scenario {
        FoundTrace(
            name: finding.name,
            summary: "a shortest way to \(finding.title) with \(plan.design.name): "
                + "\(finding.actions.count) actions",
            source: plan.command, setup: plan.search.setup, design: plan.design,
            actions: finding.actions, granularity: plan.search.granularity
        ).scenario
    }

    /// Whether everything was visited, in words.
    var reach: String {
        switch found.stop {
        case nil: "complete: every reachable state was visited"
        case .states?: "not complete: --max-states ended it; every state to depth \(found.depth)"
        case .memory?: "not complete: --max-memory ended it; every state to depth \(found.depth)"
        case .depth?: "not complete: every state to depth \(found.depth), where it had to end"
        case .time?: "not complete: --max-seconds ended it; every state to depth \(found.depth)"
        case .interruption?: "interrupted; every state to depth \(found.depth)"
        }
    }

    var bytesPerState: Double { Double(found.bytes) / Double(found.states) }
}

extension Invariant {
    /// The invariant of a property that a search names.
    init?(property counterexample: Counterexample) {
        self.init(rawValue: UInt8(truncatingIfNeeded: counterexample.property))
    }
}

/// Something that went wrong, and the shortest way there.
struct ExploreFinding {
    /// The name of its scenario.
    let name: String
    /// `violate attribution`, or `leave pin 2 without service`.
    let title: String
    /// Invariants whose shortest way it is; empty for a line that is stuck.
    let invariants: [Invariant]
    let actions: [Action]
    /// What goes on after the last action of a line that is stuck.
    var ending: String?
    /// The pin that is stuck.
    var pin: UInt8?

    /// Invariants that one way violates together are one finding.
    static func all(of found: SearchReport, _ plan: ExplorePlan) -> [ExploreFinding] {
        let search = plan.search
        let suffix = search.granularity == .atomic ? "-atomic" : ""
        var ways: [(actions: [Int], invariants: [Invariant])] = []
        for each in found.counterexamples {
            guard let invariant = Invariant(property: each) else { continue }
            if let known = ways.firstIndex(where: { $0.actions == each.actions }) {
                ways[known].invariants.append(invariant)
            } else {
                ways.append((each.actions, [invariant]))
            }
        }
        let violations = ways.map { way in
            ExploreFinding(
                name: "\(plan.design.name)-\(way.invariants[0].name)\(suffix)",
                title: "violate " + way.invariants.map(\.name).joined(separator: ", "),
                invariants: way.invariants, actions: way.actions.map { search.actions[$0] })
        }
        let pins = search.setup.pins.map(\.pin).sorted()
        return violations
            + (found.stuck ?? []).map { stuck in
                let pin = pins[stuck.obligation]
                return ExploreFinding(
                    name: "\(plan.design.name)-stuck-line-\(pin)\(suffix)",
                    title: "leave pin \(pin) without service", invariants: [],
                    actions: stuck.actions.map { search.actions[$0] },
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
}
