package import Scenarios
package import Verdicts

/// The reports of one campaign's shards as one result.
package struct MergedCampaign {
    package let report: FuzzReport
    /// Numbers of the shards that were there, from 1.
    package let shards: [Int]
    /// Of those, which did not perform all their runs: one that was interrupted, or stopped at
    /// what it found.
    package let unfinished: [(shard: Shard, performed: Int)]
    /// Numbers of the shards that were not there.
    package let missing: [Int]

    /// Errors: parts of different campaigns, and a part that is there twice.
    package init(
        _ first: FuzzReportFile, _ others: some Sequence<FuzzReportFile>
    ) throws(ScenarioError) {
        for part in others { try Self.check(part, against: first) }
        let sorted = ([first] + others).sorted { $0.shard.number < $1.shard.number }
        for (one, other) in zip(sorted, sorted.dropFirst()) where one.shard == other.shard {
            throw ScenarioError(
                location: other.place(of: "shard.number"),
                message: "shard \(other.shard) again, which is in \(one.place(of: "shard.number")) "
                    + "already; expected each once")
        }
        // As if one process had done it all.
        var report = FuzzReport(
            settings: first.settings, shard: .whole, host: Self.host(sorted))
        for part in sorted { report.add(part) }
        self.report = report
        shards = sorted.map(\.shard.number)
        unfinished = sorted.filter {
            $0.isInterrupted || $0.performed < $0.shard.share(of: $0.settings.runs)
        }.map { ($0.shard, $0.performed) }
        missing = Set(1...first.shard.count).subtracting(shards).sorted()
    }

    private static func check(
        _ part: FuzzReportFile, against first: FuzzReportFile
    ) throws(ScenarioError) {
        for (own, other) in zip(part.settings.list, first.settings.list)
        where own.value != other.value {
            throw ScenarioError(
                location: part.place(of: own.name),
                message: "\(own.name) is \(own.value), but \(other.value) in "
                    + "\(first.place(of: own.name)); expected shards of one campaign")
        }
    }

    /// What the shards say of their hosts; where they differ, all that is said.
    private static func host(_ parts: [FuzzReportFile]) -> [(name: String, value: String)] {
        var names: [String] = []
        var values: [String: Set<String>] = [:]
        for (name, value) in parts.flatMap(\.host) {
            if values[name] == nil { names.append(name) }
            values[name, default: []].insert(value)
        }
        return names.map { ($0, (values[$0] ?? []).sorted().joined(separator: "; ")) }
    }

    /// As of a campaign that one process did, but what was not done is not taken for good. That a
    /// shard was interrupted is no interruption of this process.
    package var status: ExitStatus {
        switch report.outcome {
        case .passed: missing.isEmpty && unfinished.isEmpty ? .passed : .budgetSpent
        // What keeps one run from being performed keeps all of its shard.
        case .nothingRan: missing.isEmpty ? .nothingRan : .budgetSpent
        case let outcome: outcome
        }
    }
}
