internal import InterruptModel
package import Lockstep
internal import Verdicts

/// A timeline as a sequence diagram for Mermaid, which Markdown pages draw.
package struct TimelineMermaid {
    private let timeline: Timeline
    private let shown: ClosedRange<Int>

    /// One step with what is drawn of it.
    private struct Part {
        var step: Timeline.Step
        var messages: [TimelineMessage]
    }

    /// - Parameter steps: those that are shown; nil leaves those that a terminal shows.
    package init(_ timeline: Timeline, steps: ClosedRange<Int>? = nil) {
        self.timeline = timeline.telling
        shown = steps ?? timeline.interesting
    }

    /// The diagram.
    package var text: String {
        let parts = parts
        let parties = parties(of: parts)
        let span = [parties.first, parties.last].compactMap { $0?.identifier }
        func note(_ text: String) -> String {
            "Note over \(span.joined(separator: ",")): \(text.diagramText)"
        }
        let title = "title \(timeline.name.diagramText) – \(timeline.summary.diagramText)"
        let declared = parties.map { "participant \($0.identifier) as \(label($0))" }
        let before = folded(shown.lowerBound - 1, "before")
        let behind = folded(timeline.steps.count - shown.upperBound, "behind")
        let lines =
            [title] + declared + (heading + before).map(note)
            + parts.flatMap { drawn($0, note) } + (behind + closing).map(note)
        return (["sequenceDiagram"] + lines.map { "    " + $0 }).joined(separator: "\n") + "\n"
    }

    // MARK: - What is drawn

    private var parts: [Part] {
        let columns = Dictionary(grouping: TimelineColumn.all(of: timeline), by: \.step)
        var before = timeline.start
        var parts: [Part] = []
        for step in timeline.steps {
            if shown.contains(step.number) {
                let marks = (columns[step.number] ?? []).flatMap(\.marks)
                let messages = TimelineMessage.all(
                    of: step, marks, after: before, on: timeline.setup)
                parts.append(Part(step: step, messages: messages))
            }
            before = step.own.portrait
        }
        return parts
    }

    /// Those that something passes between, and those that are always there.
    private func parties(of parts: [Part]) -> [TimelineMessage.Party] {
        let always: [TimelineMessage.Party] =
            timeline.setup.kind == .secure
            ? [.ioapic, .kvm, .page, .guest] : [.ioapic, .kvm, .guest]
        let met = parts.flatMap { $0.messages.flatMap { [$0.from, $0.to] } }
        return Set(always + met).sorted()
    }

    private func label(_ party: TimelineMessage.Party) -> String {
        switch party {
        case .line(let pin): "line \(pin)"
        case .ioapic: "IOAPIC"
        case .kvm: "KVM"
        case .page: "guest page"
        case .guest: "guest"
        }
    }

    // MARK: - Words

    private var heading: [String] {
        let setup = timeline.setup
        let pins = setup.pins.sorted { $0.pin < $1.pin }
            .map { "line \($0.pin) = \(Spelling.vector($0.vector))" }
        let machine =
            "\(timeline.design) on \(timeline.shownBackend), irqchip \(setup.irqchip.rawValue)"
        return [([machine] + pins).joined(separator: ", ")]
    }

    private var closing: [String] {
        let outcome = timeline.outcome
        return (outcome.verdict.isGood ? [] : ["ended: \(outcome.reason)"])
            + outcome.hiddenFields.map { "by the model alone: \($0)" }
    }

    private func folded(_ count: Int, _ place: String) -> [String] {
        count <= 0 ? [] : ["(\(counted(count, "step")) \(place))"]
    }

    private func words(_ step: Timeline.Step) -> String {
        let breaks = step.breaks.members.map(\.name).joined(separator: ", ")
        let differences = step.differences.map { each in
            "\(each.field) \(each.observed.orDash), expected \(each.expected.orDash)"
        }
        let other =
            step.observed.map { _ in
                " – \(timeline.backend.rawValue): " + differences.joined(separator: ", ")
            } ?? ""
        let lost = timeline.lostLines.filter { $0.since == step.number }
            .map { line in
                let end = line.until.map { "until step \($0)" } ?? "any more"
                return " – nothing serves line \(line.pin) \(end)"
            }.joined()
        return "\(step.number) \(step.action)" + (step.leftOut.map { " – left out: \($0)" } ?? "")
            + (breaks.isEmpty ? "" : " – breaks \(breaks)") + lost + other
    }

    // MARK: - Lines

    /// The step's note and its messages; what is wrong stands in red boxes.
    private func drawn(_ part: Part, _ note: (String) -> String) -> [String] {
        let step = part.step
        let isCulprit = !step.breaks.isEmpty || step.observed != nil
        var lines = boxed([note(words(step))], isCulprit)
        var rest = part.messages[...]
        while let first = rest.first {
            let alike = rest.prefix { $0.isWrong == first.isWrong }
            rest = rest.dropFirst(alike.count)
            lines += boxed(alike.map(line), first.isWrong)
        }
        return lines
    }

    private func boxed(_ lines: [String], _ isWrong: Bool) -> [String] {
        isWrong ? ["rect rgba(207, 34, 46, .2)"] + lines.map { "    " + $0 } + ["end"] : lines
    }

    private func line(_ message: TimelineMessage) -> String {
        let arrow = message.isWrong ? "-x" : "->>"
        return "\(message.from.identifier)\(arrow)\(message.to.identifier): "
            + message.text.diagramText
    }
}

extension String {
    /// The text with nothing in it that Mermaid obeys: a comment, an entity, a statement's end, a
    /// formula, markup, or the word that closes a box.
    var diagramText: String {
        let words = split(whereSeparator: \.isWhitespace).joined(separator: " ").printable
        var text = String.UnicodeScalarView()
        var word = ""
        func endWord() {
            let isClosing = word.lowercased() == "end"
            text.append(contentsOf: (isClosing ? "(\(word))" : word).unicodeScalars)
            word = ""
        }
        // A letter with an accent upon it is one to Swift, and two to Mermaid.
        for scalar in words.unicodeScalars {
            if scalar.isASCII,
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            {
                word.unicodeScalars.append(scalar)
                continue
            }
            endWord()
            text.append(Self.harmless[scalar] ?? scalar)
        }
        endWord()
        return String(text)
    }

    private static let harmless: [Unicode.Scalar: Unicode.Scalar] = [
        ";": ",", "#": "_", "%": "_", "$": "_", "\\": "/", "<": "‹", ">": "›", "&": "+",
        "\"": "'", "`": "'",
    ]
}
