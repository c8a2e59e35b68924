/// The states of a small machine, and what leads from one to another: for a picture. The search
/// for what goes wrong does without it (`ModelSearch`).
public struct StateGraph: Sendable {
    /// An action from one state to another, which may be the same.
    public struct Edge: Sendable {
        /// Numbers of states.
        public var from, to: Int
        /// What leads there.
        public var action: Action
        /// The step invariants that it breaks.
        public var breaks: InvariantSet
    }

    /// The start first, then the nearest to it.
    public internal(set) var portraits: [Portrait] = []
    /// What leads from one to another: those that begin in the first state, then in the second.
    public internal(set) var edges: [Edge] = []
    /// Of each state the edge by which it was reached first; nil for the start.
    public internal(set) var arrivals: [Int?] = []
    /// Whether all that is reachable is there.
    public internal(set) var isComplete = true

    /// All that can be reached from a machine's start.
    /// - Parameters:
    ///   - actions: those that are tried in every state.
    ///   - isAtomic: whether each is performed by itself, and not as a guest step.
    ///   - most: states, at most.
    public init(
        of setup: MachineSetup, design: EOIDesignEntry, actions: [Action], isAtomic: Bool,
        most: Int
    ) {
        self = RunningMachine(setup, design: design).graph(actions, isAtomic: isAtomic, most: most)
    }

    init() {}

    /// The edges of a shortest way to the first thing that goes wrong; empty where nothing does.
    public var wayToFirstBreach: [Int] {
        // States are numbered by their distance, and so are the edges that begin in them.
        let breach = edges.indices.first { index in
            !edges[index].breaks.isEmpty || !portraits[edges[index].to].violations.isEmpty
        }
        guard let breach, portraits[0].violations.isEmpty else { return [] }
        var way = [breach]
        while let edge = arrivals[edges[way[0]].from] { way.insert(edge, at: 0) }
        return way
    }
}

extension Machine where CPU: WideCPU {
    func graph(_ actions: [Action], isAtomic: Bool, most: Int) -> StateGraph {
        var graph = StateGraph()
        var states = [state]
        var numbers = [state: 0]
        graph.portraits.append(portrait)
        graph.arrivals.append(nil)
        var from = 0
        while from < states.count {
            for action in actions {
                var machine = self
                machine.state = states[from]
                var monitor = StepMonitor()
                let isEnabled =
                    isAtomic
                    ? machine.perform(action, into: &monitor)
                    : machine.step(action, into: &monitor)
                guard isEnabled else { continue }
                // As in a search: a counter would tell equal states apart.
                machine.state.ioapic.successiveEOIs = WideSpace.PinCounters()
                let known = numbers[machine.state]
                guard known != nil || states.count < most else {
                    graph.isComplete = false
                    continue
                }
                let to = known ?? states.count
                if known == nil {
                    numbers[machine.state] = to
                    states.append(machine.state)
                    graph.portraits.append(machine.portrait)
                    graph.arrivals.append(graph.edges.count)
                }
                graph.edges.append(
                    StateGraph.Edge(
                        from: from, to: to, action: action, breaks: monitor.violations))
            }
            from += 1
        }
        return graph
    }
}
