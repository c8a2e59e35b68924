/// A machine at one moment: its registers, and what they mean for the next EOI.
///
/// What is asked of it without a vCPU's number is asked of vCPU 0, as in a scenario's steps.
@dynamicMemberLookup
public struct Portrait: Hashable, Sendable {
    /// The registers that comparisons go by too.
    public var registers: Snapshot
    /// Pins whose line userspace holds high.
    public var lines: PinSet
    /// Pins whose Remote IRR waits for an EOI that cannot come any more.
    public var orphans = PinSet()
    /// Level pins that ask for service and will not get it.
    public var unserved = PinSet()
    /// What the next EOI of vCPU 0 would do.
    public var first = Prospect()
    /// The same of vCPU 1 and so on, where there are several.
    public var others: [Prospect] = []

    /// Everything clear, and nothing to end.
    public init() {
        registers = Snapshot()
        lines = PinSet()
    }

    /// The same with this vCPU alone, in the place of vCPU 0.
    package func seen(from vcpu: Int) -> Portrait {
        var seen = self
        seen.registers = registers.seen(from: vcpu)
        (seen.first, seen.others) = (vcpu == 0 ? first : others[vcpu - 1], [])
        return seen
    }

    /// What the next EOI of vCPU 0 would do.
    public subscript<Value>(dynamicMember path: WritableKeyPath<Prospect, Value>) -> Value {
        get { first[keyPath: path] }
        set { first[keyPath: path] = newValue }
    }

    /// The state invariants that do not hold.
    public var violations: InvariantSet {
        InvariantSet(
            orphans: orphans, unserved: unserved,
            isStale: ([first] + others).contains { !$0.stale.isEmpty })
    }

    /// Whether KVM would take an EOI of vCPU 0 for another vector than the guest ends, or for more.
    /// That nothing is completed is right of an edge.
    public var disagrees: Bool {
        guard let guestWouldEnd = first.guestWouldEnd, let completes = first.kvmWouldComplete else {
            return false
        }
        let ended = WideVectors([guestWouldEnd])
        return completes.isEmpty
            ? registers.tmr.contains(Int(guestWouldEnd)) : completes != ended
    }
}

/// What an EOI of one vCPU would do.
public struct Prospect: Hashable, Sendable {
    /// Vectors of the shadow ISR that are nowhere on their way.
    public var stale = WideVectors()
    /// The vector that an EOI of the guest would end now; nil where nothing is in service.
    public var guestWouldEnd: UInt8?
    /// The vectors that KVM would complete then; nil where that EOI would not reach KVM, or nothing
    /// is in service. The design says it, without being changed by it.
    public var kvmWouldComplete: WideVectors?

    /// Nothing to end.
    public init() {}
}

/// What happened up to a moment, and what the machine looks like then.
public struct Moment: Hashable, Sendable {
    /// Since the moment before, in order.
    public var events: [Event]
    /// The machine behind them.
    public var portrait: Portrait

    /// A moment of these events.
    public init(events: [Event], portrait: Portrait) {
        (self.events, self.portrait) = (events, portrait)
    }
}

/// One step with the moments in it.
public struct RecordedStep: Sendable {
    /// What vCPU entry did before the guest came to act; nil where that is nothing, or there was
    /// no entry.
    public var entry: Moment?
    /// What came behind it.
    public var own: Moment
    /// The step invariants that the step broke, and the state invariants that do not hold after
    /// it.
    public var violations: InvariantSet

    /// All that happened, as the lockstep compares it.
    public var observation: Observation {
        var observation = Observation()
        observation.events = (entry?.events ?? []) + own.events
        observation.snapshot = own.portrait.registers
        return observation
    }
}

extension Machine where CPU: WideCPU {
    /// What the machine looks like now.
    var portrait: Portrait {
        var portrait = Portrait()
        portrait.registers = snapshot
        portrait.lines = state.ioapic.lines
        portrait.orphans = orphans
        portrait.unserved = state.ioapic.unserved
        portrait.first = prospect(0)
        portrait.others = (1..<state.vcpus.count).map(prospect)
        return portrait
    }

    private func prospect(_ number: Int) -> Prospect {
        let vcpu = state.vcpus[number]
        var prospect = Prospect()
        prospect.stale = vcpu.stale
        let ended = vcpu.inService.highest
        guard ended >= 0 else { return prospect }
        prospect.guestWouldEnd = UInt8(truncatingIfNeeded: ended)
        prospect.kvmWouldComplete = vcpu.completions(ofEnding: ended, configuration)
        return prospect
    }

    /// Performs a step and keeps what it went through.
    /// - Returns: nil when the action is not enabled; nothing has changed then.
    mutating func record(_ action: Action, isAtomic: Bool) -> RecordedStep? {
        let before = self
        var seen = Observation()
        guard isAtomic ? perform(action, into: &seen) : step(action, into: &seen) else {
            return nil
        }
        let entry = isAtomic ? nil : before.entry(before: action)
        let rest = seen.events.dropFirst(entry?.events.count ?? 0)
        return RecordedStep(
            entry: entry, own: Moment(events: Array(rest), portrait: portrait),
            violations: seen.violations.union(violations))
    }

    /// What the entry does that a step begins with.
    private func entry(before action: Action) -> Moment? {
        guard beginsWithEntry(action) else { return nil }
        var machine = self
        var seen = EventTrace()
        machine.enter(Int(action.vcpu), into: &seen)
        return machine.snapshot == snapshot && seen.events.isEmpty
            ? nil : Moment(events: seen.events, portrait: machine.portrait)
    }
}
