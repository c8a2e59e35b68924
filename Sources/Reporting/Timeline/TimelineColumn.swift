internal import InterruptModel
internal import Lockstep

/// A column of a picture: a step, or a part of the step in which things went wrong.
struct TimelineColumn {
    /// An event, and whether it broke an invariant.
    struct Mark {
        var event: Event
        var isWrong: Bool
    }

    /// What happened up to a moment, and the machine behind it.
    struct MarkedMoment {
        var marks: [Mark]
        var portrait: Portrait
    }

    /// The step's number.
    var step: Int
    /// What was to be done in it.
    var action: Action
    /// Whether this is where an invariant breaks first, or a backend goes another way.
    var isCulprit = false
    /// `eoi`; `enter` for what entry did before the guest came to act.
    var verb: String
    /// `2`, `3 0x41`.
    var operands: String
    /// What came one behind the other, at least one.
    var moments: [MarkedMoment]
    /// The invariants that it is the first to violate.
    var breaks: InvariantSet
    /// Those that it violates, or that do not hold behind it.
    var violations: InvariantSet
    /// Why the step was left out, if it was.
    var leftOut: String?

    /// The columns of a run. The culprit alone is split where its entry did something: otherwise
    /// what goes wrong would begin and be over inside one column.
    static func all(of timeline: Timeline) -> [TimelineColumn] {
        let culprit = timeline.culprit?.number
        return timeline.steps.flatMap { columns(of: $0, isCulprit: $0.number == culprit) }
    }

    private static func columns(of step: Timeline.Step, isCulprit: Bool) -> [TimelineColumn] {
        // What the guest ended, by which each event is judged for itself.
        var context = StepMonitor()
        var elsewhere: UInt8?
        func marks(_ moment: Moment?) -> [Mark] {
            (moment?.events ?? []).map { event in
                var monitor = context
                monitor.note(event)
                switch event {
                case .ended, .eoiRead, .exitBegins: context.note(event)
                // It tells of the acknowledgement behind it.
                case .takenElsewhere(let pin):
                    elsewhere = pin
                    return Mark(event: event, isWrong: false)
                default: break
                }
                // That a level EOI is one at the IOAPIC shows only behind the last event.
                let broken = monitor.violations.subtracting(InvariantSet(.exactlyOnce))
                var isWrong = !broken.isEmpty
                if case .acknowledged(let pin, _) = event, pin == elsewhere { isWrong = true }
                return Mark(event: event, isWrong: isWrong)
            }
        }
        let words = step.action.description.split(separator: " ").map(String.init)
        let early = marks(step.entry)
        var own = TimelineColumn(
            step: step.number, action: step.action, isCulprit: isCulprit, verb: words[0],
            operands: words.dropFirst().joined(separator: " "),
            moments: step.entry.map { [MarkedMoment(marks: early, portrait: $0.portrait)] } ?? [],
            breaks: step.breaks, violations: step.violations, leftOut: step.leftOut)
        own.moments.append(
            MarkedMoment(marks: marks(step.own), portrait: step.own.portrait))
        guard isCulprit, let entry = step.entry else { return [own] }
        var first = own
        first.isCulprit = false
        (first.verb, first.operands) = ("enter", "")
        first.moments.removeLast()
        first.violations = entry.portrait.violations
        first.breaks = step.breaks.intersection(first.violations)
        own.moments.removeFirst()
        own.breaks.subtract(first.breaks)
        return [first, own]
    }

    /// As one vCPU goes through it.
    func seen(from vcpu: Int) -> TimelineColumn {
        var seen = self
        seen.moments = moments.map { moment in
            MarkedMoment(
                marks: moment.marks.filter { $0.event.concerns(UInt8(vcpu), in: action) },
                portrait: moment.portrait.seen(from: vcpu))
        }
        return seen
    }

    /// All that happened in it.
    var marks: [Mark] { moments.flatMap(\.marks) }

    /// The machine behind it.
    var portrait: Portrait { moments[moments.count - 1].portrait }

    /// What the guest ended in it.
    var ended: UInt8? {
        for mark in marks { if case .ended(let vector, _) = mark.event { return vector } }
        return nil
    }

    /// What KVM completed in it, and whether it was to.
    var completed: [(vector: UInt8, isWrong: Bool)] {
        marks.compactMap { mark in
            if case .completed(let vector) = mark.event { (vector, mark.isWrong) } else { nil }
        }
    }

    /// The pins that an EOI reached in it.
    var acknowledged: [UInt8] {
        marks.compactMap { if case .acknowledged(let pin, _) = $0.event { pin } else { nil } }
    }
}
