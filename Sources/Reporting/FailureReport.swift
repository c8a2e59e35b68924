import Verdicts

/// Why one scenario did not pass, as lines of plain or painted text: the first divergence only,
/// the fields that differ, the steps that led there with an arrow at the culprit, what could not
/// be seen, and the command that shows it again (cli-contract, "Manners"; wishes 36, 37, 38, 41).
struct FailureReport {
    let result: ScenarioResult
    let width: Int
    var palette = Palette(colour: false)

    var lines: [String] {
        var lines: [String] = []
        if let mismatch = result.mismatch {
            lines.append(palette.paint(mismatch.headline, .strong))
            lines += mismatch.code.explanation.wrapped(at: width)
            if let note = mismatch.note { lines += note.wrapped(at: width) }
            lines += table(mismatch)
            // A check over the whole run has no culprit, so nothing is pointed at.
            let culprit = mismatch.step == 0 ? nil : mismatch.history.last?.step
            let steps = StepTable(mismatch.history, omitted: mismatch.omittedSteps)
            lines += steps.lines(width: width, palette) { $0.step == culprit }
        }
        if let failure = result.failure { lines += failure.wrapped(at: width) }
        if result.mismatch == nil, result.failure == nil { lines.append(result.reason.printable) }
        lines += unobservable
        for gap in result.compared.gaps { lines += gap.wrapped(at: width) }
        // Never wrapped: it is there to be copied.
        lines.append("rerun: " + result.rerun.printable)
        return lines
    }

    private func table(_ mismatch: Mismatch) -> [String] {
        var table = Columns()
        table.add("field", "expected", "observed", "before")
        for each in mismatch.differences {
            table.add([each.field, each.expected, each.observed, each.before].map { shown($0) })
        }
        return table.lines(indent: 2, width: width) { row, column, text in
            switch (row, column) {
            case (0, _): palette.paint(text, .faint)
            case (_, 1): palette.paint(text, .good)
            case (_, 2): palette.paint(text, .bad)
            default: text
            }
        }
    }

    /// Fields under their reason: a backend hides several of them for the same cause.
    private var unobservable: [String] {
        var reasons: [String] = []
        for each in result.unobservable where !reasons.contains(each.reason) {
            reasons.append(each.reason)
        }
        return reasons.flatMap { reason in
            let fields = result.unobservable.filter { $0.reason == reason }.map(\.field)
            let list = fields.joined(separator: ", ")
            return "not observable: \(list) (\(reason))".wrapped(at: width)
        }
    }

    /// An empty value would leave a hole in the table that reads like a missing column.
    private func shown(_ value: String) -> String { value.isEmpty ? "–" : value }
}
