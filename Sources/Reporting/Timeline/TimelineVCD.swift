internal import InterruptModel
package import Lockstep
package import Verdicts

/// A timeline as a waveform: a Value Change Dump (IEEE 1364, four states) with the texts that
/// GTKWave and Surfer read besides, and what GTKWave is to show of it.
package struct TimelineVCD {
    private let timeline: Timeline
    private let tool: Tool
    private let signals: [TimelineSignal]
    private let identifiers: [String]

    /// What a step takes, in µs.
    private static let step = 1000
    /// Where in a step its own part begins; what vCPU entry does before is at its beginning.
    private static let own = 500
    /// How long the events of a part take; behind them stands the state that they lead to.
    private static let settled = 200

    package init(_ timeline: Timeline, by tool: Tool) {
        let timeline = timeline.telling
        (self.timeline, self.tool) = (timeline, tool)
        signals = TimelineSignal.all(of: timeline)
        identifiers = signals.indices.map(Self.identifier)
    }

    /// The whole dump. It is the same for the same run, so it has no date.
    package var text: String {
        let start = signals.map(before)
        let dump = ["#0", "$dumpvars"] + signals.indices.map { change($0, start[$0]) } + ["$end"]
        let lines = head + declarations + dump + body(from: start)
        return lines.joined(separator: "\n") + "\n"
    }

    /// A save file for GTKWave: the signals in the order of reading, with a heading for each group.
    /// - Parameter dump: the file of the dump, as GTKWave is to open it.
    package func saveFile(for dump: String) -> String {
        // The format has no way to write a quotation mark or the end of a line.
        let name = String(
            String.UnicodeScalarView(dump.printable.unicodeScalars.filter { $0 != "\"" }))
        var lines = [
            "[*] \(tool.name.waveComment): \(timeline.name.waveComment)", "[dumpfile] \"\(name)\"",
            "[timestart] 0",
        ]
        var scope: [String] = []
        for signal in signals {
            if signal.scope != scope {
                scope = signal.scope
                lines += ["@200", "-" + scope.joined(separator: " ")]
            }
            // Binary or ASCII, and adjusted to the right.
            lines += [signal.isBit ? "@28" : "@820", signal.path]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: - Declarations

    private var head: [String] {
        let setup = timeline.setup
        let pins = setup.pins.sorted { $0.pin < $1.pin }.map { pin in
            "pin \(pin.pin): vector \(Spelling.vector(pin.vector)), \(pin.trigger.rawValue)"
        }
        let backend = timeline.shownBackend
        let mismatch =
            timeline.steps.contains { $0.observed != nil }
            ? ["the states are the model's: step.differs says what \(backend) did instead"] : []
        let unseen = timeline.outcome.hiddenFields.map { "by the model alone: \($0)" }
        let ended =
            timeline.outcome.verdict.isGood ? [] : ["the run ended: \(timeline.outcome.reason)"]
        let comments =
            [
                "scenario \(timeline.name): \(timeline.summary)",
                "\(timeline.design) on \(backend), irqchip \(setup.irqchip.rawValue)",
            ] + pins + [
                "1 ms is a step: vCPU entry at its beginning, its own part from 500 us, and "
                    + "behind the events of each the state that they lead to"
            ] + mismatch + unseen + ended
        return ["$version \(tool.name.waveComment) $end"]
            + comments.map { "$comment \($0.waveComment) $end" } + ["$timescale 1 us $end"]
    }

    private var declarations: [String] {
        var lines: [String] = []
        var open: [String] = []
        for (index, signal) in signals.enumerated() {
            if signal.scope != open {
                lines += open.map { _ in "$upscope $end" }
                lines += signal.scope.map { "$scope module \($0) $end" }
                open = signal.scope
            }
            let kind = signal.isBit ? "wire" : "string"
            lines.append("$var \(kind) 1 \(identifiers[index]) \(signal.name) $end")
        }
        return lines + open.map { _ in "$upscope $end" } + ["$enddefinitions $end"]
    }

    /// Letters alone: none of them begins a change or a keyword's `$`.
    private static func identifier(_ index: Int) -> String {
        let letters = "abcdefghijklmnopqrstuvwxyz"
        let last = String(letters[letters.index(letters.startIndex, offsetBy: index % 26)])
        return index < 26 ? last : identifier(index / 26 - 1) + last
    }

    private func change(_ index: Int, _ value: String) -> String {
        signals[index].isBit ? value + identifiers[index] : "s\(value) \(identifiers[index])"
    }

    // MARK: - Values

    private func before(_ signal: TimelineSignal) -> String {
        switch signal.content {
        case .step: "start"
        case .difference, .events: "-"
        case .line, .flag, .vectors: state(signal, timeline.start) ?? "-"
        case .broken(let invariant): bit(timeline.start.violations.contains(.init(invariant)))
        case .lost(let pin): bit(timeline.isLost(pin, behind: 0))
        }
    }

    /// What it shows of a machine; nil where it shows something else.
    private func state(_ signal: TimelineSignal, _ portrait: Portrait) -> String? {
        switch signal.content {
        case .line(let pin): bit(portrait.lines.contains(pin))
        case .flag(let read): bit(read(portrait))
        case .vectors(let read): text(read(portrait))
        case .step, .difference, .events, .broken, .lost: nil
        }
    }

    private func bit(_ isSet: Bool) -> String { isSet ? "1" : "0" }

    /// `31_41`, or `-`.
    private func text(_ vectors: WideVectors?) -> String {
        guard let vectors, !vectors.isEmpty else { return "-" }
        return vectors.elements.map { String(Spelling.vector($0).dropFirst(2)) }
            .joined(separator: "_")
    }

    // MARK: - Changes

    private struct Change {
        var time: Int
        var signal: Int
        var value: String
    }

    /// The changes that change something, with their times in front.
    private func body(from start: [String]) -> [String] {
        var values = start
        var time = 0
        var lines: [String] = []
        for step in timeline.steps {
            for each in changes(of: step) where values[each.signal] != each.value {
                if each.time != time { lines.append("#\(each.time)") }
                time = each.time
                values[each.signal] = each.value
                lines.append(change(each.signal, each.value))
            }
        }
        let end = (timeline.steps.count + 1) * Self.step
        // A viewer draws up to the last time that is named.
        return time == end ? lines : lines + ["#\(end)"]
    }

    /// What a step may change, in order of time.
    private func changes(of step: Timeline.Step) -> [Change] {
        let begin = step.number * Self.step
        let action = "\(step.number) \(step.action)" + (step.leftOut == nil ? "" : " left out")
        var changes = set(at: begin) { if case .step = $0 { action.waveValue } else { nil } }
        guard step.leftOut == nil else { return changes }
        if let entry = step.entry {
            changes += part(entry, at: begin)
            changes += broken(entry.portrait.violations, at: begin + Self.settled)
        }
        changes += part(step.own, at: begin + Self.own)
        let end = begin + Self.own + Self.settled
        changes += broken(step.violations, at: end)
        changes += lost(behind: step.number, at: end)
        changes += differing(step, at: end)
        // What only the step violates is over with it.
        return changes + broken(step.own.portrait.violations, at: begin + Self.step)
    }

    private func set(
        at time: Int, _ value: (TimelineSignal.Content) -> String?
    ) -> [Change] {
        signals.indices.compactMap { index in
            value(signals[index].content).map { Change(time: time, signal: index, value: $0) }
        }
    }

    private func broken(_ violations: InvariantSet, at time: Int) -> [Change] {
        set(at: time) { content in
            guard case .broken(let invariant) = content else { return nil }
            return bit(violations.contains(InvariantSet(invariant)))
        }
    }

    private func lost(behind step: Int, at time: Int) -> [Change] {
        set(at: time) { content in
            guard case .lost(let pin) = content else { return nil }
            return bit(timeline.isLost(pin, behind: step))
        }
    }

    private func differing(_ step: Timeline.Step, at time: Int) -> [Change] {
        let fields = step.differences.map { "\($0.field)=\($0.observed)" }
        let text = fields.isEmpty ? "otherwise" : fields.joined(separator: ", ")
        return set(at: time) { content in
            guard case .difference = content else { return nil }
            return step.observed == nil ? "-" : text.waveValue
        }
    }

    /// The lines, the events one behind the other, and the state that they lead to.
    private func part(_ moment: Moment, at begin: Int) -> [Change] {
        let lines = set(at: begin) { content in
            guard case .line(let pin) = content else { return nil }
            return bit(moment.portrait.lines.contains(pin))
        }
        let states = signals.indices.compactMap { index in
            state(signals[index], moment.portrait).map {
                Change(time: begin + Self.settled, signal: index, value: $0)
            }
        }
        return lines + events(moment.events, at: begin) + states
    }

    /// Each event has a time of its own, and nothing behind it, so that two of the same are two.
    /// Of more events than fit several share a time.
    private func events(_ events: [Event], at begin: Int) -> [Change] {
        let slots = min(events.count, Self.settled / 2)
        guard slots > 0 else { return [] }
        let length = min(Self.own / 10, Self.settled / slots)
        return (0..<slots).flatMap { slot in
            let first = (slot * events.count + slots - 1) / slots
            let next = ((slot + 1) * events.count + slots - 1) / slots
            let here = events[first..<next]
            let time = begin + slot * length
            func texts(_ party: TimelineSignal.Party) -> String? {
                let texts = here.filter { $0.party == party }.map(\.spelling)
                return texts.isEmpty ? nil : texts.joined(separator: ", ").waveValue
            }
            let on = set(at: time) { content in
                if case .events(let party) = content { texts(party) } else { nil }
            }
            return on + on.map { Change(time: time + length - 1, signal: $0.signal, value: "-") }
        }
    }
}
