/// A report of `characterize`, as `compare` reads it.
public struct HostReportFile: Sendable {
    public let file: String
    public let backend: String
    /// Who played the hardware, if somebody did.
    public let simulatedBy: String?
    public let irqchip: String
    /// Facts about the host, as the report gives them.
    public let host: [(name: String, value: String)]
    public let isInterrupted: Bool
    /// In the order of the report.
    public let probes: [ReportedProbe]

    /// What one probe found.
    public struct ReportedProbe: Sendable, Equatable {
        public let name: String
        /// What it did, as a number; two reports with different ones are of different probes.
        public let digest: String
        /// What all runs have answered.
        public let answer: String?
        public let runs: Int
        public let outcomes: [Outcome]
    }

    /// What some of its runs came to.
    public struct Outcome: Sendable, Equatable {
        public let word: String
        public let count: Int
        /// Whether some assumption set allows it.
        public let isAllowed: Bool
    }

    static let kind = "what characterize --json prints"

    /// Reads JSON. Members that it does not know are a later version's, and not looked at.
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: its name, for errors.
    public init(_ bytes: [UInt8], file: String) throws(ScenarioError) {
        let text = try ReportText.checked(bytes, file: file, expected: Self.kind)
        // There is at least one, or the reader throws.
        let root = try YAMLCursor.documents(of: text, file: file)[0]
        let report = try ReportMembers(root, of: "the report", in: Self.kind)
        try Self.refuseOthers(report, root)
        let version = try report["schemaVersion"]
        guard try version.text("the version of the schema") == "2" else {
            throw version.error("expected schemaVersion 2, found \(version.found)")
        }
        self.file = file
        backend = try ScenarioLoader.name(try report["backend"])
        simulatedBy = try report.optional("simulatedBy").map { cursor throws(ScenarioError) in
            try ScenarioLoader.name(cursor)
        }
        irqchip = try ScenarioLoader.name(try report["irqchip"])
        isInterrupted = try report["interrupted"].flag("whether it was interrupted")
        var facts: [(name: String, value: String)] = []
        for (key, value) in try report["host"].pairs("facts about the host") {
            facts.append((try key.text("a fact's name"), try value.text("a fact")))
        }
        host = facts
        var probes: [ReportedProbe] = []
        for cursor in try report["probes"].list("probes") {
            let probe = try Self.probe(cursor)
            guard !probes.contains(where: { $0.name == probe.name }) else {
                throw cursor.error("a second probe “\(probe.name)”; expected each once")
            }
            probes.append(probe)
        }
        self.probes = probes
    }

    /// What a document of another command is told by, so that the message can say so.
    private static let others = [
        ("scenarios", "run"), ("cells", "matrix"), ("violations", "explore"), ("shard", "fuzz"),
        ("checks", "probe"),
    ]

    private static func refuseOthers(
        _ report: ReportMembers, _ root: YAMLCursor
    ) throws(ScenarioError) {
        guard report.optional("probes") == nil else { return }
        for (member, command) in others where report.optional(member) != nil {
            throw root.error(
                "this is a report of \(command), which compare does not take yet; expected \(kind)")
        }
    }

    private static func probe(_ cursor: YAMLCursor) throws(ScenarioError) -> ReportedProbe {
        let members = try ReportMembers(cursor, of: "the probe", in: kind)
        var outcomes: [Outcome] = []
        var runs = 0
        for cursor in try members["outcomes"].list("outcomes") {
            let outcome = try ReportMembers(cursor, of: "the outcome", in: kind)
            let count = try outcome["count"].number(
                in: 1...10_000_000, "how often it came about")
            runs += count
            outcomes.append(
                Outcome(
                    word: try ScenarioLoader.name(try outcome["outcome"]), count: count,
                    isAllowed: try outcome["allowed"].flag("whether the model allows it")))
        }
        let told = try members["runs"]
        guard try told.number(in: 0...Int.max, "how many runs there were") == runs else {
            throw told.error("the outcomes are of \(runs) runs; expected that number")
        }
        let answer = try members["answer"].text("the answer")
        return ReportedProbe(
            name: try ScenarioLoader.name(try members["name"]),
            digest: try members["digest"].text("the probe's digest"),
            answer: answer == "null" ? nil : try ScenarioLoader.name(try members["answer"]),
            runs: runs, outcomes: outcomes)
    }
}
