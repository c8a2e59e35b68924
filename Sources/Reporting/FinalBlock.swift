import Verdicts

/// The end of a run on the terminal, to be read without what scrolled by: counts, everything
/// that did not pass with its reason and command, skips by reason, what never ran
/// (reports §1).
struct FinalBlock {
    var header: RunHeader?
    private(set) var failed: [ScenarioResult] = []
    /// What went well, and violated what it was known to violate.
    private(set) var hazardous: [ScenarioResult] = []
    private(set) var hazards = HazardTally()
    private var skips = SkipTally()

    mutating func add(_ result: ScenarioResult) {
        hazards.add(result)
        skips.add(result)
        if result.isBad { failed.append(result) }
        if result.verdict.isGood, !result.hazards.isEmpty { hazardous.append(result) }
    }

    func lines(
        _ totals: Totals, unfinished: [String], width: Int, _ palette: Palette
    ) -> [String] {
        var lines = entries(width, palette)
        if !failed.isEmpty { lines.append("") }
        lines += gaps(unfinished: unfinished, width)
        let groups = hazards.groups(
            design: header?.design ?? "", isJudged: header?.isJudged ?? true)
        for group in groups {
            lines += "\(group.heading): \(group.list)".wrapped(at: width)
        }
        return lines + sums(totals, unfinished: unfinished.count, width, palette)
    }

    /// What did not pass.
    func entries(_ width: Int, _ palette: Palette) -> [String] {
        failed.flatMap { entry($0, width, palette) }
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

    /// What did not run, and why.
    func gaps(unfinished: [String], _ width: Int) -> [String] {
        let names = unfinished.joined(separator: ", ")
        return skipLines(width)
            + (unfinished.isEmpty
                ? [] : "\(unfinished.count) not run or not finished: \(names)".wrapped(at: width))
    }

    /// Last of all lines, where a shell's prompt follows: the sums.
    func sums(
        _ totals: Totals, unfinished: Int, _ width: Int, _ palette: Palette
    ) -> [String] {
        totals.sentence(place: header?.simulation).wrapped(at: width)
            + [totals.counts(hazards: hazards.passes, unfinished: unfinished, palette)]
    }

    private func skipLines(_ width: Int) -> [String] {
        let rows = skips.rows
        guard rows.count > 1 else {
            return rows.flatMap { "\($0.count) skipped: \($0.text)".wrapped(at: width) }
        }
        var table = Columns([.right])
        for row in rows { table.add(String(row.count), row.text) }
        return ["\(skips.total) skipped:"] + table.lines(indent: 2, width: width)
    }
}
