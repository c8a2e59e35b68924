import Verdicts

/// The end of a run on the terminal, to be read without what scrolled by: counts, everything
/// that did not pass with its reason and command, skips by reason, what never ran
/// (command-line §6.1).
struct FinalBlock {
    var design = ""
    /// Whether the hazards were announced by the scenarios.
    var isJudged = true
    /// Where the run was, where a reader could take it for something else.
    var simulation: String?
    private var failed: [ScenarioResult] = []
    private var skips = SkipTally()
    private var hazards = HazardTally()

    mutating func add(_ result: ScenarioResult) {
        hazards.add(result)
        skips.add(result)
        if result.isBad { failed.append(result) }
    }

    func lines(
        _ totals: Totals, unfinished: [String], width: Int, _ palette: Palette
    ) -> [String] {
        var lines: [String] = []
        for result in failed { lines += entry(result, width, palette) }
        if !failed.isEmpty { lines.append("") }
        lines += skipLines(width)
        if !unfinished.isEmpty {
            let names = unfinished.joined(separator: ", ")
            lines += "\(unfinished.count) not run or not finished: \(names)".wrapped(at: width)
        }
        for group in hazards.groups(design: design, isJudged: isJudged) {
            lines += "\(group.heading): \(group.list)".wrapped(at: width)
        }
        lines += totals.sentence(place: simulation).wrapped(at: width)
        // Last of all lines, where a shell's prompt follows: the sums.
        lines.append(
            totals.counts(hazards: hazards.passes, unfinished: unfinished.count, palette))
        return lines
    }

    private func entry(
        _ result: ScenarioResult, _ width: Int, _ palette: Palette
    ) -> [String] {
        let indent = String(repeating: " ", count: TextRecorder.indent)
        let word = palette.paint(result.word.padded(to: TextRecorder.indent), result.role)
        let reason = result.reason.wrapped(at: width - TextRecorder.indent)
        let below = reason + ["rerun: " + result.rerun.printable]
        return [word + result.name.printable] + below.map { indent + $0 }
    }

    private func skipLines(_ width: Int) -> [String] {
        guard skips.total > 0 else { return [] }
        var table = Columns([.right])
        for row in skips.rows { table.add(String(row.count), row.text) }
        return ["\(skips.total) skipped:"] + table.lines(indent: 2, width: width)
    }
}
