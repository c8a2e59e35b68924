internal import InterruptModel
internal import Lockstep
internal import Verdicts

/// What a picture says in words: what went wrong first, since when it could, and what follows.
struct TimelineStory {
    private let timeline: Timeline
    private let columns: [TimelineColumn]

    /// - Parameter columns: those of the timeline.
    init(_ timeline: Timeline, _ columns: [TimelineColumn]) {
        self.timeline = timeline
        self.columns = columns
    }

    private var culprit: TimelineColumn? { columns.last(where: \.isCulprit) }

    /// `step 8: the EOI of 0x31 is taken for 0x41`; why the run is not what it should be, where no
    /// step shows it; which line is stuck, where that is all; nil where nothing went wrong.
    var headline: String? {
        guard let step = timeline.culprit else { return ended ?? stuckLine }
        if step.observed != nil {
            return "step \(step.number): \(timeline.backend.rawValue) does something else than the "
                + "model"
        }
        let isOfInvariants = [.invariant, .hazard, nil].contains(timeline.outcome.mismatch?.code)
        guard isOfInvariants, timeline.outcome.failure == nil,
            let invariant = step.breaks.members.first
        else { return ended }
        return "step \(step.number): \(sentence(invariant))"
    }

    /// `rfc-v2 on model, irqchip split, line 2 = 0x31`.
    var machine: String {
        let setup = timeline.setup
        let pins = setup.pins.sorted { $0.pin < $1.pin }
            .map { "line \($0.pin) = \(Spelling.vector($0.vector))" }
        let machine =
            "\(timeline.design) on \(timeline.shownBackend), irqchip \(setup.irqchip.rawValue)"
        let vcpus = setup.vcpus == 1 ? [] : [band ?? "\(setup.vcpus) vCPUs"]
        return ([machine] + vcpus + pins).joined(separator: ", ")
    }

    /// Whose part of the run it is, where it is not all: `vCPU 1 of 2`.
    private var band: String? {
        timeline.band.map { "vCPU \($0) of \(timeline.setup.vcpus)" }
    }

    /// Above everything: the name, what it is about, the machine.
    func heading(_ width: Int, _ palette: Palette) -> [String] {
        let name = timeline.name.printable
        var lines = timeline.summary.wrapped(at: max(20, width - name.count - 2))
        lines[0] = palette.paint(name, .strong) + "  " + lines[0]
        return lines + machine.wrapped(at: width)
    }

    /// The headline in lines of a terminal; none where nothing went wrong.
    func alarm(_ width: Int, _ palette: Palette) -> [String] {
        guard let headline else { return [] }
        return "✗ \(headline)".wrapped(at: width).map { palette.paint($0, .bad) }
    }

    private func sentence(_ invariant: Invariant) -> String {
        guard let culprit else { return invariant.name }
        // What happened there is not in this part.
        if let band = timeline.band, band != Int(culprit.action.vcpu) {
            return "\(invariant.name) breaks on vCPU \(culprit.action.vcpu)"
        }
        let ended = culprit.ended.map(Spelling.vector)
        return switch invariant {
        case .memorySafety: "KVM uses vector −1: nothing is noted that the EOI could end"
        case .attribution: "\(culprit.whatWasTaken) is taken for \(culprit.takenFor)"
        case .noPrematureAck:
            "\(wrongPins) is acknowledged, and its interrupt has not been served"
        case .writeOnlyEOI: "\(culprit.whatWasTaken) is taken for \(culprit.takenFor)"
        case .noOrphanedRemoteIRR:
            "Remote IRR of pin \(culprit.portrait.orphans.list) waits for an EOI that cannot come "
                + "any more"
        case .noStaleShadow:
            "\(Spelling.vectors(culprit.portrait.stale)) stays noted, and is nowhere on its way"
        case .noLostLevel:
            "line \(culprit.portrait.unserved.list) asks, and nobody will serve it"
        case .exactlyOnce: "the EOI of \(ended ?? "nothing") is not one EOI at the IOAPIC"
        case .noLostEdge: "an edge that KVM accepted is pending nowhere any more"
        case .hostWarning: "KVM runs into a check of its own"
        }
    }

    /// The same, with words where nothing went wrong.
    var verdict: String { headline ?? "nothing goes wrong" }

    private var wrongPins: String {
        let pins = (culprit?.marks ?? []).compactMap { mark -> Int? in
            guard mark.isWrong, case .acknowledged(let pin, _) = mark.event else { return nil }
            return Int(pin)
        }
        return "pin " + pins.map(String.init).joined(separator: ", ")
    }

    /// Each with its heading, in the order of reading.
    var paragraphs: [(heading: String, text: String)] {
        let unseen: [(heading: String, text: String?)] = timeline.outcome.hiddenFields.map {
            ("unseen", "by the model alone: " + $0)
        }
        let all =
            differences + wrongAndRight
            + [
                ("why", why), ("then", then), ("stuck", stuck), ("breaks", breaks),
                ("ended", ended),
            ] + unseen
        return all.compactMap { heading, text in text.map { (heading, $0) } }
    }

