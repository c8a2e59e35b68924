internal import InterruptModel
internal import Lockstep

/// A signal of a waveform: its name, its place, and what it shows.
struct TimelineSignal {
    /// Who does what an event says.
    enum Party: String, CaseIterable {
        case ioapic, kvm, guest
    }

    /// What it shows.
    enum Content {
        /// Which step this is.
        case step
        /// What a backend saw instead.
        case difference
        /// A line that userspace holds. It is there before what KVM makes of it.
        case line(Int)
        /// A flag of the machine.
        case flag((Portrait) -> Bool)
        /// A register of the machine, or what an EOI would do to it.
        case vectors((Portrait) -> WideVectors?)
        /// What this party does.
        case events(Party)
        /// An invariant, while it is violated.
        case broken(Invariant)
        /// A line, while nothing serves it any more.
        case lost(UInt8)
    }

    /// The scopes that it stands in, the outermost first.
    let scope: [String]
    let name: String
    let content: Content

    /// `kvm.vcpu0.irr`, as viewers name it.
    var path: String { (scope + [name]).joined(separator: ".") }

    /// Whether it is one bit; otherwise it is a text.
    var isBit: Bool {
        switch content {
        case .line, .flag, .broken, .lost: true
        case .step, .difference, .vectors, .events: false
        }
    }

    /// Those of a run, in the order of reading: the way of an interrupt.
    static func all(of timeline: Timeline) -> [TimelineSignal] {
        steps(of: timeline) + pins(of: timeline) + vcpu(of: timeline) + breaks(of: timeline)
    }

    private static func steps(of timeline: Timeline) -> [TimelineSignal] {
        let action = TimelineSignal(scope: ["step"], name: "action", content: .step)
        guard timeline.steps.contains(where: { $0.observed != nil }) else { return [action] }
        return [
            action, TimelineSignal(scope: ["step"], name: "differs", content: .difference),
        ]
    }

    private static func pins(of timeline: Timeline) -> [TimelineSignal] {
        let pins = timeline.setup.pins.map { Int($0.pin) }.sorted()
        let lines = pins.map { pin in
            TimelineSignal(scope: ["device"], name: "line_\(pin)", content: .line(pin))
        }
        let bits = pins.map { pin in
            TimelineSignal(
                scope: ["ioapic"], name: "remote_irr_\(pin)",
                content: .flag { $0.registers.remoteIRR.contains(pin) })
        }
        let events = TimelineSignal(scope: ["ioapic"], name: "events", content: .events(.ioapic))
        return lines + bits + [events]
    }

    private static func vcpu(of timeline: Timeline) -> [TimelineSignal] {
        func signal(_ name: String, _ content: Content) -> TimelineSignal {
            TimelineSignal(
                scope: ["kvm", "vcpu\(timeline.band ?? 0)"], name: name, content: content)
        }
        let events = [
            signal("guest_events", .events(.guest)), signal("kvm_events", .events(.kvm)),
        ]
        let flag = signal("interrupt_flag", .flag(\.registers.interruptFlag))
        guard timeline.setup.kind == .secure else {
            return [
                signal("irr", .vectors(\.registers.irr)), flag,
                signal("isr", .vectors(\.registers.isr)),
            ] + events
        }
        return [
            signal("irr", .vectors(\.registers.irr)),
            signal("requested", .vectors(\.registers.requested)),
            signal("page_irr", .vectors(\.registers.pageIRR)), flag,
            // The truth and what KVM takes for it, next to each other.
            signal("page_isr_real", .vectors(\.registers.pageISR)),
            signal("shadow_isr", .vectors(\.registers.isr)),
            signal("disagree", .flag(\.disagrees)),
            signal("guest_would_end", .vectors { $0.guestWouldEnd.map { WideVectors([$0]) } }),
            signal("kvm_would_complete", .vectors(\.kvmWouldComplete)),
        ] + events
    }

    /// One for each invariant that is ever violated, and for each line that is lost.
    private static func breaks(of timeline: Timeline) -> [TimelineSignal] {
        let broken = timeline.steps.reduce(into: timeline.start.violations) { broken, step in
            broken.formUnion(step.violations)
            broken.formUnion(step.entry?.portrait.violations ?? [])
        }
        let invariants = broken.members.map { invariant in
            TimelineSignal(
                scope: ["breaks"], name: invariant.name.waveName, content: .broken(invariant))
        }
        return invariants
            + timeline.lostPins.map { pin in
                TimelineSignal(scope: ["stuck"], name: "line_\(pin)", content: .lost(pin))
            }
    }
}

extension Event {
    /// Who does it.
    var party: TimelineSignal.Party {
        switch self {
        case .accepted, .ended, .eoiRead, .faulted: .guest
        case .ioapicEOI, .acknowledged, .takenElsewhere, .resampled, .delayed, .lineStatus: .ioapic
        case .delivered, .completed, .vectorMinusOne, .eoiExit, .exitRequested, .exitBegins,
            .eoiSuppressed, .lostEdge, .hostWarning:
            .kvm
        }
    }
}

extension String {
    /// The text as the name of a signal: letters, digits and `_` alone.
    var waveName: String {
        String(map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// The text as a value, which ends at the first blank; `-` for nothing.
    var waveValue: String {
        let word = inASCII.map { letter -> Character in
            guard let code = letter.asciiValue, code > 0x20, code < 0x7F else { return "_" }
            return letter
        }
        return word.isEmpty ? "-" : String(word)
    }

    /// The text as a comment, which is ASCII and ends at the word `$end`.
    var waveComment: String {
        let words = inASCII.split(whereSeparator: \.isWhitespace)
        let text = words.joined(separator: " ").map { letter -> Character in
            guard let code = letter.asciiValue, code >= 0x20, code < 0x7F else { return "?" }
            return letter == "$" ? "_" : letter
        }
        return String(text)
    }
}
