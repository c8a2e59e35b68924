/// As what an EOI counts.
enum EOIMode {
    case edge, level
    /// For each pin as what its entry says.
    case entry
}

/// End of interrupt: `kvm_ioapic_update_eoi` and `kvm_ioapic_update_eoi_one`
/// (kvm-interrupts §6).
extension IOAPIC {
    /// Ends `vector` on every pin that has it, in pin order: the IOAPIC does not know on which
    /// vCPU a pin's interrupt was.
    /// - Parameters:
    ///   - vcpu: the vCPU whose EOI it is.
    ///   - mode: the trigger mode that this EOI counts as.
    ///   - isSuppressed: whether EOI-broadcast suppression keeps Remote IRR set.
    ///   - rising: a pin whose line rises while the EOI is handled, or −1.
    mutating func end<Bus: InterruptBus, Sink: EventSink>(
        _ vector: Int, by vcpu: UInt8, as mode: EOIMode, isSuppressed: Bool, rising: Int = -1,
        _ configuration: Configuration<Space>, _ bus: inout Bus, _ sink: inout Sink
    ) {
        endRTC(vector, by: vcpu, configuration, &sink)
        var pins = configuration.pins
        while case let pin = pins.popLowest(), pin >= 0 {
            guard vectors[pin] == vector else { continue }
            if masked.contains(pin), configuration.space.breaks(.eoiIgnoresMask) { continue }
            acknowledge(pin, vector, by: vcpu, configuration, &bus, &sink)
            if pin == rising { rise(pin, configuration, &bus, &sink) }
            let isLevel = mode == .level || mode == .entry && level.contains(pin)
            if isLevel, !isSuppressed { release(pin, configuration, &bus, &sink) }
            if configuration.space.breaks(.everyPinIsAcknowledged) { break }
        }
        rise(rising, configuration, &bus, &sink)
    }

    /// Raises a line that rises while an EOI is under way: once, wherever that catches it.
    mutating func rise<Bus: InterruptBus, Sink: EventSink>(
        _ pin: Int, _ configuration: Configuration<Space>, _ bus: inout Bus, _ sink: inout Sink
    ) {
        guard pin >= 0, !lines.contains(pin) else { return }
        raise(pin, configuration, &bus, &sink)
    }

    /// The IOAPIC's own EOI register, version 0x20: ends level pins by their entry, not by a TMR.
    mutating func endDirectly<Bus: InterruptBus, Sink: EventSink>(
        _ vector: Int, by vcpu: UInt8, _ configuration: Configuration<Space>, _ bus: inout Bus,
        _ sink: inout Sink
    ) {
        guard configuration.hasEOIRegister, !configuration.space.breaks(.eoiRegisterClearsRemoteIRR)
        else { return }
        var pins = configuration.pins.intersection(level)
        while case let pin = pins.popLowest(), pin >= 0 {
            guard vectors[pin] == vector else { continue }
            acknowledge(pin, vector, by: vcpu, configuration, &bus, &sink)
            release(pin, configuration, &bus, &sink)
        }
    }

    /// How a guest ends a level interrupt at the IOAPIC itself, as Linux does (`eoi_ioapic_pin`,
    /// arch/x86/kernel/apic/io_apic.c): by the EOI register where there is one, else by entries
    /// that are masked and edge for a moment, which clears Remote IRR.
    /// - Returns: the pins of these entries; nil for the register.
    func pinsToToggle(toEnd vector: Int, _ configuration: Configuration<Space>) -> PinSet? {
        configuration.hasEOIRegister ? nil : levelPins(of: vector, configuration)
    }

    /// Ack notifiers of one pin. KVM calls them with Remote IRR still set.
    private mutating func acknowledge<Bus: InterruptBus, Sink: EventSink>(
        _ pin: Int, _ vector: Int, by vcpu: UInt8,
        _ configuration: Configuration<Space>, _ bus: inout Bus, _ sink: inout Sink
    ) {
        let takers = takers[pin]
        if takers != 0, takers >> Int(vcpu) & 1 == 0 {
            sink.note(.takenElsewhere(pin: UInt8(truncatingIfNeeded: pin)))
        }
        sink.note(
            .acknowledged(
                pin: UInt8(truncatingIfNeeded: pin), vector: UInt8(truncatingIfNeeded: vector)))
        guard configuration.resamplers.contains(pin) else { return }
        if !configuration.space.breaks(.acknowledgeLowersResampleSource) {
            lower(pin, resample: true, configuration, &bus, &sink)
        }
        sink.note(.resampled(pin: UInt8(truncatingIfNeeded: pin)))
    }

    /// Clears Remote IRR and serves a line that is still high again.
    private mutating func release<Bus: InterruptBus, Sink: EventSink>(
        _ pin: Int, _ configuration: Configuration<Space>, _ bus: inout Bus, _ sink: inout Sink
    ) {
        let space = configuration.space
        if !space.breaks(.eoiClearsRemoteIRR) { clearRemoteIRR(pin, configuration) }
        guard irr.contains(pin), !masked.contains(pin) else {
            if !space.breaks(.lowLineResetsCount) { successiveEOIs[pin] = 0 }
            return
        }
        successiveEOIs[pin] += 1
        if successiveEOIs[pin] >= Configuration<Space>.successiveEOILimit,
            !space.breaks(.eoiStormIsDelayed)
        {
            successiveEOIs[pin] = 0
            delayed.insert(pin)
            sink.note(.delayed(pin: UInt8(truncatingIfNeeded: pin)))
        } else if !space.breaks(.eoiServesAgain) {
            serve(pin, configuration, &bus, &sink)
        }
    }
}
