package import InterruptModel
package import Verdicts

/// Holds what a backend saw against what the model predicts.
package struct Comparison {
    /// The fields to look at.
    package var visible: FieldSet
    let kind: MachineKind
    let irqchip: IRQChip

    package init(visible: FieldSet, kind: MachineKind, irqchip: IRQChip) {
        self.visible = visible
        self.kind = kind
        self.irqchip = irqchip
    }

    /// Whether every visible field agrees; no text is made.
    package func agrees(_ predicted: Observation, _ observed: Observation) -> Bool {
        (eventsAgree(predicted.events, observed.events)
            || irqchip == .kernel
                && eventsAgree(unordered(predicted.events), unordered(observed.events)))
            && (predicted.snapshot == observed.snapshot
                || ObservedField.allCases.allSatisfy { field in
                    !visible.contains(field)
                        || vcpus(of: field, predicted.snapshot).allSatisfy { vcpu in
                            field.register(in: predicted.snapshot, of: vcpu)
                                == field.register(in: observed.snapshot, of: vcpu)
                        }
                })
    }

    /// How many fields are compared of a machine with so many vCPUs.
    func fields(of vcpus: Int) -> Int {
        vcpus == 1
            ? visible.count
            : ObservedField.allCases.reduce(0) { count, field in
                count + (visible.contains(field) ? field.isOfEachVCPU ? vcpus : 1 : 0)
            }
    }

    /// The vCPUs that have a field of their own; 0 stands for one that is shared.
    private func vcpus(of field: ObservedField, _ snapshot: Snapshot) -> Range<Int> {
        0..<(field.isOfEachVCPU ? snapshot.vcpus : 1)
    }

    private func isVisible(_ event: Event) -> Bool {
        event.field.map { visible.contains($0) } ?? false
    }

    private func eventsAgree(_ predicted: [Event], _ observed: [Event]) -> Bool {
        var index = 0
        for event in predicted where isVisible(event) {
            while index < observed.count, !isVisible(observed[index]) { index += 1 }
            guard index < observed.count, observed[index] == event else { return false }
            index += 1
        }
        return !observed[index...].contains(where: isVisible)
    }

    /// With KVM's own IOAPIC each pin has a descriptor that counts its resamples, and nothing tells
    /// which of two was signalled first: those in a row are put in the order of their pins.
    private func unordered(_ events: [Event]) -> [Event] {
        var events = events.filter(isVisible)
        for end in events.indices {
            var place = end
            while place > 0, case .resampled(let pin) = events[place],
                case .resampled(let before) = events[place - 1], before > pin
            {
                events.swapAt(place, place - 1)
                place -= 1
            }
        }
        return events
    }

    /// How many EOIs reached the IOAPIC in a step that agreed, as far as the backend shows them.
    /// - Parameter before: the state before the step.
    func eois(in predicted: Observation, before: Snapshot) -> Int {
        func count(_ field: ObservedField) -> Int {
            visible.contains(field) ? predicted.events.count { $0.field == field } : 0
        }
        // KVM's own IOAPIC makes no exits: there an EOI shows in acks or, where these do not, in
        // resamples, in Remote IRR that falls, and in a line that is served again.
        guard irqchip == .kernel else { return count(.eoiExits) }
        if visible.contains(.acknowledgements) { return count(.acknowledgements) }
        let events = predicted.events
        let ended = events.count { if case .ioapicEOI = $0 { true } else { false } }
        guard ended > 0 else { return 0 }
        let fallen =
            visible.contains(.remoteIRR)
            ? before.remoteIRR.subtracting(predicted.snapshot.remoteIRR).elements.count : 0
        let again = events.drop { if case .ioapicEOI = $0 { false } else { true } }
            .count { if case .delivered(_, true, _) = $0 { true } else { false } }
        return min(ended, max(count(.resamples), fallen + (visible.contains(.irr) ? again : 0)))
    }

    /// The fields that differ, the most telling first.
    package func differences(
        _ predicted: Observation, _ observed: Observation, before: Snapshot
    ) -> [(field: ObservedField?, difference: FieldDifference)] {
        var found: [(field: ObservedField?, difference: FieldDifference)] = []
        for field in ObservedField.allCases where visible.contains(field) {
            let isUnordered = irqchip == .kernel && field == .resamples
            let events = isUnordered ? unordered : { $0 }
            for vcpu in vcpus(of: field, predicted.snapshot) {
                let expected = field.value(predicted.snapshot, vcpu, events(predicted.events))
                let seen = field.value(observed.snapshot, vcpu, events(observed.events))
                guard expected != seen else { continue }
                let name = field.name(on: kind)
                let isOne = !field.isOfEachVCPU || predicted.snapshot.vcpus == 1
                found.append(
                    (
                        field,
                        FieldDifference(
                            field: isOne ? name : "\(name) of vCPU \(vcpu)", expected: expected,
                            observed: seen,
                            before: field.register(in: before, of: vcpu)?.spelling ?? "")
                    ))
            }
        }
        if found.isEmpty {
            func order(_ events: [Event]) -> String {
                events.filter(isVisible).map(\.spelling).joined(separator: ", ")
            }
            found.append(
                (
                    nil,
                    FieldDifference(
                        field: "order of events", expected: order(predicted.events),
                        observed: order(observed.events), before: "")
                ))
        }
        return found
    }

    /// The stable code of a difference.
    static func code(
        _ field: ObservedField?, _ predicted: Observation, _ observed: Observation
    ) -> MismatchCode {
        func code(
            _ missing: MismatchCode, _ extra: MismatchCode, _ other: MismatchCode
        ) -> MismatchCode {
            let expected = predicted.events.count { $0.field == field }
            let seen = observed.events.count { $0.field == field }
            return seen < expected ? missing : seen > expected ? extra : other
        }
        switch field {
        case nil: return .order
        case .eoiExits: return code(.eoiMissing, .eoiSpurious, .eoiWrongVector)
        case .accepted: return code(.interruptMissing, .interruptExtra, .interruptWrongVector)
        case .acknowledgements, .resamples: return .acknowledge
        case .remoteIRR:
            let stuck = observed.snapshot.remoteIRR.subtracting(predicted.snapshot.remoteIRR)
            return stuck.isEmpty ? .remoteIRREarly : .remoteIRRStuck
        default: return .state
        }
    }
}

extension ObservedField {
    /// What the field holds: a register's value for people, or the events that show in it.
    fileprivate func value(_ snapshot: Snapshot, _ vcpu: Int, _ events: [Event]) -> String {
        if let register = register(in: snapshot, of: vcpu) { return register.spelling }
        let values = events.filter { $0.field == self }.map(\.value)
        return values.isEmpty ? "none" : values.joined(separator: ", ")
    }
}
