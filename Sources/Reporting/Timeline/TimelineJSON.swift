internal import InterruptModel
package import Lockstep
package import Verdicts

/// A timeline as a document: machine, and for each step its events and the state behind it, as
/// numbers. Every picture is drawn from what stands in it.
package struct TimelineJSON {
    private let timeline: Timeline
    private let tool: Tool

    package init(_ timeline: Timeline, by tool: Tool) {
        (self.timeline, self.tool) = (timeline, tool)
    }

    /// The whole document.
    package var document: JSONText {
        let setup = timeline.setup
        let body: JSONText = [
            "name": .string(timeline.name),
            "summary": .string(timeline.summary),
            "backend": .string(timeline.backend.rawValue),
            "simulatedBy": timeline.simulatedBy.map { .string($0) },
            "design": .string(timeline.design),
            "assumptions": setup.kind == .secure
                ? .assumptions(setup.axes.list) : .object([]),
            "granularity": .string(timeline.granularity.rawValue),
            "machine": machine(setup),
            "unobservable": .array(
                timeline.outcome.unobservable.map {
                    ["field": .string($0.field), "reason": .string($0.reason)]
                }),
            "start": state(timeline.start),
            "steps": .array(timeline.steps.map(step)),
            "verdict": .string(timeline.outcome.verdict.rawValue),
            "ended": timeline.outcome.verdict.isGood ? nil : .string(timeline.outcome.reason),
            "mismatch": timeline.outcome.mismatch?.json,
            "skip": timeline.outcome.skip?.json,
            "failure": timeline.outcome.failure.map { .string($0) },
            "stuck": timeline.outcome.stuck.map { .int(Int($0)) },
            "lostLines": .array(
                timeline.lostLines.map { part in
                    [
                        "pin": .int(Int(part.pin)), "since": .int(part.since),
                        "until": part.until.map { .int($0) },
                    ]
                }),
        ]
        return .document(by: tool, body)
    }

    private func machine(_ setup: MachineSetup) -> JSONText {
        [
            "kind": .string(setup.kind.rawValue), "irqchip": .string(setup.irqchip.rawValue),
            "vcpus": .int(1), "pins": .array(setup.pins.map(pin)),
            "interrupts": .bool(setup.interruptsEnabled), "nesting": .bool(setup.nesting),
            "apic": .bool(setup.apicEnabled), "secureAVIC": .bool(setup.savicEnabled),
            "allowed": setup.allowed.map { .array($0.map { .int(Int($0)) }) },
            "broadcastSuppression": .string(setup.broadcastSuppression.rawValue),
            "eoiRegister": .bool(setup.hasEOIRegister),
            "kernelRules": .strings(setup.kernelRules.members.map(\.rawValue)),
            "exitsLate": .bool(setup.exitsLate), "endsAtDelivery": .bool(setup.endsAtDelivery),
            "entersAfterExit": .bool(setup.entersAfterExit),
        ]
    }

    private func pin(_ pin: PinSetup) -> JSONText {
        [
            "pin": .int(Int(pin.pin)), "vector": .int(Int(pin.vector)),
            "trigger": .string(pin.trigger.rawValue), "masked": .bool(pin.masked),
            "destination": .int(Int(pin.destination.number)),
            "resampler": .bool(pin.resampler), "notifier": .bool(pin.notifier),
        ]
    }

    private func step(_ step: Timeline.Step) -> JSONText {
        [
            "step": .int(step.number),
            "action": .string(step.action.description),
            "by": .string("\(step.action.actor)"),
            "leftOut": step.leftOut.map { .string($0) },
            "breaks": .strings(step.breaks.members.map(\.name)),
            "violations": .strings(step.violations.members.map(\.name)),
            "entry": step.entry.map(moment),
            "own": moment(step.own),
            "observed": step.observed.map { seen in
                [
                    "events": .array(seen.events.map(\.json)),
                    "registers": registers(seen.snapshot),
                    "differences": .array(step.differences.map(difference)),
                ]
            },
        ]
    }

    private func difference(_ each: FieldDifference) -> JSONText {
        [
            "field": .string(each.field), "expected": .string(each.expected),
            "observed": .string(each.observed), "before": .string(each.before),
        ]
    }

    private func moment(_ moment: Moment) -> JSONText {
        ["events": .array(moment.events.map(\.json)), "after": state(moment.portrait)]
    }

    private func state(_ portrait: Portrait) -> JSONText {
        [
            "lines": pins(portrait.lines),
            "registers": registers(portrait.registers),
            "orphans": pins(portrait.orphans),
            "unserved": pins(portrait.unserved),
            "stale": vectors(portrait.stale),
            "guestWouldEnd": portrait.guestWouldEnd.map { .int(Int($0)) } ?? .null,
            "kvmWouldComplete": portrait.kvmWouldComplete.map(vectors) ?? .null,
        ]
    }

    private func registers(_ snapshot: Snapshot) -> JSONText {
        let isSecure = timeline.setup.kind == .secure
        return [
            "remoteIRR": pins(snapshot.remoteIRR),
            "irr": vectors(snapshot.irr),
            isSecure ? "shadowISR" : "isr": vectors(snapshot.isr),
            "tmr": vectors(snapshot.tmr),
            "ppr": .int(Int(snapshot.ppr)),
            "requested": isSecure ? vectors(snapshot.requested) : nil,
            "page": isSecure
                ? [
                    "irr": vectors(snapshot.pageIRR), "isr": vectors(snapshot.pageISR),
                    "tmr": vectors(snapshot.pageTMR),
                ] : nil,
            "interruptFlag": .bool(snapshot.interruptFlag),
        ]
    }

    private func vectors(_ vectors: WideVectors) -> JSONText {
        .array(vectors.elements.map { .int(Int($0)) })
    }

    private func pins(_ pins: PinSet) -> JSONText { .array(pins.elements.map { .int($0) }) }
}
