import Verdicts

/// Why one scenario did not pass, as lines of plain or painted text: the first divergence only,
/// the fields that differ, the steps that led there with an arrow at the culprit, what could not
/// be seen, and the command that shows it again (reports §5).
struct FailureReport {
    let result: ScenarioResult
    let width: Int
    var palette = Palette(colour: false)
    /// Where it was seen, where a reader could take it for something else.
    var simulation: String?

    var lines: [String] {
        var lines: [String] = []
        if let mismatch = result.mismatch {
            lines += MismatchReport(mismatch, width: width, palette: palette).lines
        }
        if let failure = result.failure { lines += failure.wrapped(at: width) }
        if result.mismatch == nil, result.failure == nil { lines.append(result.reason.printable) }
        // A mismatch has its own.
        if result.mismatch == nil { lines += steps }
        lines += unobservable
        for gap in result.compared.gaps { lines += gap.wrapped(at: width) }
        if let simulation { lines.append(simulation.printable) }
        // Never wrapped: it is there to be copied.
        lines.append("rerun: " + result.rerun.printable)
        return lines
    }

    /// The last steps before the run could not go on.
    private var steps: [String] {
        guard let first = result.steps.first else { return [] }
        return StepTable(result.steps, omitted: first.step - 1)
            .lines(width: width, palette) { !$0.violations.isEmpty }
    }

    /// Fields under their reason: a backend hides several of them for the same cause.
    private var unobservable: [String] {
        result.outcome.hiddenFields.flatMap { "not observable: \($0)".wrapped(at: width) }
    }
}
