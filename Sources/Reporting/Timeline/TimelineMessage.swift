internal import InterruptModel
internal import Lockstep

/// An arrow of a sequence diagram: who does what to whom.
struct TimelineMessage {
    /// Whoever an arrow begins or ends at, from the device to the guest.
    enum Party: Hashable, Comparable {
        case line(UInt8)
        case ioapic, kvm, page, guest

        /// The name that arrows call it by.
        var identifier: String {
            switch self {
            case .line(let pin): "line\(pin)"
            case .ioapic: "ioapic"
            case .kvm: "kvm"
            case .page: "page"
            case .guest: "guest"
            }
        }
    }

    var from, to: Party
    var text: String
    /// Whether it broke an invariant.
    var isWrong = false

    /// What passes in a step, in order.
    /// - Parameters:
    ///   - before: the machine before the step.
    ///   - marks: the events of the step, those of its entry first.
    static func all(
        of step: Timeline.Step, _ marks: [TimelineColumn.Mark], after before: Portrait,
        on setup: MachineSetup
    ) -> [TimelineMessage] {
        let kind = setup.kind
        // Otherwise the exit brings it, or the guest itself.
        let isHandedOn = setup.irqchip == .kernel && step.action.verb != .guest(.directedEOI)
        let count = min(step.entry?.events.count ?? 0, marks.count)
        func said(_ marks: some Sequence<TimelineColumn.Mark>) -> [TimelineMessage] {
            marks.map { message(of: $0, kind, eoiFrom: isHandedOn ? .kvm : .ioapic) }
        }
        var messages = said(marks.prefix(count))
        if let entry = step.entry {
            messages += handedOver(from: before, to: entry.portrait, kind, by: .kvm)
        }
        let last = step.entry?.portrait ?? before
        let giver: Party = step.action.actor == .hypervisor ? .kvm : .page
        return messages + moved(from: last, to: step.own.portrait)
            + said(marks.dropFirst(count))
            + handedOver(from: last, to: step.own.portrait, kind, by: giver)
    }

    private static func moved(from before: Portrait, to now: Portrait) -> [TimelineMessage] {
        func lines(_ pins: PinSet, _ text: String) -> [TimelineMessage] {
            pins.elements.map { pin in
                TimelineMessage(
                    from: .line(UInt8(truncatingIfNeeded: pin)), to: .ioapic, text: text)
            }
        }
        return lines(now.lines.subtracting(before.lines), "rises")
            + lines(before.lines.subtracting(now.lines), "falls")
    }

    /// What registers hold now and did not hold before: no event says so.
    /// - Parameter giver: who writes the page. The guest's own IPI is written there without KVM.
    private static func handedOver(
        from before: Portrait, to now: Portrait, _ kind: MachineKind, by giver: Party
    ) -> [TimelineMessage] {
        guard kind == .secure else { return [] }
        func message(
            from: Party, to: Party, _ read: (Portrait) -> WideVectors, _ text: (String) -> String
        ) -> TimelineMessage? {
            let new = read(now).subtracting(read(before)).elements
            let list = new.map(Spelling.vector).joined(separator: ", ")
            return new.isEmpty ? nil : TimelineMessage(from: from, to: to, text: text(list))
        }
        return [
            message(from: .kvm, to: .kvm, \.registers.isr) { "notes \($0) in the shadow ISR" },
            message(from: .kvm, to: .kvm, \.registers.requested) { "RequestedIRR gets \($0)" },
            message(from: giver, to: .page, \.registers.pageIRR) { "IRR gets \($0)" },
        ].compactMap { $0 }
    }

    private static func message(
        of mark: TimelineColumn.Mark, _ kind: MachineKind, eoiFrom sender: Party
    ) -> TimelineMessage {
        func message(_ from: Party, _ to: Party, _ text: String) -> TimelineMessage {
            TimelineMessage(
                from: from, to: to, text: (mark.isWrong ? "WRONG " : "") + text,
                isWrong: mark.isWrong)
        }
        let name = Spelling.vector
        let apic: Party = kind == .secure ? .page : .kvm
        return switch mark.event {
        case .delivered(let vector, level: true, _):
            message(.ioapic, .kvm, "\(name(vector)), level")
        // It may be a pin's, a message or an IPI.
        case .delivered(let vector, level: false, _):
            message(.kvm, .kvm, "IRR gets \(name(vector)), edge")
        case .accepted(let vector): message(apic, .guest, "guest takes \(name(vector))")
        case .ended(let vector, _): message(.guest, apic, "guest ends \(name(vector))")
        case .eoiRead: message(.guest, .kvm, "reads the EOI register")
        case .completed(let vector): message(.kvm, .kvm, "completes \(name(vector))")
        case .vectorMinusOne: message(.kvm, .kvm, "uses vector −1")
        case .ioapicEOI(let vector): message(sender, .ioapic, "EOI of \(name(vector))")
        case .eoiExit(let vector): message(.kvm, .ioapic, "EOI exit \(name(vector))")
        case .exitRequested(let vector):
            message(.kvm, .kvm, "will exit for the EOI of \(name(vector))")
        case .exitBegins(let ended): message(.kvm, .kvm, "exit for the EOI of \(name(ended))")
        case .eoiSuppressed(let vector):
            message(.kvm, .kvm, "holds back the EOI of \(name(vector))")
        case .acknowledged(let pin, let vector):
            message(.ioapic, .line(pin), "ack for the EOI of \(name(vector))")
        case .resampled(let pin): message(.ioapic, .line(pin), "resample")
        case .delayed(let pin): message(.ioapic, .ioapic, "leaves pin \(pin) to delayed work")
        case .lineStatus(let status): message(.ioapic, .ioapic, "line status \(status)")
        case .faulted: message(.guest, .guest, "general protection fault")
        case .takenElsewhere(let pin):
            message(.ioapic, .ioapic, "pin \(pin)'s interrupt is another vCPU's")
        case .lostEdge(let vector): message(.kvm, .kvm, "loses the edge of \(name(vector))")
        case .hostWarning(let warning): message(.kvm, .kvm, warning.spelling)
        }
    }
}
