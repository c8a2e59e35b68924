/// The actions that a search tries in every state.
public enum SearchAlphabet {
    /// Those of model-contract §7, or their counterparts at step granularity.
    public static func standard(
        on setup: MachineSetup, _ granularity: Granularity
    ) -> [Action] {
        let pins = setup.pins.map(\.pin)
        let lines: [Action] = pins.map { .assert(pin: $0) } + pins.map { .deassert(pin: $0) }
        let own: [Action] =
            switch granularity {
            case .atomic: [.inject, .vmrun, .accept, .eoi, .sti, .cli]
            case .step: [.run, .eoi, .sti, .cli]
            }
        return lines + (0..<UInt8(setup.vcpus)).flatMap { vcpu in own.map { $0.on(vcpu) } }
    }

    /// The verbs that a search of this granularity can add: a step has its entry in itself.
    public static func verbs(_ granularity: Granularity) -> [ActionVerb] {
        ActionVerb.allCases.filter { verb in
            switch granularity {
            case .atomic: verb != .guest(.run)
            case .step: verb.actor != .hypervisor
            }
        }
    }

    /// Every action of this verb that the machine's own pins, vectors and vCPUs make.
    public static func actions(_ verb: ActionVerb, on setup: MachineSetup) -> [Action] {
        actions(verb, on: setup) { values(of: $0, verb, setup) }
    }

    /// Every action of this verb with these values of its operands, on each vCPU.
    package static func actions(
        _ verb: ActionVerb, on setup: MachineSetup, with values: (VerbFacts.Operand) -> [UInt16]
    ) -> [Action] {
        let operands = verb.operands.map(values)
        let firsts = operands.first ?? [0]
        let seconds = operands.dropFirst().first ?? [0]
        return (0..<(verb.happensOnVCPU ? UInt8(setup.vcpus) : 1)).flatMap { vcpu in
            firsts.flatMap { first in
                seconds.map { Action(verb, UInt8(truncatingIfNeeded: first), $0, on: vcpu) }
            }
        }
    }

    /// The values of an operand that the machine's own pins and vectors make.
    package static func values(
        of operand: VerbFacts.Operand, _ verb: ActionVerb, _ setup: MachineSetup
    ) -> [UInt16] {
        let vectors = Set(setup.pins.map { UInt16($0.vector) }).sorted()
        let vcpus = (0..<UInt8(setup.vcpus)).map { Destination($0) }
        return switch operand {
        case .pin:
            setup.pins.filter { verb != .ioapic(.irqfd) || $0.resampler }.map { UInt16($0.pin) }
        case .vector: vectors
        case .trigger: [0, 1]
        // Each vCPU; where there is but one, also nobody.
        case .destination: (vcpus + (vcpus.count > 1 ? [] : [1])).map(\.code)
        case .ipiDestination:
            vcpus.map { IPIDestination($0).code } + [IPIDestination.others.code]
        // No task priority, and each vector's own class.
        case .value: [0] + Set(vectors.map { $0 & 0xF0 }).sorted()
        }
    }

    /// The actions in order without repeats, with the scans that they, or the guest's EOI, make
    /// necessary: at step granularity every entry scans, single actions have to be told.
    public static func complete(
        _ actions: [Action], on setup: MachineSetup, _ granularity: Granularity
    ) -> [Action] {
        var seen: Set<Action> = []
        let result = actions.filter { seen.insert($0).inserted }
        let scans =
            setup.guestEOI.togglesEntries
            || actions.contains { $0.writesEntry || $0.facts.changes.contains(.spiv) }
        guard scans, granularity == .atomic else { return result }
        return result
            + self.actions(.hypervisor(.scan), on: setup).filter { !seen.contains($0) }
    }
}
