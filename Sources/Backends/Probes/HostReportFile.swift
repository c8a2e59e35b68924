package import Scenarios

/// A report of `characterize`, as `compare` reads it.
package struct HostReportFile: Sendable {
    package let file: String
    package let backend: String
    /// Who played the hardware, if somebody did.
    package let simulatedBy: String?
    package let irqchip: String
    /// Facts about the host, as the report gives them.
    package let host: [(name: String, value: String)]
    package let isInterrupted: Bool
    /// In the order of the report.
    package let probes: [ReportedProbe]

    /// What one probe found.
    package struct ReportedProbe: Sendable, Equatable {
        package let name: String
        /// What it did, as a number; two reports with different ones are of different probes.
        package let digest: String
        /// What all runs have answered.
        package let answer: String?
        package let runs: Int
        package let outcomes: [Outcome]
    }

    /// What some of its runs came to.
    package struct Outcome: Sendable, Equatable {
        package let word: String
        package let count: Int
        /// Whether some assumption set allows it.
        package let isAllowed: Bool
    }

    static let kind = "what characterize --json prints"

    /// Members that it does not know are a later version's, and not looked at.
    /// - Parameters:
    ///   - report: all of the file.
    ///   - file: its name.
    package init(_ report: ReportMembers, file: String) throws(ScenarioError) {
        self.file = file
        backend = try ScenarioLoader.name(try report["backend"])
        simulatedBy = try report.optional("simulatedBy").map { cursor throws(ScenarioError) in
            try ScenarioLoader.name(cursor)
        }
        irqchip = try ScenarioLoader.name(try report["irqchip"])
        isInterrupted = try report["interrupted"].flag("whether it was interrupted")
        host = try report["host"].texts("facts about the host", each: "a fact")
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
