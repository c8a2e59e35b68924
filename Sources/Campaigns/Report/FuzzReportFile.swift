package import Scenarios
internal import Verdicts

/// The report of one shard of a campaign, as `fuzz --json` writes it and `merge` reads it.
package struct FuzzReportFile: Sendable {
    package let file: String
    package let settings: FuzzSettings
    package let shard: Shard
    /// Facts about the host, as the report gives them.
    package let host: [(name: String, value: String)]
    /// Runs that were performed.
    package let performed: Int
    /// What was compared, over all runs.
    package let steps: Int
    package let fields: Int
    package let eois: Int
    package let findings: [FuzzFinding]
    /// How many runs showed a fingerprint that was known already.
    package let duplicates: Int
    /// Runs that could not be judged, by their reason.
    package let failures: [String: Int]
    package let isInterrupted: Bool
    private let places: [String: SourceLocation]

    /// What errors call such a file.
    static let kind = "what fuzz --json prints"

    /// Where the value of one of `settings.list` stands, or that of `shard.number`.
    package func place(of setting: String) -> SourceLocation {
        places[setting] ?? SourceLocation(file: file, line: 1, column: 1)
    }

    /// Reads JSON. Members that it does not know are a later version's, and not looked at.
    ///
    /// Numbers are held against each other, so that those of all shards can be summed up.
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: its name, for errors.
    package init(_ bytes: [UInt8], file: String) throws(ScenarioError) {
        let report = try ReportMembers(bytes, file: file, kind: Self.kind)
        if let merged = report.optional("merged") {
            throw merged.error("this is merged already; expected the reports of single shards")
        }
        let part = try ReportMembers(try report["shard"], of: "the shard", in: FuzzReportFile.kind)
        let count = try part["count"].number(in: Shard.counts, "a number of shards")
        let number = try part["number"].number(in: 1...count, "the number of a shard")
        // Both are in their ranges.
        let shard = Shard(number: number, count: count) ?? .whole
        let tool = try report.tool
        let settings = try Self.settings(report, Tool(tool), count)
        let performed = try report["performed"].number(
            in: 0...shard.share(of: settings.runs), "the runs that were performed")

        self.file = file
        self.settings = settings
        self.shard = shard
        self.performed = performed
        host = try report["host"].texts("facts about the host", each: "a fact")
        let compared = try ReportMembers(
            try report["compared"], of: "the counts", in: FuzzReportFile.kind)
        // No sum over all shards can overflow.
        let counts = 0...Int.max / count
        steps = try compared["steps"].number(in: counts, "a number of steps")
        fields = try compared["fields"].number(in: counts, "a number of fields")
        eois = try compared["eois"].number(in: counts, "a number of EOIs")
        let found = FindingReader(shard: shard, runs: settings.runs)
        findings = try found.list(try report["findings"], most: performed)
        duplicates = try report["duplicates"].number(
            in: 0...performed - findings.count, "a number of runs")
        failures = try Self.failures(
            try report["failures"], most: performed - findings.count - duplicates)
        isInterrupted = try report["interrupted"].flag("whether it was interrupted")

        var places = ["shard.number": try part["number"].location]
        places["tool.version"] = try tool["version"].location
        places["tool.commit"] = tool.optional("commit")?.location
        places["shard.count"] = try part["count"].location
        for name in settings.list.map(\.name) {
            if let cursor = report.optional(name) { places[name] = cursor.location }
        }
        self.places = places
    }

    private static func settings(
        _ report: ReportMembers, _ tool: Tool, _ shards: Int
    ) throws(ScenarioError) -> FuzzSettings {
        FuzzSettings(
            tool: tool,
            seed: try report["seed"].unsigned("a seed"),
            backend: try report["backend"].choice("backend"),
            simulatedBy: try simulator(report.optional("simulatedBy")),
            irqchip: try ScenarioLoader.name(try report["irqchip"]),
            design: try ScenarioLoader.name(try report["design"]),
            kernelRules: try report.optional("kernelRules")?.text("what the kernel does") ?? "",
            steps: try report["steps"].number(in: 1...10_000, "steps of a run"),
            runs: try report["runs"].number(in: 1...Int.max, "runs of all shards"),
            isHostile: try report["hostile"].flag("whether guests break the rules"),
            changesRoutes: try report["routes"].flag("whether routes change"),
            // An earlier version had one.
            vcpus: try report.optional("vcpus")?.number(in: 1...8, "a number of vCPUs") ?? 1,
            isStrict: try report["strict"].flag("whether hazards are findings"),
            shards: shards)
    }

    private static func simulator(_ cursor: YAMLCursor?) throws(ScenarioError) -> String? {
        guard let cursor else { return nil }
        return try ScenarioLoader.name(cursor)
    }

    /// - Parameter most: the runs that can have failed, all reasons together.
    private static func failures(
        _ cursor: YAMLCursor, most: Int
    ) throws(ScenarioError) -> [String: Int] {
        var failures: [String: Int] = [:]
        var rest = most
        for (key, value) in try cursor.pairs("failures") {
            let runs = try value.number(in: 0...rest, "a number of runs")
            failures[try key.text("a reason")] = runs
            rest -= runs
        }
        return failures
    }
}
