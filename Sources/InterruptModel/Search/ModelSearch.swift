public import StateExplorer

/// A machine and the actions that a search tries on it.
public struct ModelSearch: Sendable {
    /// The machine that is searched. Its EOI exit is late where the actions ask for that.
    public let setup: MachineSetup
    /// In the machine's real pin and vector numbers; the search names them by their index.
    public let actions: [Action]
    /// Whether each action is performed by itself or as a whole step.
    public let granularity: Granularity
    /// The same machine in words.
    public let system: AnyTransitionSystem

    /// - Parameter history: what has happened before the search begins; what is not enabled is left
    ///   out.
    public init(
        _ setup: MachineSetup, design: EOIDesignEntry, actions: [Action],
        granularity: Granularity, after history: [Action] = []
    ) throws(SearchTooWide) {
        var setup = setup
        if actions.contains(where: { $0.verb == .hypervisor(.lateExit) }) {
            setup.exitsLate = true
        }
        var (pins, vectors) = (Set(setup.pins.map(\.pin)), Set(setup.pins.map(\.vector)))
        vectors.formUnion(setup.allowed ?? [])
        for action in actions + history {
            _ = action.renumbered(
                pin: { pin in
                    pins.insert(pin)
                    return pin
                },
                vector: { vector in
                    vectors.insert(vector)
                    return vector
                })
        }
        try SearchTooWide.check(pins.count, .pins)
        try SearchTooWide.check(vectors.count, .vectors)
        try SearchTooWide.check(actions.count, .actions)
        guard let space = NarrowSpace(vectors: vectors, pins: pins) else {
            throw SearchTooWide(.pins, count: pins.count)
        }
        func narrow(_ actions: [Action]) -> [Action] {
            actions.map { action in
                action.renumbered(
                    pin: { UInt8(space.index(ofPin: $0) ?? 0) },
                    vector: { UInt8(space.index(of: $0) ?? 0) })
            }
        }
        let plan = SearchPlan(
            setup: setup, space: space, vectors: vectors.count, actions: narrow(actions),
            history: narrow(history), granularity: granularity)
        let system =
            setup.kind == .plain
            ? plan.system(of: PlainVCPU<NarrowSpace>.self) : design.makeSystem(plan)
        guard let system else { throw SearchTooWide(.stateBits, count: nil) }
        self.setup = setup
        self.actions = actions
        self.granularity = granularity
        self.system = system
    }
}

/// What a design needs to make a transition system of its machine.
struct SearchPlan: Sendable {
    let setup: MachineSetup
    let space: NarrowSpace
    let vectors: Int
    /// Pins and vectors as ranks.
    let actions: [Action]
    /// What has happened before, in the same ranks.
    let history: [Action]
    let granularity: Granularity

    /// The machine with vCPUs of this type, in the smallest words that hold its state.
    @inline(__always)
    func system<CPU: PackableCPU>(of type: CPU.Type) -> AnyTransitionSystem? {
        setup.vcpus == 1
            ? system(Machine<OneProcessor<CPU>>(setup, space: space))
            : system(Machine<Processors<CPU>>(setup, space: space))
    }

    @inline(__always)
    private func system<Set: ProcessorSet>(
        _ machine: Machine<Set>
    ) -> AnyTransitionSystem? where Set.CPU: PackableCPU {
        let machine = begun(machine)
        func layout<Word: StateWord>() -> StateLayout<Word> {
            // What the history has changed may differ from what the actions alone can reach.
            StateLayout(
                machine.configuration, vectors: vectors,
                memoryBits: Set.CPU.memoryBits(vectors: vectors), actions + history,
                from: machine.state.ioapic)
        }
        let small: StateLayout<UInt64> = layout()
        switch AnyTransitionSystem.width(stateBits: small.bits) {
        case 64: return .small(PackedMachine(machine, small, actions, granularity).system)
        case 128:
            return .medium(
                PackedMachine<Set, UInt128>(machine, layout(), actions, granularity).system)
        case 256:
            return .large(
                PackedMachine<Set, WideWord>(machine, layout(), actions, granularity).system)
        default: return nil
        }
    }

    /// The machine behind its history.
    private func begun<Set: ProcessorSet>(_ machine: Machine<Set>) -> Machine<Set> {
        var machine = machine
        var monitor = StepMonitor()
        for action in history {
            _ =
                granularity == .atomic
                ? machine.perform(action, into: &monitor) : machine.step(action, into: &monitor)
        }
        return machine
    }
}
