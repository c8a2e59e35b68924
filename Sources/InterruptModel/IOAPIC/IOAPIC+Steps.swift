/// Host steps are the same in front of every local APIC: they act on the IOAPIC, and what it
/// delivers goes to the bus.
extension IOAPIC {
    /// - Returns: false when the action is not enabled, or not one of the IOAPIC's.
    mutating func perform<Bus: InterruptBus, Sink: EventSink>(
        _ action: Action, _ configuration: Configuration<Space>, _ bus: inout Bus,
        _ sink: inout Sink
    ) -> Bool {
        guard case .ioapic(let verb) = action.verb else { return false }
        let pin = Int(action.first)
        switch verb {
        case .assert:
            guard !lines.contains(pin) else { return false }
            raise(pin, configuration, &bus, &sink)
        case .reassert:
            guard lines.contains(pin) else { return false }
            raise(pin, configuration, &bus, &sink)
        case .deassert:
            guard lines.contains(pin) else { return false }
            lower(pin, configuration, &bus, &sink)
        case .assertStatus:
            let status = raise(pin, reportsStatus: true, configuration, &bus, &sink)
            sink.note(.lineStatus(Int8(truncatingIfNeeded: status)))
        case .irqfd:
            guard configuration.resamplers.contains(pin) else { return false }
            raise(pin, resample: true, configuration, &bus, &sink)
        case .delayedWork:
            guard !delayed.isEmpty else { return false }
            runDelayedWork(configuration, &bus, &sink)
        case .mask: write(pin, configuration, &bus, &sink) { $0.masked = true }
        case .unmask: write(pin, configuration, &bus, &sink) { $0.masked = false }
        case .trigger:
            write(pin, configuration, &bus, &sink) { $0.level = action.second != 0 }
        case .retarget:
            let destination = Destination(code: action.second)
            let old = entry(pin).destination
            // The number is in the entry's high half, the mode in the low one: two writes.
            write(pin, configuration, &bus, &sink) {
                $0.destination = Destination(destination.number, isLogical: old.isLogical)
            }
            if old.isLogical != destination.isLogical {
                write(pin, configuration, &bus, &sink) { $0.destination = destination }
            }
        case .vector: write(pin, configuration, &bus, &sink) { $0.vector = Int(action.second) }
        case .rewrite: write(pin, configuration, &bus, &sink) { _ in }
        }
        return true
    }

    /// Writes a redirection entry: as it is, with one thing set. To write what stands there already
    /// is a write too.
    private mutating func write<Bus: InterruptBus, Sink: EventSink>(
        _ pin: Int, _ configuration: Configuration<Space>, _ bus: inout Bus,
        _ sink: inout Sink, _ change: (inout RedirectionEntry) -> Void
    ) {
        var entry = entry(pin)
        change(&entry)
        write(pin, entry, configuration, &bus, &sink)
    }
}
