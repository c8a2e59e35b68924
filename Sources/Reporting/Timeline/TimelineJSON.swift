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
            "vcpus": .int(setup.vcpus), "pins": .array(setup.pins.map(pin)),
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
            "destination": destination(pin.destination),
            "resampler": .bool(pin.resampler), "notifier": .bool(pin.notifier),
        ]
    }

    /// A physical identifier as a number, all and a logical set as files spell them.
    private func destination(_ destination: Destination) -> JSONText {
        destination.isLogical || destination == .broadcast
            ? .string("\(destination)") : .int(Int(destination.number))
    }

    private func step(_ step: Timeline.Step) -> JSONText {
        [
            "step": .int(step.number),
            "action": .string(step.action.description),
            "by": .string("\(step.action.actor)"),
            "leftOut": step.leftOut.map { .string($0) },
            "breaks": .strings(step.breaks.members.map(\.name)),
            "violations": .strings(step.violations.members.map(\.name)),
            "entry": step.entry.map { moment($0, on: step.action.vcpu) },
            "own": moment(step.own, on: step.action.vcpu),
            "observed": step.observed.map { seen in
                [
                    "events": .array(seen.events.map { $0.json(on: step.action.vcpu) }),
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

    private func moment(_ moment: Moment, on vcpu: UInt8) -> JSONText {
        [
            "events": .array(moment.events.map { $0.json(on: vcpu) }),
            "after": state(moment.portrait),
        ]
    }

    private func state(_ portrait: Portrait) -> JSONText {
        [
            "lines": pins(portrait.lines),
            "registers": registers(portrait.registers),
            "orphans": pins(portrait.orphans),
            "unserved": pins(portrait.unserved),
            "stale": vectors(portrait.first.stale),
            "guestWouldEnd": portrait.first.guestWouldEnd.map { .int(Int($0)) } ?? .null,
            "kvmWouldComplete": portrait.first.kvmWouldComplete.map(vectors) ?? .null,
            "others": portrait.others.isEmpty ? nil : .array(portrait.others.map(prospect)),
        ]
    }

    /// What an EOI of another vCPU would do.
    private func prospect(_ prospect: Prospect) -> JSONText {
        [
            "stale": vectors(prospect.stale),
            "guestWouldEnd": prospect.guestWouldEnd.map { .int(Int($0)) } ?? .null,
            "kvmWouldComplete": prospect.kvmWouldComplete.map(vectors) ?? .null,
        ]
    }

    /// The shared ones and those of vCPU 0, and in a list those of the vCPUs behind it.
    private func registers(_ snapshot: Snapshot) -> JSONText {
        .object(
            [JSONText.Member("remoteIRR", pins(snapshot.remoteIRR))] + registers(snapshot.first)
                + (snapshot.others.isEmpty
                    ? []
                    : [
                        JSONText.Member(
                            "others", .array(snapshot.others.map { .object(registers($0)) }))
                    ]))
    }

    private func registers(_ registers: Registers) -> [JSONText.Member] {
        let isSecure = timeline.setup.kind == .secure
        let page: JSONText = [
            "irr": vectors(registers.pageIRR), "isr": vectors(registers.pageISR),
            "tmr": vectors(registers.pageTMR),
        ]
        return [
            JSONText.Member("irr", vectors(registers.irr)),
            JSONText.Member(isSecure ? "shadowISR" : "isr", vectors(registers.isr)),
            JSONText.Member("tmr", vectors(registers.tmr)),
            JSONText.Member("ppr", .int(Int(registers.ppr))),
        ]
            + (isSecure
                ? [
                    JSONText.Member("requested", vectors(registers.requested)),
                    JSONText.Member("page", page),
                ] : [])
            + [JSONText.Member("interruptFlag", .bool(registers.interruptFlag))]
    }

    private func vectors(_ vectors: WideVectors) -> JSONText {
        .array(vectors.elements.map { .int(Int($0)) })
    }

    private func pins(_ pins: PinSet) -> JSONText { .array(pins.elements.map { .int($0) }) }
}
