public import Verdicts

/// Writes a run for people: a header, one line per scenario as soon as it ends, a report under
/// each that did not pass, and a final block that can be read alone.
public struct TextRecorder: Recorder {
    private let options: TextOptions
    private let palette: Palette
    private var final = FinalBlock()
    /// Whether an empty line was just written, or nothing yet: the final block wants one before.
    private var isSeparated = true

    /// Where everything below a scenario's first line begins: the width of the verdict words.
    static let indent = 9

    public init(options: TextOptions = TextOptions()) {
        self.options = options
        self.palette = Palette(colour: options.colour)
    }

    public mutating func record(
        _ event: RunEvent, write: (String) throws -> Void
    ) rethrows {
        let lines = lines(for: event)
        guard let last = lines.last else { return }
        isSeparated = last.isEmpty
        try write(lines.joined(separator: "\n") + "\n")
    }

    private mutating func lines(for event: RunEvent) -> [String] {
        switch event {
        case .began(let header):
            final.header = header
            return options.showHeader ? headerLines(header) : []
        case .scenarioBegan:
            // The progress line on stderr names it; the result is written when there is one.
            return []
        case .scenarioEnded(let result):
            final.add(result)
            return isShown(result) ? scenarioLines(result) : []
        case .ended(let totals, let unfinished):
            guard options.showFinal else { return [] }
            let width = options.width
            if let next = options.next {
                return FirstScreen(
                    header: final.header, block: final, next: next, width: width, palette: palette
                ).lines(totals, unfinished: unfinished)
            }
            return (isSeparated ? [] : [""])
                + final.lines(totals, unfinished: unfinished, width: width, palette)
        }
    }

    private func headerLines(_ header: RunHeader) -> [String] {
        if options.next != nil {
            return FirstScreen.beginning(header, width: options.width, palette)
        }
        var table = Columns()
        for fact in header.facts { table.add(fact.name, fact.value) }
        let lines = table.lines(width: options.width) { _, column, text in
            column == 0 ? palette.paint(text, .faint) : text
        }
        return [palette.paint(header.tool.name.printable, .strong)] + lines + [""]
    }

    private func isShown(_ result: ScenarioResult) -> Bool {
        switch result.verdict {
        case .pass: result.isHazard ? options.showHazards : options.showPassed
        case .shown: options.showPassed
        case .fail: options.showFailed
        case .skip: options.showSkipped
        case .timeout: options.showTimedOut
        case .error: options.showErrors
        }
    }

    private func scenarioLines(_ result: ScenarioResult) -> [String] {
        let name = result.name.printable
        let start = palette.paint(result.word.padded(to: Self.indent), result.role)
        let left = start + name.padded(to: options.nameWidth)
        let used = Self.indent + max(name.count, options.nameWidth) + 2
        if result.verdict == .skip {
            return joined(left, used: used, tail: result.reason, role: .faint)
        }
        let counts = counts(result).padded(to: 27)
        let line = joined(
            left + "  " + counts, used: used + counts.count + 2,
            tail: result.remarks.joined(separator: "; "), role: .hazard,
            optional: result.summary)
        switch result.verdict {
        case .pass, .shown: return options.showHazardSteps ? line + hazardLines(result) : line
        case .fail, .skip, .timeout, .error: return line + reportLines(result)
        }
    }

    /// The steps up to the last hazard, with arrows at those that broke an invariant.
    private func hazardLines(_ result: ScenarioResult) -> [String] {
        guard let first = result.steps.first else { return [] }
        let steps = StepTable(result.steps, omitted: first.step - 1)
        let lines = steps.lines(width: options.width - Self.indent, palette) {
            !$0.violations.isEmpty
        }
        return indented(lines) + [""]
    }

    private func counts(_ result: ScenarioResult) -> String {
        let time = options.showDurations ? " in \(secondsText(result.duration)) s" : ""
        return result.compared.short + time
    }

    /// A tail that must be read goes below where it does not fit behind; a summary, which `list`
    /// shows as well, is shortened, and dropped where too little of it would be left to read.
    private func joined(
        _ start: String, used: Int, tail: String, role: Palette.Role = .strong,
        optional summary: String = ""
    ) -> [String] {
        let tail = tail.printable
        let room = options.width - used
        if tail.count > room {
            let below = indented(tail.wrapped(at: options.width - Self.indent), role: role)
            return [start.trimmedAtEnd] + below
        }
        let left = room - (tail.isEmpty ? 0 : tail.count + 2)
        let shortened = left < 12 ? "" : summary.printable.truncated(to: left)
        let parts = [tail.isEmpty ? "" : palette.paint(tail, role), shortened]
        let rest = parts.filter { !$0.isEmpty }.joined(separator: "  ")
        return [(start + "  " + rest).trimmedAtEnd]
    }

    private func reportLines(_ result: ScenarioResult) -> [String] {
        let width = options.width - Self.indent
        if options.showReports {
            let report = FailureReport(
                result: result, width: width, palette: palette, simulation: final.header?.simulation
            )
            return indented(report.lines) + [""]
        }
        return indented(result.reason.wrapped(at: width) + ["rerun: " + result.rerun.printable])
    }

    private func indented(_ lines: [String], role: Palette.Role? = nil) -> [String] {
        lines.map { line in
            let text = role.map { palette.paint(line, $0) } ?? line
            return String(repeating: " ", count: Self.indent) + text
        }
    }
}

extension ScenarioOutcome {
    var role: Palette.Role {
        switch verdict {
        case .pass: isHazard ? .hazard : .good
        case .shown: .late
        case .fail, .error: .bad
        case .skip: .absent
        case .timeout: .late
        }
    }
}
