/// What one step did: its events, the state after it, and the invariants that do not hold.
public struct StepRecord: EventSink, Sendable {
    /// In the order in which they happened.
    public private(set) var events: [Event] = []
    /// The state behind the step; of a step that was not enabled, the state in which it was not.
    public internal(set) var snapshot = Snapshot()
    /// Step invariants that the step broke, and state invariants that do not hold after it.
    public private(set) var violations: InvariantSet = []
    private var monitor = StepMonitor()

    /// An empty record, for `RunningMachine.step` to fill.
    public init() {}

    public mutating func note(_ event: Event) {
        events.append(event)
        monitor.note(event)
    }

    mutating func begin() {
        events.removeAll(keepingCapacity: true)
        monitor = StepMonitor()
    }

    mutating func finish(_ snapshot: Snapshot, _ stateViolations: InvariantSet) {
        self.snapshot = snapshot
        violations = monitor.violations.union(stateViolations)
    }
}

/// A wide machine in operation, whatever its kind and design.
///
/// The machine's concrete type is known where the closures are made, so they are compiled for
/// it; behind a protocol value the same rules would run an order of magnitude slower.
public struct RunningMachine {
    private let stepping: (Action, Bool, inout StepRecord) -> Bool
    private let looking: () -> Snapshot
    private let refusing: (Action) -> String

    @inline(__always)
    init<CPU: WideCPU>(_ initial: Machine<CPU>) {
        var machine = initial
        stepping = { action, isAtomic, record in
            record.begin()
            let performed =
                isAtomic
                ? machine.perform(action, into: &record) : machine.step(action, into: &record)
            record.finish(machine.snapshot, machine.violations)
            return performed
        }
        looking = { machine.snapshot }
        refusing = { machine.refusal(of: $0) }
    }

    /// A machine of this setup.
    /// - Parameters:
    ///   - design: what the hypervisor of a secure machine does with EOIs.
    ///   - space: intact, or with one rule broken for a mutant.
    public init(_ setup: MachineSetup, design: EOIDesignEntry, space: WideSpace = WideSpace()) {
        switch setup.kind {
        case .plain: self.init(PlainMachine(setup, space: space))
        case .secure: self = design.makeSecureMachine(setup, space)
        }
    }

    /// Performs one step.
    /// - Parameters:
    ///   - isAtomic: exactly this action, not the guest step around it.
    ///   - record: replaced by what the step did.
    /// - Returns: false when the action is not enabled; nothing has changed then.
    public func step(_ action: Action, isAtomic: Bool = false, into record: inout StepRecord)
        -> Bool
    {
        stepping(action, isAtomic, &record)
    }

    /// The state now.
    public var snapshot: Snapshot { looking() }

    /// Why an action that was not enabled is not, as a clause: `line 2 is high already`.
    public func refusal(of action: Action) -> String { refusing(action) }
}
