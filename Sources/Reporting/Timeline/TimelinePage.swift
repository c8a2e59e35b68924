internal import InterruptModel
package import Lockstep
internal import Mustache
internal import Verdicts

/// A timeline as a page of its own: the picture, what each step did, and keys to go from one to
/// the next. It needs no network and no other file, and shows all that matters without scripts.
package struct TimelinePage {
    private let timeline: Timeline
    private let steps: ClosedRange<Int>
    private let columns: [TimelineColumn]
    private let story: TimelineStory
    private let again: String
    private let index: String?

    /// - Parameters:
    ///   - steps: those that are shown.
    ///   - again: the command that shows it again.
    ///   - index: the file in the same folder that leads here; nil where there is none.
    package init(
        _ timeline: Timeline, steps: ClosedRange<Int>, again: String, index: String? = nil
    ) {
        let timeline = timeline.telling
        (self.timeline, self.steps, self.again) = (timeline, steps, again)
        self.index = index
        columns = TimelineColumn.all(of: timeline)
        story = TimelineStory(timeline, columns)
    }

    /// The whole document. Errors: the template is broken, which a test would have found.
    package func text() throws -> String {
        try Self.template.get().render(content)
    }

    private static let template = Result {
        try MustacheTemplate(
            string: String(decoding: PackageResources.show_mustache, as: UTF8.self))
    }

    /// What the template names. A name that is missing here would be left out without a word, so a
    /// test compares the two.
    var content: [String: Any] {
        let shown = timeline.steps.filter { steps.contains($0.number) }
        let wrong = shown.first { $0.number == timeline.culprit?.number } ?? shown.last
        let picture = TimelineSVG(timeline, steps: steps, hasHeading: false).element
        return [
            "name": timeline.name.printable,
            "summary": timeline.summary.printable,
            "machine": story.machine,
            "verdict": story.verdict.printable,
            "isWrong": story.headline != nil,
            "hasArrow": picture.contains("class=\"wrong"),
            "hasRight": picture.contains("class=\"gh\""),
            "isSecure": timeline.setup.kind == .secure,
            "hasCulprit": shown.contains { $0.number == timeline.culprit?.number },
            "style": TimelineStyle.colours + TimelineStyle.picture
                + String(decoding: PackageResources.show_css, as: UTF8.self),
            "script": String(decoding: PackageResources.show_js, as: UTF8.self),
            "story": story.paragraphs.map {
                [
                    "heading": $0.heading, "text": $0.text.printable,
                    "isDrawn": ["wrong", "right"].contains($0.heading),
                ] as [String: Any]
            },
            "first": wrong?.number ?? 1,
            "count": timeline.steps.count,
            "picture": picture,
            "panels": shown.map { panel($0, isOn: $0.number == wrong?.number) },
            "folded": folded,
            "again": again.printable,
            "index": index.map { [$0] } ?? [],
            "letters": letters,
        ]
    }

    private var folded: [String] {
        let rest = timeline.steps.count - steps.count
        return rest <= 0
            ? [] : ["Steps \(steps.lowerBound)–\(steps.upperBound) of \(timeline.steps.count)."]
    }

    private var letters: String {
        // Of a long run the part that matters: the letters are as big as the picture.
        let part = steps.count > 40 ? timeline.interesting : steps
        let text = TimelineText(
            timeline, steps: part, again: again, width: 120, palette: Palette(colour: false))
        return text.lines.joined(separator: "\n")
    }

    // MARK: - Steps

    private func panel(_ step: Timeline.Step, isOn: Bool) -> [String: Any] {
        let marks = columns.filter { $0.step == step.number }.flatMap(\.marks)
        let changes = changes(in: step)
        let broken = step.breaks.members.map(\.name)
        return [
            "step": step.number,
            "isOn": isOn,
            "action": step.action.description,
            "hasEvents": !marks.isEmpty,
            "events": marks.map {
                ["text": $0.event.spelling, "isWrong": $0.isWrong] as [String: Any]
            },
            "changes": changes.isEmpty ? [] : [changes.joined(separator: "\n")],
            "note": notes(of: step),
            "breaks": broken.isEmpty ? [] : [broken.joined(separator: ", ")],
        ]
    }

    private func notes(of step: Timeline.Step) -> [String] {
        if let reason = step.leftOut { return ["left out: \(reason.printable)"] }
        return step.differences.map {
            ("\($0.field): the model expects \($0.expected.orDash), "
                + "\(timeline.backend.rawValue) has \($0.observed.orDash)").printable
        }
    }

    /// Only what the step changed, a line each; tabs lead to the page's columns.
    private func changes(in step: Timeline.Step) -> [String] {
        let before =
            step.number == 1 ? timeline.start : timeline.steps[step.number - 2].own.portrait
        let after = step.own.portrait
        var rows: [(name: String, before: String, after: String)] = timeline.setup.pins.map { pin in
            func level(_ portrait: Portrait) -> String {
                portrait.lines.contains(Int(pin.pin)) ? "high" : "low"
            }
            return ("line \(pin.pin)", level(before), level(after))
        }
        rows += ObservedField.allCases.compactMap { field in
            guard let old = field.spelling(in: before.registers),
                let new = field.spelling(in: after.registers)
            else { return nil }
            return (field.name(on: timeline.setup.kind), old, new)
        }
        return rows.filter { $0.before != $0.after }.map {
            "\($0.name)\t\($0.before)\t→ \($0.after)"
        }
    }
}
