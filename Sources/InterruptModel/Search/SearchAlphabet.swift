/// The actions that a search tries in every state.
public enum SearchAlphabet {
    /// Those of model-contract §7, or their counterparts at step granularity.
    public static func standard(
        on setup: MachineSetup, _ granularity: Granularity
    ) -> [Action] {
        let pins = setup.pins.map(\.pin)
        let lines: [Action] = pins.map { .assert(pin: $0) } + pins.map { .deassert(pin: $0) }
        return switch granularity {
        case .atomic: lines + [.inject, .vmrun, .accept, .eoi, .sti, .cli]
        case .step: lines + [.run, .eoi, .sti, .cli]
        }
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

    /// Every action of this verb that the machine's own pins and vectors make.
    public static func actions(_ verb: ActionVerb, on setup: MachineSetup) -> [Action] {
        actions(verb) { values(of: $0, verb, setup) }
    }

    /// Every action of this verb with these values of its operands.
    package static func actions(
        _ verb: ActionVerb, with values: (VerbFacts.Operand) -> [UInt8]
    ) -> [Action] {
        let operands = verb.operands.map(values)
        guard let first = operands.first else { return [Action(verb)] }
        let second = operands.dropFirst().first ?? [0]
        return first.flatMap { one in second.map { Action(verb, one, $0) } }
    }

    /// The values of an operand that the machine's own pins and vectors make.
    package static func values(
        of operand: VerbFacts.Operand, _ verb: ActionVerb, _ setup: MachineSetup
    ) -> [UInt8] {
        let vectors = Set(setup.pins.map(\.vector)).sorted()
        return switch operand {
        case .pin:
            setup.pins.filter { verb != .ioapic(.irqfd) || $0.resampler }.map(\.pin)
        case .vector: vectors
        case .trigger: [0, 1]
        // The vCPU's own, and nobody's.
        case .destination: [0, 1]
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
        var result = actions.filter { seen.insert($0).inserted }
        let scans =
            setup.guestEOI.togglesEntries
            || actions.contains { $0.writesEntry || $0.facts.changes.contains(.spiv) }
        if scans, granularity == .atomic, !seen.contains(.scan) { result.append(.scan) }
        return result
    }
}
