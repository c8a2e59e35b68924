public import Verdicts

/// Where backend and model part, as lines: the fields that differ, and the steps that led there
/// with an arrow at the culprit.
public struct MismatchReport {
    private let mismatch: Mismatch
    private let width: Int
    private let palette: Palette

    public init(_ mismatch: Mismatch, width: Int, palette: Palette = Palette(colour: false)) {
        self.mismatch = mismatch
        self.width = width
        self.palette = palette
    }

    public var lines: [String] {
        var lines = [palette.paint(mismatch.headline, .strong)]
        lines += mismatch.code.explanation.wrapped(at: width)
        if let note = mismatch.note { lines += note.wrapped(at: width) }
        if let likeness = mismatch.likenessSentence { lines += likeness.wrapped(at: width) }
        lines += table
        // A check over the whole run has no culprit, so nothing is pointed at.
        let culprit = mismatch.step == 0 ? nil : mismatch.history.last?.step
        let steps = StepTable(mismatch.history, omitted: mismatch.omittedSteps)
        return lines + steps.lines(width: width, palette) { $0.step == culprit }
    }

    private var table: [String] {
        var table = Columns()
        table.add("field", "expected", "observed", "before")
        for each in mismatch.differences {
            table.add([each.field, each.expected, each.observed, each.before].map(\.orDash))
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
}
