/// Host steps are the same in both machines: they act on the IOAPIC, and what it delivers goes
/// to KVM's local APIC registers.
extension IOAPIC {
    /// - Returns: false when the action is not enabled.
    mutating func perform<Sink: EventSink>(
        _ action: Action, _ configuration: Configuration<Space>,
        _ apic: inout SoftwareAPIC<Space>, _ sink: inout Sink
    ) -> Bool {
        if case .msi(let vector) = action {
            apic.send(vector, configuration.space, &sink)
            return true
        }
        return perform(ioapic: action, configuration, &apic, &sink)
    }

    /// - Returns: false when the action is not enabled, or not one of the IOAPIC's.
    mutating func perform<Bus: InterruptBus, Sink: EventSink>(
        ioapic action: Action, _ configuration: Configuration<Space>, _ bus: inout Bus,
        _ sink: inout Sink
    ) -> Bool {
        switch action {
        case .assert(let pin):
            guard !lines.contains(Int(pin)) else { return false }
            raise(Int(pin), configuration, &bus, &sink)
        case .reassert(let pin):
            guard lines.contains(Int(pin)) else { return false }
            raise(Int(pin), configuration, &bus, &sink)
        case .deassert(let pin):
            guard lines.contains(Int(pin)) else { return false }
            lower(Int(pin), configuration, &bus, &sink)
        case .assertStatus(let pin):
            let status = raise(Int(pin), reportsStatus: true, configuration, &bus, &sink)
            sink.note(.lineStatus(Int8(truncatingIfNeeded: status)))
        case .irqfd(let pin):
            guard configuration.resamplers.contains(Int(pin)) else { return false }
            raise(Int(pin), resample: true, configuration, &bus, &sink)
        case .delayedWork:
            guard !delayed.isEmpty else { return false }
            runDelayedWork(configuration, &bus, &sink)
        default:
            return perform(entry: action, configuration, &bus, &sink)
        }
        return true
    }

    /// Redirection entry writes: the entry as it is, with one thing set. To write what stands there
    /// already is a write too.
    private mutating func perform<Bus: InterruptBus, Sink: EventSink>(
        entry action: Action, _ configuration: Configuration<Space>, _ bus: inout Bus,
        _ sink: inout Sink
    ) -> Bool {
        let pin: Int
        var changed: RedirectionEntry
        switch action {
        case .mask(let number):
            pin = Int(number)
            changed = entry(pin)
            changed.masked = true
        case .unmask(let number):
            pin = Int(number)
            changed = entry(pin)
            changed.masked = false
        case .trigger(let number, let trigger):
            pin = Int(number)
            changed = entry(pin)
            changed.level = trigger == .level
        case .retarget(let number, let destination):
            pin = Int(number)
            changed = entry(pin)
            changed.destination = Int(destination)
        case .vector(let number, let vector):
            pin = Int(number)
            changed = entry(pin)
            changed.vector = Int(vector)
        case .rewrite(let number):
            pin = Int(number)
            changed = entry(pin)
        default:
            return false
        }
        write(pin, changed, configuration, &bus, &sink)
        return true
    }
}
