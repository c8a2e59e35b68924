public import StateExplorer

/// Whether the vCPU entry around a guest's step is part of it (contract §6).
public enum SearchGranularity: Sendable {
    case atomic, step
}

/// A machine and the actions that a search tries on it.
public struct ModelSearch: Sendable {
    public let setup: MachineSetup
    /// In the machine's real pin and vector numbers; the search names them by their index.
    public let actions: [Action]
    public let granularity: SearchGranularity
    /// The same machine in words.
    public let system: AnyTransitionSystem

    /// Pins, and vectors, at most: a set of each is a byte.
    public static let mostNumbers = 8

    /// - Returns: nil for more pins or vectors than that, or 256 actions.
    public init?(
        _ setup: MachineSetup, design: EOIDesignEntry, actions: [Action],
        granularity: SearchGranularity
    ) {
        var setup = setup
        if actions.contains(.lateExit) { setup.exitsLate = true }
        var (pins, vectors) = (Set(setup.pins.map(\.pin)), Set(setup.pins.map(\.vector)))
        vectors.formUnion(setup.allowed ?? [])
        for action in actions {
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
        guard let space = NarrowSpace(vectors: vectors, pins: pins), actions.count <= 256 else {
            return nil
        }
        let narrow = actions.map { action in
            action.renumbered(
                pin: { UInt8(space.index(ofPin: $0) ?? 0) },
                vector: { UInt8(space.index(of: $0) ?? 0) })
        }
        let plan = SearchPlan(
            setup: setup, space: space, vectors: vectors.count, actions: narrow,
            granularity: granularity)
        let system = setup.kind == .plain
            ? plan.system(PlainMachine(setup, space: space)) : design.makeSystem(plan)
        guard let system else { return nil }
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
    let granularity: SearchGranularity

    /// In the smallest words that hold the state.
    @inline(__always)
    func system<M: PackableMachine>(_ machine: M) -> AnyTransitionSystem? {
        func layout<Word: StateWord>() -> StateLayout<Word> {
            StateLayout(machine.configuration, vectors: vectors, actions)
        }
        let small: StateLayout<UInt64> = layout()
        switch AnyTransitionSystem.width(stateBits: small.bits) {
        case 64: return .small(PackedMachine(machine, small, actions, granularity).system)
        case 128:
            return .medium(
                PackedMachine<M, UInt128>(machine, layout(), actions, granularity).system)
        case 256:
            return .large(
                PackedMachine<M, WideWord>(machine, layout(), actions, granularity).system)
        default: return nil
        }
    }
}
