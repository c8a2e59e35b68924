/// Host steps are the same in front of every local APIC: they act on the IOAPIC, and what it
/// delivers goes to the bus.
extension IOAPIC {
    /// - Returns: false when the action is not enabled, or not one of the IOAPIC's.
    mutating func perform<Bus: InterruptBus, Sink: EventSink>(
        _ action: Action, _ configuration: Configuration<Space>, _ bus: inout Bus,
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
        case .mask(let pin): write(pin, configuration, &bus, &sink) { $0.masked = true }
        case .unmask(let pin): write(pin, configuration, &bus, &sink) { $0.masked = false }
        case .trigger(let pin, let trigger):
            write(pin, configuration, &bus, &sink) { $0.level = trigger == .level }
        case .retarget(let pin, let destination):
            write(pin, configuration, &bus, &sink) { $0.destination = Int(destination) }
        case .vector(let pin, let vector):
            write(pin, configuration, &bus, &sink) { $0.vector = Int(vector) }
        case .rewrite(let pin): write(pin, configuration, &bus, &sink) { _ in }
        case .msi, .reset, .initSignal, .extINT, .lateExit, .scan, .inject, .vmrun, .accept,
            .run, .sti, .cli, .eoi, .eoiRaising, .nonzeroEOI, .readEOI, .spuriousEOI,
            .directedEOI, .tpr, .ipi, .enableSAVIC, .allow, .disallow, .enableAPIC, .disableAPIC,
            .suppressBroadcast:
            return false
        }
        return true
    }

    /// Writes a redirection entry: as it is, with one thing set. To write what stands there already
    /// is a write too.
    private mutating func write<Bus: InterruptBus, Sink: EventSink>(
        _ pin: UInt8, _ configuration: Configuration<Space>, _ bus: inout Bus,
        _ sink: inout Sink, _ change: (inout RedirectionEntry) -> Void
    ) {
        var entry = entry(Int(pin))
        change(&entry)
        write(Int(pin), entry, configuration, &bus, &sink)
    }
}
