@testable import InterruptModel

/// What a search over a whole state space found.
struct SlowReport: Equatable, Sendable, CustomStringConvertible {
    var states = 0
    /// Enabled actions, summed over all states.
    var transitions = 0
    /// Actions to the state that is farthest from the start.
    var depth = 0
    /// Name of each violated invariant, with the length of its shortest counterexample.
    var broken: [String: Int] = [:]

    mutating func note(_ invariant: String, after length: Int) {
        broken[invariant] = min(broken[invariant] ?? length, length)
    }

    var description: String {
        let broken = broken.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return "\(states) states, \(transitions) transitions, depth \(depth), \(broken)"
    }
}

/// A slow and obvious breadth-first search.
enum SlowSearch {
    /// Visits each reachable state once.
    /// - Parameter deepest: the states of this depth have no successors.
    static func breadthFirst<State: Hashable>(
        from start: State, deepest: Int = .max, successors: (State, Int) -> [State]
    ) -> SlowReport {
        var report = SlowReport()
        var seen: Set<State> = [start]
        var frontier = [start]
        while !frontier.isEmpty, report.depth < deepest {
            var next: [State] = []
            for state in frontier {
                for successor in successors(state, report.depth) {
                    report.transitions += 1
                    if seen.insert(successor).inserted { next.append(successor) }
                }
            }
            if !next.isEmpty { report.depth += 1 }
            frontier = next
        }
        report.states = seen.count
        return report
    }

    /// The space of a machine, down to a depth.
    static func report<Processors: ProcessorSet>(
        _ machine: Machine<Processors>, _ actions: [Action], _ granularity: Granularity = .atomic,
        deepest: Int = .max
    ) -> SlowReport {
        var violations = SlowReport()
        for invariant in machine.violations.members { violations.note(invariant.name, after: 0) }
        var report = breadthFirst(from: machine.state, deepest: deepest) { state, depth in
            var successors: [Machine<Processors>.State] = []
            for action in actions {
                var machine = machine
                machine.state = state
                var monitor = StepMonitor()
                let performed =
                    granularity == .atomic
                    ? machine.perform(action, into: &monitor)
                    : machine.step(action, into: &monitor)
                guard performed else { continue }
                let broken = monitor.violations.union(machine.violations)
                for invariant in broken.members {
                    violations.note(invariant.name, after: depth + 1)
                }
                successors.append(machine.state)
            }
            return successors
        }
        report.broken = violations.broken
        return report
    }
}

/// `levels(n)` in the narrow space (model-contract §7).
enum Levels {
    static func space(_ count: Int) throws -> NarrowSpace {
        let setup = MachineSetup.levels(count)
        let made = NarrowSpace(vectors: setup.pins.map(\.vector), pins: setup.pins.map(\.pin))
        guard let made else { throw TooWide() }
        return made
    }

    struct TooWide: Error {}

    static func setup(_ count: Int, nesting: Bool, kind: MachineKind = .secure) -> MachineSetup {
        MachineSetup.levels(count, kind: kind).with { $0.nesting = nesting }
    }

    /// The actions of model-contract §7, pins as indices.
    static func actions(_ count: Int) -> [Action] {
        let pins = 0..<UInt8(count)
        return pins.map { .assert(pin: $0) } + pins.map { .deassert(pin: $0) }
            + [.inject, .vmrun, .accept, .eoi, .sti, .cli]
    }

    static func report<Design: EOIDesign>(
        _ count: Int, _ design: Design.Type, nesting: Bool, irqchip: IRQChip = .split
    ) throws -> SlowReport {
        let setup = setup(count, nesting: nesting).with { $0.irqchip = irqchip }
        let machine = SecureMachine<NarrowSpace, Design>(setup, space: try space(count))
        return SlowSearch.report(machine, actions(count))
    }
}
