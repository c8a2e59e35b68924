internal import InterruptModel
public import Lockstep
internal import Verdicts

/// A timeline for a terminal: a column for each step, a row for each thing that an interrupt goes
/// through, and below it what went wrong in words.
public struct TimelineText {
    private let timeline: Timeline
    private let width: Int
    private let palette: Palette
    private let columns: [TimelineColumn]
    /// Of all vCPUs, and of the one on which something goes wrong.
    private let whole, story: TimelineStory
    private let shown: ClosedRange<Int>
    private let again: String?
    private let everything: String

    /// Letters of the names of rows, which may have a vCPU in them.
    private var labelWidth: Int { timeline.setup.vcpus > 1 && timeline.band == nil ? 20 : 16 }

    /// - Parameters:
    ///   - steps: those that are shown; nil leaves the last before the first wrong one, and some
    ///     behind it.
    ///   - again: the command that draws it again; nil where none does.
    ///   - everything: what somebody says to have all steps drawn.
    public init(
        _ timeline: Timeline, steps: ClosedRange<Int>? = nil, again: String?,
        everything: String = "--all", width: Int, palette: Palette
    ) {
        (self.again, self.everything) = (again, everything)
        self.timeline = timeline
        self.width = width
        self.palette = palette
        columns = TimelineColumn.all(of: timeline)
        whole = TimelineStory(timeline, columns)
        let telling = timeline.telling
        story = TimelineStory(telling, TimelineColumn.all(of: telling))
        shown = steps ?? timeline.interesting
    }

    /// The picture and its words.
    public var lines: [String] {
        (heading + [""] + blocks + words + [""] + legend).map(\.trimmedAtEnd)
    }

    // MARK: - Above and below

    private var heading: [String] {
        whole.heading(width, palette) + story.alarm(width, palette)
    }

    private var words: [String] {
        let paragraphs = story.paragraphs + (again.map { [("again", $0)] } ?? [])
        return paragraphs.flatMap { heading, text in
            let start = heading.padded(to: 8)
            let under = String(repeating: " ", count: 8)
            // What is drawn of letters stays as it is.
            let lines =
                ["wrong", "right", "again"].contains(heading)
                ? [text.printable] : text.wrapped(at: max(20, width - 8))
            return lines.enumerated().map { number, line in
                number > 0 ? under + line : palette.paint(start, .strong) + line
            }
        }
    }

    private var legend: [String] {
        var words = ["╞ changes here", "═ as before", "· nothing"]
        if timeline.setup.kind == .secure {
            words += ["≠ KVM would end another vector", "(31) noted, but nowhere on its way"]
        }
        var lines = [""]
        for word in words {
            let longer = lines[lines.count - 1] + (lines.last == "" ? "" : "   ") + word
            if longer.count > width { lines.append(word) } else { lines[lines.count - 1] = longer }
        }
        return lines.map { palette.paint($0, .faint) }
    }

    // MARK: - The picture

    /// Columns side by side, as many as there is room for, in blocks of about the same width.
    private var blocks: [String] {
        let visible = columns.indices.filter { shown.contains(columns[$0].step) }
        guard let first = visible.first, let last = visible.last else {
            return ["(no step to show)", ""]
        }
        let longest = visible.map { max(columns[$0].verb.count, columns[$0].operands.count) + 1 }
        let cell = min(max(8, longest.max() ?? 8), 19)
        let room = max(1, (width - labelWidth) / cell)
        let count = (visible.count + room - 1) / room
        let size = (visible.count + count - 1) / count
        var lines = folded(before: columns[first].step)
        for start in stride(from: first, through: last, by: size) {
            lines += block(start..<min(start + size, last + 1), cell)
        }
        return lines + folded(behind: columns[last].step)
    }

    private func folded(before step: Int) -> [String] {
        step <= 1
            ? []
            : [palette.paint("(\(counted(step - 1, "step")) before: \(everything))", .faint), ""]
    }

    private func folded(behind step: Int) -> [String] {
        let rest = timeline.steps.count - step
        return rest <= 0
            ? [] : [palette.paint("(\(counted(rest, "step")) behind: \(everything))", .faint), ""]
    }

    private func block(_ range: Range<Int>, _ cell: Int) -> [String] {
        let part = Array(columns[range])
        let start = range.lowerBound == 0 ? timeline.start : columns[range.lowerBound - 1].portrait
        func row(_ label: String, _ text: (TimelineColumn) -> String) -> String {
            label.padded(to: labelWidth) + part.map { text($0).padded(to: cell) }.joined()
        }
        var lines = [
            label("step")
                + part.map { column in
                    let number = (column.isCulprit ? "▶ " : "") + "\(column.step)"
                    return palette.paint(
                        number.padded(to: cell), column.isCulprit ? .bad : .strong)
                }.joined(),
            row("") { $0.verb },
        ]
        if part.contains(where: { !$0.operands.isEmpty }) { lines.append(row("") { $0.operands }) }
        if part.contains(where: { $0.leftOut != nil }) {
            lines.append(row("") { $0.leftOut == nil ? "" : "(not)" })
        }
        for group in TimelineLane.groups(of: part, before: start, in: timeline) {
            lines +=
                group.map { lane in
                    label(lane.label)
                        + lane.cells.enumerated().map { drawn($1, cell, isFirst: $0 == 0) }.joined()
                } + [""]
        }
        return lines
    }

    private func label(_ text: String) -> String {
        // Those of long names are cut: a row has to begin where the others do.
        String(text.prefix(labelWidth - 1)).padded(to: labelWidth)
    }

    /// - Parameter isFirst: at the left end of a block it is said again what was there before.
    private func drawn(_ cell: TimelineLane.Cell, _ width: Int, isFirst: Bool) -> String {
        switch cell {
        case .level(let isHigh, let wasHigh):
            let level = isHigh ? "▔" : "▁"
            let first = isHigh == wasHigh ? level : isHigh ? "╱" : "╲"
            return palette.paint(
                first + String(repeating: level, count: width - 1),
                isHigh == wasHigh ? .faint : .strong)
        case .held(let text, let begins, let isWrong):
            let fitting = begins || isFirst ? fit(text, width - 1) : ""
            let rest = String(repeating: "═", count: width - 1 - fitting.count)
            return palette.paint(
                (begins ? "╞" : "═") + fitting, isWrong && begins ? .bad : begins ? .strong : .faint
            )
                + palette.paint(rest, .faint)
        case .noted(let text, let isWrong):
            return palette.paint(fit(text, width - 1).padded(to: width), isWrong ? .bad : .strong)
        case .empty: return palette.paint("·".padded(to: width), .faint)
        }
    }

    /// The first word and how many more there are, with the mark at the end, where all does not
    /// fit.
    private func fit(_ text: String, _ room: Int) -> String {
        guard text.count > room else { return text }
        var words = text.split(separator: " ").map(String.init)
        let mark = ["≠", "✗"].contains(words.last) ? " " + words.removeLast() : ""
        let short = words[0] + (words.count > 1 ? " +\(words.count - 1)" : "") + mark
        return String(short.prefix(room))
    }
}
