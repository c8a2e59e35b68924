/// Redirection entry writes: `ioapic_write_indirect` (kvm-interrupts §5).
extension IOAPIC {
    /// Replaces the writable part of an entry. Remote IRR is not part of it.
    mutating func write<Bus: InterruptBus, Sink: EventSink>(
        _ pin: Int, _ entry: RedirectionEntry,
        _ configuration: Configuration<Space>, _ bus: inout Bus, _ sink: inout Sink
    ) {
        let space = configuration.space
        let old = self.entry(pin)
        if space.breaks(.sameValueIsWritten), entry == old { return }
        let wasMasked = old.masked
        program(pin, entry)
        bus.entryWritten(pin: pin, from: old, to: entry, configuration)
        if space.breaks(.remoteIRRIsReadOnly) { clearRemoteIRR(pin, configuration) }

        guard entry.level else {
            if !space.breaks(.edgeWriteClearsRemoteIRR) { clearRemoteIRR(pin, configuration) }
            if wasMasked, !entry.masked, irr.contains(pin), space.breaks(.unmaskDropsStoredEdge) {
                serve(pin, configuration, &bus, &sink)
            }
            return
        }
        guard irr.contains(pin), !entry.masked, !remoteIRR.contains(pin) else { return }
        let asksOwner =
            configuration.resamplers.contains(pin)
            && (configuration.irqchip == .split
                || configuration.kernelRules.contains(.unmaskResamples))
        if asksOwner, !space.breaks(.unmaskResamples) {
            // The stored level may be outdated: its owner has to raise the line again.
            irr.remove(pin)
            sink.note(.resampled(pin: UInt8(truncatingIfNeeded: pin)))
        } else if !space.breaks(.writeServesPendingLevel) {
            serve(pin, configuration, &bus, &sink)
        }
    }
}
