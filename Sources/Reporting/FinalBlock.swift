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
    private var skips: [(skip: Skip, count: Int)] = []
    /// Of what went well only, by whose they are: the design's, or those of a plain machine, which
    /// has none.
    private var hazards: [Bool: [String: Int]] = [:]
    /// Those of runs that did not go as their scenarios are written.
    private var otherHazards: [String: Int] = [:]
    private var hazardPasses = 0

    mutating func add(_ result: ScenarioResult) {
        if result.isHazard { hazardPasses += 1 }
        if result.verdict.isGood {
            let isPlain = result.machine == "plain"
            for hazard in result.hazards {
                if result.judgedOnModel == nil {
                    hazards[isPlain, default: [:]][hazard, default: 0] += 1
                } else {
                    otherHazards[hazard, default: 0] += 1
                }
            }
        }
        switch result.verdict {
        case .pass, .shown: break
        case .fail, .timeout, .error: failed.append(result)
        case .skip: addSkip(result.skip ?? Skip(reason: result.reason))
        }
    }

    private mutating func addSkip(_ skip: Skip) {
        if let index = skips.firstIndex(where: { $0.skip == skip }) {
            skips[index].count += 1
        } else {
            skips.append((skip, 1))
        }
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
        lines += hazardLines(width)
        let place = simulation.map { " \($0.printable)" } ?? ""
        let sum =
            counted(totals.total, "scenario") + place
            + " in \(secondsText(totals.seconds)) s"
        lines += "\(sum), \(totals.compared.full)".wrapped(at: width)
        lines.append(counts(totals, unfinished.count, palette))
        return lines
    }

    /// Last of all lines, where a shell's prompt follows: the sums.
    private func counts(_ totals: Totals, _ unfinished: Int, _ palette: Palette) -> String {
        let roles: [Verdict: Palette.Role] = [
            .pass: .good, .shown: .late, .fail: .bad, .skip: .absent, .timeout: .late,
            .error: .bad,
        ]
        // Few runs show what they do not judge; the other counts are always there.
        let verdicts = Verdict.allCases.filter { $0 != .shown || totals[$0] > 0 }
        var parts = verdicts.map { verdict in
            let text = "\(totals[verdict]) \(verdict.rawValue)"
            return totals[verdict] == 0 ? text : palette.paint(text, roles[verdict] ?? .strong)
        }
        if hazardPasses > 0 { parts[0] += " (\(hazardPasses) hazard)" }
        if unfinished > 0 { parts.append(palette.paint("\(unfinished) unfinished", .late)) }
        return parts.joined(separator: ", ")
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
        guard !skips.isEmpty else { return [] }
        var table = Columns([.right])
        // Sorting is stable, so equal counts stay in the order in which they came.
        for (skip, count) in skips.sorted(by: { $0.count > $1.count }) {
            let hint = skip.hint.isEmpty ? "" : "; \(skip.hint)"
            table.add(String(count), skip.reason + hint)
        }
        let sum = skips.reduce(0) { $0 + $1.count }
        return ["\(sum) skipped:"] + table.lines(indent: 2, width: width)
    }

    /// One line for the design, one for plain machines, one for a host that is peculiar or old.
    private func hazardLines(_ width: Int) -> [String] {
        let own = [false, true].flatMap { isPlain -> [String] in
            guard let counts = hazards[isPlain] else { return [] }
            let owner =
                isPlain
                ? "a plain machine"
                : design == RunHeader.open ? "the designs named" : design
            let heading =
                // Page TMR and the way of the EOI are no axes of a plain machine.
                isJudged || isPlain
                ? "known hazards of \(owner)"
                : "violated by \(owner) under other assumptions than stated"
            return (heading + ": " + list(counts)).wrapped(at: width)
        }
        guard !otherHazards.isEmpty else { return own }
        let others = "violated where this KVM is not as the scenario is written for"
        return own + (others + ": " + list(otherHazards)).wrapped(at: width)
    }

    private func list(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) in \($0.value)" }
            .joined(separator: ", ")
    }
}
