internal import StateExplorer

/// A machine as a transition system of words: the same rules, on the bits that can change.
struct PackedMachine<M: PackableMachine, Word: StateWord>: Sendable {
    private let machine: M
    private let layout: StateLayout<Word>
    private let actions: [Action]
    private let granularity: SearchGranularity

    init(
        _ machine: M, _ layout: StateLayout<Word>, _ actions: [Action],
        _ granularity: SearchGranularity
    ) {
        self.machine = machine
        self.layout = layout
        self.actions = actions
        self.granularity = granularity
    }

    var system: TransitionSystem<Word> {
        TransitionSystem(
            start: machine.packed(layout), stateBits: layout.bits,
            actionCount: actions.count, service: ServiceSystem(inspect: inspect),
            expand: { expand($0, &$1) })
    }

    /// Whose interrupt waits in each state, and what KVM, the hardware and the guest can do there.
    /// Devices may lower their lines, as those do that have been served, but raise none.
    private func inspect(_ words: [Word]) -> [ServiceState<Word>] {
        var machine = machine
        return words.map { word in
            machine.unpack(word, layout)
            let source = machine.state
            let owed = machine.waitingPins
            var steps: [ServiceState<Word>.Step] = []
            for (number, action) in actions.enumerated() where !action.comesFromDevice {
                var monitor = AcceptMonitor()
                machine.state = source
                let performed =
                    granularity == .atomic
                    ? machine.perform(action, into: &monitor)
                    : machine.step(action, into: &monitor)
                guard performed else { continue }
                steps.append(
                    ServiceState.Step(
                        action: number, successor: machine.packed(layout),
                        met: machine.pins(with: monitor.accepted),
                        barred: action.loweredPin.map { 1 << $0 } ?? 0))
            }
            return ServiceState(owed: UInt8(truncatingIfNeeded: owed.bits), steps: steps)
        }
    }

    private func expand(_ words: [Word], _ expansion: inout Expansion<Word>) {
        var unpacked = machine
        let states = words.map { word in
            unpacked.unpack(word, layout)
            return unpacked.state
        }
        let interest = expansion.interest
        var broken: [BrokenProperties] = []
        if expansion.wantsSuccessors {
            expansion.fill(upTo: words.count * actions.count) { transitions in
                var count = 0
                for number in actions.indices {
                    perform(number, states) { state, successor, properties in
                        transitions[count] = Transition(from: state, by: number, to: successor)
                        count &+= 1
                        guard properties & interest != 0 else { return }
                        broken.append(
                            BrokenProperties(
                                state: state, action: number, properties: properties & interest))
                    }
                }
                return count
            }
        }
        var judged = machine
        for (number, state) in states.enumerated() {
            judged.state = state
            let properties = PropertyBits(judged.violations.rawValue) & interest
            guard properties != 0 else { continue }
            broken.append(BrokenProperties(state: number, action: -1, properties: properties))
        }
        expansion.note(broken)
    }

    /// Performs an action on each state where it is enabled.
    ///
    /// The actions of every search are named one by one: the compiler then makes a loop of each,
    /// with nothing in it but what the model's rules say of that action.
    @inline(__always)
    private func perform(
        _ number: Int, _ states: [M.State], _ found: (Int, Word, PropertyBits) -> Void
    ) {
        let action = actions[number]
        guard granularity == .atomic else {
            return loop(states, found) { $0.step(action, into: &$1) }
        }
        switch action {
        case .assert(let pin):
            loop(states, found) { $0.perform(.assert(pin: pin), into: &$1) }
        case .deassert(let pin):
            loop(states, found) { $0.perform(.deassert(pin: pin), into: &$1) }
        case .inject: loop(states, found) { $0.perform(.inject, into: &$1) }
        case .vmrun: loop(states, found) { $0.perform(.vmrun, into: &$1) }
        case .accept: loop(states, found) { $0.perform(.accept, into: &$1) }
        case .eoi: loop(states, found) { $0.perform(.eoi, into: &$1) }
        case .sti: loop(states, found) { $0.perform(.sti, into: &$1) }
        case .cli: loop(states, found) { $0.perform(.cli, into: &$1) }
        default: loop(states, found) { $0.perform(action, into: &$1) }
        }
    }

    @inline(__always)
    private func loop(
        _ states: [M.State], _ found: (Int, Word, PropertyBits) -> Void,
        _ perform: (inout M, inout StepMonitor) -> Bool
    ) {
        var machine = machine
        for number in states.indices {
            machine.state = states[number]
            var monitor = StepMonitor()
            guard perform(&machine, &monitor) else { continue }
            let successor = machine.packed(layout)
            assert(isWhole(successor, machine.state), "the layout loses a part of a state")
            found(number, successor, PropertyBits(monitor.violations.rawValue))
        }
    }

    private func isWhole(_ word: Word, _ state: M.State) -> Bool {
        var unpacked = machine
        unpacked.unpack(word, layout)
        return unpacked.state == state
    }
}
