internal import Scenarios
internal import Verdicts

/// Reads a report's findings.
struct FindingReader {
    let shard: Shard
    /// Runs of all shards.
    let runs: Int

    func list(_ cursor: YAMLCursor, most: Int) throws(ScenarioError) -> [FuzzFinding] {
        var findings: [FuzzFinding] = []
        for member in try cursor.list("findings") { findings.append(try finding(member)) }
        guard findings.count <= most else {
            throw cursor.error(
                "\(findings.count) findings; expected no more than the \(most) runs performed")
        }
        return findings
    }

    private func finding(_ cursor: YAMLCursor) throws(ScenarioError) -> FuzzFinding {
        let members = try ReportMembers(cursor, of: "the finding", in: FuzzReportFile.kind)
        let run = try members["run"]
        let number = try run.unsigned("the number of a run")
        guard number < UInt64(runs), shard.owns(number) else {
            throw run.error("run \(number) is none of shard \(shard) of \(runs) runs")
        }
        let code = try code(try members["code"])
        let repeats = try members["repeats"].number(in: 0...1_000_000, "a number of runs")
        let mismatch = try Mismatch(
            try members["mismatch"], code: code, in: FuzzReportFile.kind)
        return FuzzFinding(
            run: number, scenario: try scenario(try members["scenario"]),
            originalLength: try members["originalSteps"].number(
                in: 1...10_000, "a number of steps"),
            reproduced: try members["reproduced"].number(in: 0...repeats, "a number of runs"),
            repeats: repeats, mismatch: mismatch)
    }

    private func code(_ cursor: YAMLCursor) throws(ScenarioError) -> MismatchCode {
        let word = try cursor.text("a mismatch code")
        guard let code = MismatchCode(rawValue: word) else {
            throw cursor.unknown(
                "mismatch code", word, among: MismatchCode.allCases.map(\.rawValue))
        }
        return code
    }

    /// A report carries its scenarios as the text of their files.
    private func scenario(_ cursor: YAMLCursor) throws(ScenarioError) -> Scenario {
        let text = try cursor.text("a scenario's text")
        let found: [Scenario]
        do {
            found = try ScenarioLoader.load(Array(text.utf8), file: "text")
        } catch {
            throw cursor.error("expected the text of a scenario; \(error)")
        }
        guard found.count == 1 else {
            throw cursor.error("expected the text of one scenario, found \(found.count)")
        }
        return found[0]
    }
}
