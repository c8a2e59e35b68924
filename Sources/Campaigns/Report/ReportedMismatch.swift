package import Scenarios
package import Verdicts

/// A mismatch as the documents of campaigns, of runs and of `show` have it.
extension Mismatch {
    /// - Parameters:
    ///   - code: a finding has it beside its mismatch.
    ///   - kind: what the file should be, for errors.
    package init(
        _ cursor: YAMLCursor, code: MismatchCode, in kind: String
    ) throws(ScenarioError) {
        let members = try ReportMembers(cursor, of: "the mismatch", in: kind)
        let numbers = 0...StepLoader.mostSteps
        let differences = try FieldDifference.list(try members["differences"], in: kind)
        guard !differences.isEmpty else {
            throw cursor.error("expected at least one field that differs")
        }
        var history: [HistoryLine] = []
        for member in try members["history"].list("steps") {
            let fields = try ReportMembers(member, of: "the step", in: kind)
            let violations = try fields.optional("violations")?.list("invariants") {
                name throws(ScenarioError) in try name.text("an invariant")
            }
            history.append(
                HistoryLine(
                    step: try fields["step"].number(in: numbers, "the number of a step"),
                    text: try fields["text"].text("a step"),
                    events: try fields["events"].text("what happened"),
                    violations: violations ?? [],
                    leftOut: try fields.optional("leftOut")?.text("why it was left out")))
        }
        self.init(
            code: code, step: try members["step"].number(in: numbers, "the number of a step"),
            differences: differences, history: history,
            omittedSteps: try members["omittedSteps"].number(in: numbers, "a number of steps"),
            note: try members.optional("note")?.text("a note"))
        likeness = try members.optional("likeness").map { cursor throws(ScenarioError) in
            try cursor.list("likenesses") { name throws(ScenarioError) in
                try name.text("a likeness")
            }
        }
    }
}

extension FieldDifference {
    /// - Parameter kind: what the file should be, for errors.
    package static func list(
        _ cursor: YAMLCursor, in kind: String
    ) throws(ScenarioError) -> [FieldDifference] {
        var differences: [FieldDifference] = []
        for member in try cursor.list("fields that differ") {
            let fields = try ReportMembers(member, of: "the difference", in: kind)
            differences.append(
                FieldDifference(
                    field: try fields["field"].text("a field"),
                    expected: try fields["expected"].text("a value"),
                    observed: try fields["observed"].text("a value"),
                    before: try fields["before"].text("a value")))
        }
        return differences
    }
}
