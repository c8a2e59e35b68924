package import Scenarios
package import Verdicts

/// A finding as a campaign's report has it: a mismatch and its smallest reproducer.
package struct ReportedFinding: Sendable {
    /// What makes two findings the same: the class of mismatch and the first field that differs.
    package struct Fingerprint: Sendable, Hashable {
        package var code: String
        package var field: String

        package init(code: String, field: String) {
            self.code = code
            self.field = field
        }
    }

    /// Number of the run that found it.
    package var run: UInt64
    package var fingerprint: Fingerprint
    /// Of the field; nil in the report of a version that did not say.
    package var expected: String?
    package var observed: String?
    /// How the reproducer shows it; nil in the report of a version that did not say.
    package var mismatch: Mismatch?
    /// Steps before shrinking.
    package var originalLength: Int
    /// In how many of `repeats` runs the reproducer showed it.
    package var reproduced: Int
    package var repeats: Int
    /// The shortest scenario found that shows it.
    package var scenario: Scenario

    package init(
        run: UInt64, fingerprint: Fingerprint, expected: String?, observed: String?,
        mismatch: Mismatch?, originalLength: Int, reproduced: Int, repeats: Int,
        scenario: Scenario
    ) {
        self.run = run
        self.fingerprint = fingerprint
        self.expected = expected
        self.observed = observed
        self.mismatch = mismatch
        self.originalLength = originalLength
        self.reproduced = reproduced
        self.repeats = repeats
        self.scenario = scenario
    }
}

/// Reads a report's findings.
struct FindingReader {
    /// The classes of mismatch that there are.
    let codes: [String]
    let shard: Shard
    /// Runs of all shards.
    let runs: Int

    func list(_ cursor: YAMLCursor, most: Int) throws(ScenarioError) -> [ReportedFinding] {
        var findings: [ReportedFinding] = []
        for member in try cursor.list("findings") { findings.append(try finding(member)) }
        guard findings.count <= most else {
            throw cursor.error(
                "\(findings.count) findings; expected no more than the \(most) runs performed")
        }
        return findings
    }

    private func finding(_ cursor: YAMLCursor) throws(ScenarioError) -> ReportedFinding {
        let members = try ReportMembers(cursor, of: "the finding", in: FuzzReportFile.kind)
        let run = try members["run"]
        let number = try run.unsigned("the number of a run")
        guard number < UInt64(runs), shard.owns(number) else {
            throw run.error("run \(number) is none of shard \(shard) of \(runs) runs")
        }
        let code = try code(try members["code"])
        let repeats = try members["repeats"].number(in: 0...1_000_000, "a number of runs")
        return ReportedFinding(
            run: number,
            fingerprint: ReportedFinding.Fingerprint(
                code: code,
                field: try members["field"].text("the field that differs")),
            expected: try members.optional("expected")?.text("a value"),
            observed: try members.optional("observed")?.text("a value"),
            mismatch: try mismatch(members, MismatchCode(rawValue: code)),
            originalLength: try members["originalSteps"].number(
                in: 1...10_000, "a number of steps"),
            reproduced: try members["reproduced"].number(in: 0...repeats, "a number of runs"),
            repeats: repeats, scenario: try scenario(try members["scenario"]))
    }

    /// - Returns: nil where the report does not tell it.
    private func mismatch(
        _ members: ReportMembers, _ code: MismatchCode?
    ) throws(ScenarioError) -> Mismatch? {
        guard let code, let member = members.optional("mismatch") else { return nil }
        return try Mismatch(member, code: code)
    }

    private func code(_ cursor: YAMLCursor) throws(ScenarioError) -> String {
        let code = try cursor.text("a mismatch code")
        guard codes.contains(code) else {
            let near = Nearest.suggestion(for: code, among: codes)
            throw cursor.error(
                "unknown mismatch code \(quoted: code)\(near); "
                    + "expected \(codes.joined(separator: ", "))")
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