    /// What the model expects and what the backend did instead, field by field.
    private var differences: [(heading: String, text: String?)] {
        (timeline.culprit?.differences ?? []).flatMap { each in
            func value(_ text: String) -> String { "\(each.field): \(text.orDash)" }
            return [
                ("expect", value(each.expected)), (timeline.backend.rawValue, value(each.observed)),
            ]
        }
    }

    /// What was ended, what was completed and which pin that freed, above what would have been
    /// right.
    private var wrongAndRight: [(heading: String, text: String?)] {
        guard let culprit, let ended = culprit.ended, culprit.completed.contains(where: \.isWrong)
        else { return [] }
        let begin = "guest ends \(Spelling.vector(ended)) ──▶ "
        let acknowledged = culprit.acknowledged.map(String.init).joined(separator: ", ")
        let wrong =
            begin + "KVM completes \(culprit.completed.map(\.vector).sentence)"
            + (acknowledged.isEmpty ? "" : " ══▶ acks pin " + acknowledged)
        let rightful = timeline.setup.pins.filter { $0.vector == ended }.map { "pin \($0.pin)" }
        let right =
            String(repeating: " ", count: begin.count + "KVM completes ".count)
            + Spelling.vector(ended)
            + (rightful.isEmpty ? "" : " ┈┈▶ " + rightful.joined(separator: ", "))
        return [("wrong", wrong), ("right", right)]
    }

    /// Since when an EOI would have gone wrong: by what guest and design would do of it, not by
    /// what one design is known for.
    private var why: String? {
        guard let last = columns.lastIndex(where: \.isCulprit) else { return nil }
        let portraits = [timeline.start] + columns[..<last].map(\.portrait)
        guard portraits.last?.disagrees == true else { return nil }
        let since = portraits.lastIndex { !$0.disagrees }.map { $0 + 1 } ?? 0
        let portrait = portraits[since]
        guard let guest = portrait.guestWouldEnd, let kvm = portrait.kvmWouldComplete else {
            return nil
        }
        let when = since == 0 ? "the start" : columns[since - 1].place
        return "since \(when) the guest would end \(Spelling.vector(guest)), and "
            + "\(timeline.design) would complete \(kvm.elements.sentence): noted is "
            + portrait.registers.isr.elements.sentence
    }

    private var then: String? {
        guard culprit != nil, let last = columns.last?.portrait, !last.orphans.isEmpty else {
            return nil
        }
        return
            "at the end Remote IRR of pin \(last.orphans.list) is set, and no EOI of its own will "
            + "come"
    }

    /// Which lines nothing serves any more, and since when, where that is known.
    private var stuck: String? {
        func place(_ step: Int) -> String {
            step == 0 ? "the start" : columns.last { $0.step == step }?.place ?? "step \(step)"
        }
        let dated = timeline.lostLines.map { part -> (pin: UInt8, when: String) in
            let end = part.until.map { " until \(place($0))" } ?? ""
            let begin = part.until == nil ? "since" : "from"
            return (part.pin, "\(begin) \(place(part.since))\(end) ")
        }
        let stated = timeline.outcome.stuck.map { [(pin: $0, when: "")] } ?? []
        let all = dated + stated.filter { line in !dated.contains { $0.pin == line.pin } }
        guard !all.isEmpty else { return nil }
        return all.map { line in
            "line \(line.pin): \(line.when)nothing that KVM, the hardware and the guest's handlers "
                + "can still do serves it"
        }.joined(separator: "; ")
    }

    private var stuckLine: String? {
        let atEnd = timeline.lostLines.first { $0.until == nil }?.pin
        if let pin = timeline.outcome.stuck ?? atEnd {
            return "line \(pin) is stuck at the end: nothing can serve it"
        }
        return timeline.lostLines.first.map { "line \($0.pin) is stuck for a while" }
    }

    /// Why the run is not what the scenario says, or did not come to its end.
    private var ended: String? {
        timeline.outcome.verdict.isGood ? nil : timeline.outcome.reason
    }

    private var breaks: String? {
        let broken = timeline.steps.reduce(into: InvariantSet()) { $0.formUnion($1.breaks) }
        return broken.isEmpty ? nil : broken.members.map(\.name).joined(separator: ", ")
    }
}

extension [UInt8] {
    /// `0x41 and 0x31`, or `nothing`.
    fileprivate var sentence: String {
        isEmpty ? "nothing" : map(Spelling.vector).joined(separator: " and ")
    }
}

extension PinSet {
    /// `2, 3`.
    fileprivate var list: String { elements.map(String.init).joined(separator: ", ") }
}

extension TimelineColumn {
    /// `the EOI of 0x31`, as what came to KVM.
    fileprivate var whatWasTaken: String {
        if let ended { return "the EOI of \(Spelling.vector(ended))" }
        let isRead = marks.contains { $0.event == .eoiRead }
        return isRead ? "a read of the EOI register" : "an EOI of nothing"
    }

    /// `0x41`; `0x41, too` where it was taken for what it was as well.
    fileprivate var takenFor: String {
        let wrong = completed.filter(\.isWrong).map(\.vector)
        let isBoth = completed.contains { !$0.isWrong }
        return wrong.sentence + (isBoth ? ", too" : "")
    }

    /// `step 5 (enter)`.
    var place: String { "step \(step) (\(verb))" }
}
