internal import StateExplorer

/// A machine as a transition system of words: the same rules, on the bits that can change.
struct PackedMachine<Processors: ProcessorSet, Word: StateWord>: Sendable
where Processors.CPU: PackableCPU {
    private let machine: Machine<Processors>
    private let layout: StateLayout<Word>
    private let actions: [Action]
    /// Which states each action treats alike.
    private let splits: [FamilySplit]
    private let granularity: Granularity

    init(
        _ machine: Machine<Processors>, _ layout: StateLayout<Word>, _ actions: [Action],
        _ granularity: Granularity
    ) {
        self.machine = machine
        self.layout = layout
        self.actions = actions
        self.granularity = granularity
        splits = actions.map { action in
            guard granularity == .atomic, let reach = action.reach(machine.configuration) else {
                return .each
            }
            return FamilySplit(by: layout.bits(within: reach))
        }
    }

    var system: TransitionSystem<Word> {
        TransitionSystem(
            start: machine.packed(layout), stateBits: layout.bits,
            liveness: LivenessSystem(
                stepLimit: actions.count { !$0.comesFromDevice }, inspect: inspect),
            expand: { expand($0, &$1) })
    }

    /// The pins whose interrupt is owed in each state, and what KVM, the hardware and the guest can
    /// do there. Devices may lower their lines, as they do when they have been served, but raise
    /// none.
    private func inspect(_ words: [Word]) -> [LivenessState<Word>] {
        var machine = machine
        return words.map { word in
            machine.unpack(word, layout)
            let source = machine.state
            let owed = machine.owedPins
            var steps: [LivenessState<Word>.Step] = []
            for (number, action) in actions.enumerated() where !action.comesFromDevice {
                var monitor = LivenessMonitor()
                machine.state = source
                let performed =
                    granularity == .atomic
                    ? machine.perform(action, into: &monitor)
                    : machine.step(action, into: &monitor)
                guard performed else { continue }
                steps.append(
                    LivenessState.Step(
                        action: number, successor: machine.packed(layout),
                        met: UInt8(
                            truncatingIfNeeded: machine.served(monitor, by: action.vcpu).bits),
                        barred: action.loweredPin.map { 1 << $0 } ?? 0))
            }
            return LivenessState(owed: UInt8(truncatingIfNeeded: owed.bits), steps: steps)
        }
    }

    private func expand(_ families: [Family<Word>], _ expansion: inout Expansion<Word>) {
        let interest = expansion.interest
        var broken: [BrokenProperties] = []
        func note(_ properties: PropertyBits, _ family: Int, _ members: UInt64, _ action: Int) {
            guard properties & interest != 0 else { return }
            broken.append(
                BrokenProperties(
                    family: family, members: members, action: action,
                    properties: properties & interest))
        }
        if expansion.wantsSuccessors {
            let states = families.reduce(0) { $0 + $1.count }
            expansion.fill(upTo: states * actions.count) { transitions in
                var count = 0
                for number in actions.indices {
                    perform(number, families) { family, members, changes, properties in
                        transitions[count] = Transition(
                            in: family, of: members, by: number, changing: changes)
                        count &+= 1
                        note(properties, family, members, number)
                    }
                }
                return count
            }
        }
        var machine = machine
        // `Predecessors` is interested in no property.
        for (number, family) in families.enumerated() where interest != 0 {
            family.visit { state, member in
                machine.unpack(state, layout)
                note(PropertyBits(machine.violations.rawValue), number, member, -1)
            }
        }
        expansion.note(broken)
    }

    /// Performs an action on each state where it is enabled.
    ///
    /// The actions of every search on one vCPU are named one by one: the compiler then makes a
    /// loop of each, with nothing in it but what the model's rules say of that action.
    @inline(__always)
    private func perform(
        _ number: Int, _ families: [Family<Word>],
        _ found: (Int, UInt64, Word, PropertyBits) -> Void
    ) {
        let (action, split) = (actions[number], splits[number])
        guard granularity == .atomic else {
            return loop(families, split, found) { $0.step(action, into: &$1) }
        }
        guard Processors.isOne else {
            return loop(families, split, found) { $0.perform(action, into: &$1) }
        }
        let pin = action.first
        switch action.verb {
        case .ioapic(.assert):
            loop(families, split, found) { $0.perform(.assert(pin: pin), into: &$1) }
        case .ioapic(.deassert):
            loop(families, split, found) { $0.perform(.deassert(pin: pin), into: &$1) }
        case .hypervisor(.inject): loop(families, split, found) { $0.perform(.inject, into: &$1) }
        case .hypervisor(.vmrun): loop(families, split, found) { $0.perform(.vmrun, into: &$1) }
        case .hypervisor(.accept): loop(families, split, found) { $0.perform(.accept, into: &$1) }
        case .guest(.eoi): loop(families, split, found) { $0.perform(.eoi, into: &$1) }
        case .guest(.sti): loop(families, split, found) { $0.perform(.sti, into: &$1) }
        case .guest(.cli): loop(families, split, found) { $0.perform(.cli, into: &$1) }
        default: loop(families, split, found) { $0.perform(action, into: &$1) }
        }
    }

    /// Performs an action once for the members of a family that it does not tell apart.
    @inline(__always)
    private func loop(
        _ families: [Family<Word>], _ split: FamilySplit,
        _ found: (Int, UInt64, Word, PropertyBits) -> Void,
        _ perform: (inout Machine<Processors>, inout StepMonitor) -> Bool
    ) {
        var machine = machine
        for number in families.indices {
            let family = families[number]
            var rest = family.members
            while rest != 0 {
                let (member, members) = split.next(&rest)
                let word = family.word | Word(member)
                let effect = effect(on: word, &machine, perform)
                assert(
                    isAlike(effect, family, members, perform),
                    "an action tells states apart that are beyond its reach")
                guard effect.isEnabled else { continue }
                found(number, members, effect.changes, effect.properties)
            }
        }
    }

    private struct Effect: Equatable {
        var isEnabled: Bool
        /// The bits that change.
        var changes: Word
        var properties: PropertyBits
    }

    @inline(__always)
    private func effect(
        on word: Word, _ machine: inout Machine<Processors>,
        _ perform: (inout Machine<Processors>, inout StepMonitor) -> Bool
    ) -> Effect {
        machine.unpack(word, layout)
        var monitor = StepMonitor()
        guard perform(&machine, &monitor) else {
            return Effect(isEnabled: false, changes: .zero, properties: 0)
        }
        let successor = machine.packed(layout)
        assert(isWhole(successor, machine.state), "the layout loses a part of a state")
        return Effect(
            isEnabled: true, changes: word ^ successor,
            properties: PropertyBits(monitor.violations.rawValue))
    }

    private func isAlike(
        _ effect: Effect, _ family: Family<Word>, _ members: UInt64,
        _ perform: (inout Machine<Processors>, inout StepMonitor) -> Bool
    ) -> Bool {
        var machine = machine
        var isAlike = true
        family.visit { state, member in
            guard members & member != 0 else { return }
            isAlike = isAlike && self.effect(on: state, &machine, perform) == effect
        }
        return isAlike
    }

    private func isWhole(_ word: Word, _ state: Machine<Processors>.State) -> Bool {
        var unpacked = machine
        unpacked.unpack(word, layout)
        return unpacked.state == state
    }
}
