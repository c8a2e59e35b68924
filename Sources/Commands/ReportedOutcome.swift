internal import Campaigns
internal import Scenarios
internal import Verdicts

/// How a scenario ended, as the documents of `run` and of `show` say it.
extension ScenarioOutcome {
    /// - Parameters:
    ///   - members: what says it, among other things.
    ///   - kind: what the file should be, for errors.
    init(_ members: ReportMembers, in kind: String) throws(ScenarioError) {
        self.init(try members["verdict"].choice("verdict"))
        mismatch = try members.optional("mismatch").map { cursor throws(ScenarioError) in
            let code = try ReportMembers(cursor, of: "the mismatch", in: kind)["code"]
            return try Mismatch(cursor, code: try code.choice("mismatch code"), in: kind)
        }
        skip = try members.optional("skip").map { cursor throws(ScenarioError) in
            let skip = try ReportMembers(cursor, of: "the skip", in: kind)
            return Skip(
                reason: try skip["reason"].text("a reason"), hint: try skip["hint"].text("a hint"))
        }
        failure = try members.optional("failure")?.text("what went wrong")
    }
}
