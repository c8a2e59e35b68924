internal import Scenarios
internal import Verdicts

/// A report that `run --format json` has written, as far as another run goes by it.
struct RunReportFile {
    /// The names of the scenarios that did not pass or did not run, in the order of the report.
    let failed: [String]

    private static let kind = "what run --format json prints"

    /// Reads JSON.
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: its name, for errors.
    init(_ bytes: [UInt8], file: String) throws(ScenarioError) {
        let report = try ReportMembers(bytes, file: file, kind: Self.kind)
        var failed: [String] = []
        for cursor in try report["scenarios"].list("scenarios") {
            let result = try ReportMembers(cursor, of: "a scenario", in: Self.kind)
            let verdict: Verdict = try result["verdict"].choice("verdict")
            let name = try result["name"].text("a scenario's name")
            if !verdict.isGood, verdict != .skip { failed.append(name) }
        }
        for cursor in try report["unfinished"].list("scenarios that did not run") {
            failed.append(try cursor.text("a scenario's name"))
        }
        self.failed = failed
    }
}
