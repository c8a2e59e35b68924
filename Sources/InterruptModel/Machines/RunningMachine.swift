/// What one step did: what happened in it, and the state after it.
public struct Observation: EventSink, Equatable, Sendable {
    /// The state behind the step; of a step that was not enabled, the state in which it was not.
    public var snapshot = Snapshot()
    /// In the order in which they happened.
    public var events: [Event] = []

    /// An empty record, for `RunningMachine.step` to fill.
    public init() {}

    /// Adds what happened next.
    public mutating func note(_ event: Event) { events.append(event) }

    /// The step invariants that the events break.
    var violations: InvariantSet {
        var monitor = StepMonitor()
        for event in events { monitor.note(event) }
        return monitor.violations
    }
}

/// A wide machine in operation, whatever its kind and design.
///
/// The machine's concrete type is known where the closures are made, so they are compiled for
/// it; behind a protocol value the same rules would run an order of magnitude slower.
public struct RunningMachine {
    private let stepping: (Action, Bool, inout Observation) -> InvariantSet?
    private let looking: () -> Snapshot
    private let portraying: () -> Portrait
    private let recording: (Action, Bool) -> RecordedStep?
    private let refusing: (Action) -> String
    private let graphing: ([Action], Bool, Int) -> StateGraph

    @inline(__always)
    init<Processors: ProcessorSet>(
        _ initial: Machine<Processors>
    ) where Processors.CPU: WideCPU {
        var machine = initial
        stepping = { action, isAtomic, seen in
            seen.events.removeAll(keepingCapacity: true)
            let performed =
                isAtomic ? machine.perform(action, into: &seen) : machine.step(action, into: &seen)
            seen.snapshot = machine.snapshot
            return performed ? seen.violations.union(machine.violations) : nil
        }
        looking = { machine.snapshot }
        portraying = { machine.portrait }
        recording = { machine.record($0, isAtomic: $1) }
        refusing = { machine.refusal(of: $0) }
        graphing = { machine.graph($0, isAtomic: $1, most: $2) }
    }

    /// A machine of this setup.
    /// - Parameters:
    ///   - design: what the hypervisor of a secure machine does with EOIs.
    ///   - space: intact, or with one rule broken for a mutant.
    public init(_ setup: MachineSetup, design: EOIDesignEntry, space: WideSpace = WideSpace()) {
        switch setup.kind {
        case .plain where setup.vcpus == 1: self.init(PlainMachine(setup, space: space))
        case .plain:
            self.init(Machine<Processors<PlainVCPU<WideSpace>>>(setup, space: space))
        case .secure: self = design.makeSecureMachine(setup, space)
        }
    }

    /// Performs one step.
    /// - Parameters:
    ///   - isAtomic: exactly this action, not the guest step around it.
    ///   - seen: replaced by what the step did.
    /// - Returns: the step invariants that the step broke, and the state invariants that do not
    ///   hold after it; nil when the action is not enabled, and nothing has changed.
    public func step(
        _ action: Action, isAtomic: Bool = false, into seen: inout Observation
    ) -> InvariantSet? {
        stepping(action, isAtomic, &seen)
    }

    /// Performs one step as `step` does, and keeps what it went through.
    /// - Returns: nil when the action is not enabled; nothing has changed then.
    public func record(_ action: Action, isAtomic: Bool = false) -> RecordedStep? {
        recording(action, isAtomic)
    }

    /// The state now, and what an EOI would do in it.
    public var portrait: Portrait { portraying() }

    /// The state now.
    public var snapshot: Snapshot { looking() }

    /// What can be reached from the state now.
    func graph(_ actions: [Action], isAtomic: Bool, most: Int) -> StateGraph {
        graphing(actions, isAtomic, most)
    }

    /// Why an action that was not enabled is not, as a clause: `line 2 is high already`.
    public func refusal(of action: Action) -> String { refusing(action) }
}
