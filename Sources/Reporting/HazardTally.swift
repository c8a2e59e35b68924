import Verdicts

/// Counts, of what went well, the invariants that were violated as known, by whose they are.
struct HazardTally {
    /// Whose a violation is.
    enum Owner: CaseIterable {
        /// The design's under test.
        case design
        /// A plain machine's, which has no design.
        case plain
        /// A host's that is peculiar or old: the run did not go as its scenario is written.
        case host
    }

    /// What one owner violates.
    struct Group {
        var owner: Owner
        var heading: String
        var rows: [Row]
    }

    /// How often one invariant was violated.
    struct Row {
        var invariant: String
        var count = 0
        /// What shows it again: the command of the first scenario.
        var rerun: String
    }

    /// Scenarios that passed and violated one.
    private(set) var passes = 0
    /// The same with those that nothing could be judged of.
    private(set) var total = 0
    private var rows: [Owner: [String: Row]] = [:]

    mutating func add(_ result: ScenarioResult) {
        if result.isHazard { passes += 1 }
        guard result.verdict.isGood else { return }
        if !result.hazards.isEmpty { total += 1 }
        let own: Owner = result.machine == "plain" ? .plain : .design
        let owner = result.judgedOnModel == nil ? own : .host
        for invariant in result.hazards {
            let new = Row(invariant: invariant, rerun: result.rerun)
            rows[owner, default: [:]][invariant, default: new].count += 1
        }
    }

    /// A group for each owner that violated anything, its invariants by name.
    /// - Parameters:
    ///   - design: the design under test, or `RunHeader.open`.
    ///   - isJudged: whether the hazards were announced by the scenarios.
    func groups(design: String, isJudged: Bool) -> [Group] {
        Owner.allCases.compactMap { owner in
            guard let rows = rows[owner] else { return nil }
            let heading = Self.heading(owner, design, isJudged)
            let sorted = rows.values.sorted { $0.invariant < $1.invariant }
            return Group(owner: owner, heading: heading, rows: sorted)
        }
    }

    private static func heading(_ owner: Owner, _ design: String, _ isJudged: Bool) -> String {
        let name = design == RunHeader.open ? "the designs named" : design
        return switch owner {
        // Page TMR and the way of the EOI are no axes of a plain machine.
        case .plain: "known hazards of a plain machine"
        case .design where isJudged: "known hazards of \(name)"
        case .design: "violated by \(name) under other assumptions than stated"
        case .host: "violated where this KVM is not as the scenario is written for"
        }
    }
}

extension HazardTally.Group {
    /// `attribution in 16, redelivery in 2`.
    var list: String { rows.map { "\($0.invariant) in \($0.count)" }.joined(separator: ", ") }
}
