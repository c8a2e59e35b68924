internal import Scenarios
internal import Verdicts

/// How a finding's reproducer shows its mismatch, as a campaign's report has it.
extension Mismatch {
    /// - Parameter code: the finding's.
    init(_ cursor: YAMLCursor, code: MismatchCode) throws(ScenarioError) {
        let members = try ReportMembers(cursor, of: "the mismatch", in: FuzzReportFile.kind)
        let numbers = 0...StepLoader.mostSteps
        var differences: [FieldDifference] = []
        for member in try members["differences"].list("fields that differ") {
            let fields = try ReportMembers(member, of: "the difference", in: FuzzReportFile.kind)
            differences.append(
                FieldDifference(
                    field: try fields["field"].text("a field"),
                    expected: try fields["expected"].text("a value"),
                    observed: try fields["observed"].text("a value"),
                    before: try fields["before"].text("a value")))
        }
        guard !differences.isEmpty else {
            throw cursor.error("expected at least one field that differs")
        }
        var history: [HistoryLine] = []
        for member in try members["history"].list("steps") {
            let fields = try ReportMembers(member, of: "the step", in: FuzzReportFile.kind)
            var violations: [String] = []
            for name in try fields.optional("violations")?.list("invariants") ?? [] {
                violations.append(try name.text("an invariant"))
            }
            history.append(
                HistoryLine(
                    step: try fields["step"].number(in: numbers, "the number of a step"),
                    text: try fields["text"].text("a step"),
                    events: try fields["events"].text("what happened"), violations: violations))
        }
        self.init(
            code: code, step: try members["step"].number(in: numbers, "the number of a step"),
            differences: differences, history: history,
            omittedSteps: try members["omittedSteps"].number(in: numbers, "a number of steps"))
    }
}
