internal import Campaigns
internal import Reporting
internal import Scenarios
internal import Verdicts

/// A report that `run --format json` has written, for another run that goes by it, and for
/// `compare`.
struct RunReportFile {
    let file: String
    /// The backend, and who simulated its hardware, if somebody did.
    let backend: String
    let irqchip: String
    let design: String
    /// Without the axes that the run left to each scenario.
    let assumptions: [(name: String, value: String)]
    let kernelRules: String?
    let isStrict: Bool
    let tool: Tool
    /// Facts about the host, as the report gives them.
    let host: [(name: String, value: String)]
    /// In the order of the report.
    let scenarios: [ScenarioResult]
    /// What an interruption or a failure kept from running.
    let unfinished: [String]

    private static let kind = "what run --format json prints"

    /// Reads JSON.
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: its name, for errors.
    init(_ bytes: [UInt8], file: String) throws(ScenarioError) {
        try self.init(try ReportMembers(bytes, file: file, kind: Self.kind), file: file)
    }

    /// Members that it does not know are a later version's, and not looked at.
    /// - Parameters:
    ///   - report: all of the file.
    ///   - file: its name.
    init(_ report: ReportMembers, file: String) throws(ScenarioError) {
        self.file = file
        var names: Set<String> = []
        var scenarios: [ScenarioResult] = []
        for cursor in try report["scenarios"].list("scenarios") {
            let result = try Self.scenario(cursor)
            try Self.refuse(result.name, at: cursor, in: &names)
            scenarios.append(result)
        }
        self.scenarios = scenarios
        var unfinished: [String] = []
        for cursor in try report["unfinished"].list("scenarios that did not run") {
            let name = try cursor.text("a scenario's name")
            try Self.refuse(name, at: cursor, in: &names)
            unfinished.append(name)
        }
        self.unfinished = unfinished
        let simulator = try report.optional("simulatedBy")?.text("who simulates")
        backend = BackendKind.shown(
            try report["backend"].text("the backend"), simulatedBy: simulator)
        irqchip = try report["irqchip"].text("the irqchip")
        design = try report["design"].text("the design")
        assumptions = try report["assumptions"].texts("assumptions", each: "an assumption")
        kernelRules = try report.optional("kernelRules")?.text("what the kernel does")
        isStrict = try report["strict"].flag("whether hazards fail")
        tool = try Tool(report.tool)
        host = try report["host"].texts("facts about the host", each: "a fact")
        try checkTotals(try report["totals"])
    }

    /// The names of the scenarios that did not pass or did not run.
    var failed: [String] {
        scenarios.filter(\.outcome.isBad).map(\.name) + unfinished
    }

    private static func refuse(
        _ name: String, at cursor: YAMLCursor, in names: inout Set<String>
    ) throws(ScenarioError) {
        guard names.insert(name).inserted else {
            throw cursor.error("a second scenario \(quoted: name); expected each once")
        }
    }

    private static func scenario(_ cursor: YAMLCursor) throws(ScenarioError) -> ScenarioResult {
        let members = try ReportMembers(cursor, of: "a scenario", in: kind)
        var outcome = try ScenarioOutcome(members, in: kind)
        let name = try members["name"].text("a scenario's name")
        outcome.compared = try compared(try members["compared"])
        outcome.hazards = try members["hazards"].list("invariants") {
            hazard throws(ScenarioError) in try hazard.text("an invariant")
        }
        return ScenarioResult(
            name: name, summary: try members["summary"].text("a summary"),
            group: try members["group"].text("a group"), outcome,
            duration: try members["duration"].seconds("how long it took"),
            rerun: try members["rerun"].text("a command"))
    }

    private static func compared(_ cursor: YAMLCursor) throws(ScenarioError) -> Compared {
        let members = try ReportMembers(cursor, of: "the counts", in: kind)
        func count(_ name: String) throws(ScenarioError) -> Int {
            // No sum over a file's scenarios can overflow.
            try members[name].number(in: 0...1 << 40, "a number of \(name)")
        }
        return Compared(
            steps: try count("steps"), fields: try count("fields"), eois: try count("eois"),
            endings: try count("endings"), unjudged: try count("unjudged"),
            leftOut: try count("leftOut"))
    }

    private func checkTotals(_ cursor: YAMLCursor) throws(ScenarioError) {
        let told = try ReportMembers(cursor, of: "the totals", in: Self.kind)
        for verdict in Verdict.allCases {
            let count = scenarios.count { $0.verdict == verdict }
            let place = try told[verdict.rawValue]
            guard try place.number(in: 0...Int.max, "a number of scenarios") == count else {
                throw place.error(
                    "\(counted(count, "scenario")) of verdict \(verdict.rawValue); expected that "
                        + "number")
            }
        }
    }
}
