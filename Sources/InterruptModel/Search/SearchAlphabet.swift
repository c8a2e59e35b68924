/// The actions that a search tries in every state.
public enum SearchAlphabet {
    /// Those of model-contract §7, or their counterparts at step granularity.
    public static func standard(
        on setup: MachineSetup, _ granularity: SearchGranularity
    ) -> [Action] {
        let pins = setup.pins.map(\.pin)
        let lines: [Action] = pins.map { .assert(pin: $0) } + pins.map { .deassert(pin: $0) }
        return switch granularity {
        case .atomic: lines + [.inject, .vmrun, .accept, .eoi, .sti, .cli]
        case .step: lines + [.run, .eoi, .sti, .cli]
        }
    }

    /// The verbs that a search of this granularity can add: a step has its entry in itself.
    public static func verbs(_ granularity: SearchGranularity) -> [ActionVerb] {
        ActionVerb.allCases.filter { verb in
            switch granularity {
            case .atomic: verb != .run
            case .step: verb.facts.actor != .hypervisor
            }
        }
    }

    /// Every action of this verb that the machine's own pins and vectors make.
    public static func actions(_ verb: ActionVerb, on setup: MachineSetup) -> [Action] {
        actions(verb) { values(of: $0, verb, setup) }
    }

    /// Every action of this verb with these values of its operands.
    package static func actions(
        _ verb: ActionVerb, with values: (ActionVerb.Operand) -> [UInt8]
    ) -> [Action] {
        let operands = verb.operands.map(values)
        guard let first = operands.first else { return [verb.action()] }
        let second = operands.dropFirst().first ?? [0]
        return first.flatMap { one in second.map { verb.action(one, $0) } }
    }

    /// The values of an operand that the machine's own pins and vectors make.
    package static func values(
        of operand: ActionVerb.Operand, _ verb: ActionVerb, _ setup: MachineSetup
    ) -> [UInt8] {
        let vectors = Set(setup.pins.map(\.vector)).sorted()
        return switch operand {
        case .pin:
            setup.pins.filter { verb != .irqfd || $0.resampler }.map(\.pin)
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
        _ actions: [Action], on setup: MachineSetup, _ granularity: SearchGranularity
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
