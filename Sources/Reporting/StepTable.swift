public import Verdicts

/// The steps that led somewhere, one line each, with an arrow at those that matter.
public struct StepTable {
    private let history: [HistoryLine]
    private let omitted: Int

    public init(_ history: [HistoryLine], omitted: Int = 0) {
        self.history = history
        self.omitted = omitted
    }

    /// - Parameter matters: whether an arrow points at a step.
    public func lines(
        width: Int, _ palette: Palette, pointingAt matters: (HistoryLine) -> Bool
    ) -> [String] {
        var table = Columns([.left, .right])
        for line in history {
            let arrow = matters(line) ? "→" : ""
            let broken = line.violations.map { "breaks \($0)" }
            let gap = line.leftOut.map { "left out: \($0)" } ?? ""
            let events = ([line.events, gap] + broken).filter { !$0.isEmpty }
            table.add(arrow, String(line.step), line.text, events.joined(separator: "; "))
        }
        let left = omitted > 0 ? ["  (\(counted(omitted, "earlier step")) left out)"] : []
        return left
            + table.lines(indent: 2, width: width) { row, _, text in
                matters(history[row]) ? palette.paint(text, .strong) : text
            }
    }
}
