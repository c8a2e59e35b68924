internal import Reporting
internal import Scenarios
internal import Verdicts

/// The reports of one campaign's shards as one result.
struct MergedCampaign {
    let report: FuzzReport
    /// Numbers of the shards that were there, from 1.
    let shards: [Int]
    /// Of those, which did not perform all their runs: one that was interrupted, or stopped at
    /// what it found.
    let unfinished: [(shard: Shard, performed: Int)]
    /// Numbers of the shards that were not there.
    let missing: [Int]

    /// - Parameter parts: at least one.
    ///
    /// Errors: parts of different campaigns, and a part that is there twice.
    init(_ parts: [FuzzReportFile]) throws(CommandFailure) {
        guard let first = parts.first else { throw .usage("there are no reports to merge") }
        for part in parts { try Self.check(part, against: first) }
        let sorted = parts.sorted { $0.shard.number < $1.shard.number }
        for (one, other) in zip(sorted, sorted.dropFirst()) where one.shard == other.shard {
            throw Self.refusal(
                at: other.place(of: "shard.number"),
                "shard \(other.shard) again, which is in \(one.place(of: "shard.number")) "
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
    ) throws(CommandFailure) {
        for (own, other) in zip(part.settings.list, first.settings.list)
        where own.value != other.value {
            throw refusal(
                at: part.place(of: own.name),
                "\(own.name) is \(own.value.printable), but \(other.value.printable) in "
                    + "\(first.place(of: own.name)); expected shards of one campaign")
        }
    }

    private static func refusal(
        at location: SourceLocation, _ message: String
    ) -> CommandFailure {
        CommandFailure(status: .badInput, message: "\(location): \(message)")
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
    var status: ExitStatus {
        switch report.outcome {
        case .passed: missing.isEmpty && unfinished.isEmpty ? .passed : .budgetSpent
        // What keeps one run from being performed keeps all of its shard.
        case .nothingRan: missing.isEmpty ? .nothingRan : .budgetSpent
        case let outcome: outcome
        }
    }

    // MARK: - Text

    var heading: String {
        report.heading("\(Self.shards(shards)) of \(count) merged")
    }

    /// What was not done, a line for each; nothing where all was.
    var gaps: [String] {
        let absent =
            missing.isEmpty
            ? [] : ["no report of \(Self.shards(missing)) of \(count)"]
        return absent
            + unfinished.map { part in
                "shard \(part.shard) performed \(part.performed) of its "
                    + "\(part.shard.share(of: report.settings.runs)) runs"
            }
    }

    private var count: Int { report.settings.shards }

    /// `shards 1–3, 5`.
    private static func shards(_ numbers: [Int]) -> String {
        var spans: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = spans.last, last.upperBound == number - 1 {
                spans[spans.count - 1] = last.lowerBound...number
            } else {
                spans.append(number...number)
            }
        }
        let list = spans.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
        }
        return (numbers.count == 1 ? "shard " : "shards ") + list.joined(separator: ", ")
    }

    // MARK: - JSON

    var document: JSONText {
        report.document(
            merged: [
                "count": .int(count),
                "shards": .array(shards.map { .int($0) }),
                "missing": .array(missing.map { .int($0) }),
                "unfinished": .array(unfinished.map { .int($0.shard.number) }),
                "complete": .bool(missing.isEmpty && unfinished.isEmpty),
            ])
    }
}
