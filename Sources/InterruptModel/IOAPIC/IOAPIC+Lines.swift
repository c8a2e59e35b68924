/// Lines and service: `ioapic_set_irq` and `ioapic_service` (kvm-interrupts §2, §3).
extension IOAPIC {
    /// Raises line source 0 or 1 of a pin.
    /// - Returns: what KVM_IRQ_LINE_STATUS returns.
    @discardableResult
    mutating func raise<Bus: InterruptBus, Sink: EventSink>(
        _ pin: Int, resample: Bool = false, reportsStatus: Bool = false,
        _ configuration: Configuration<Space>, _ bus: inout Bus, _ sink: inout Sink
    ) -> Int {
        if resample { resampleLines.insert(pin) } else { lines.insert(pin) }
        return present(pin, reportsStatus: reportsStatus, configuration, &bus, &sink)
    }

    /// A high line is presented to the IOAPIC, for the first time or once more.
    private mutating func present<Bus: InterruptBus, Sink: EventSink>(
        _ pin: Int, reportsStatus: Bool = false,
        _ configuration: Configuration<Space>, _ bus: inout Bus, _ sink: inout Sink
    ) -> Int {
        if reportsStatus, configuration.tracksRTC, pin == configuration.rtcPin, rtc.isPending,
            !configuration.space.breaks(.rtcCoalesces)
        {
            return 0
        }
        let wasHigh = irr.contains(pin)
        irr.insert(pin)
        if level.contains(pin) {
            if configuration.space.breaks(.levelAssertServes) { return -1 }
        } else if wasHigh, !configuration.space.breaks(.edgeNeedsLowPhase) {
            return 0
        }
        return serve(pin, reportsStatus: reportsStatus, configuration, &bus, &sink)
    }

    /// Lowers one source of a pin. The line is low when no other source holds it; otherwise KVM
    /// presents the level that is left once more.
    mutating func lower<Bus: InterruptBus, Sink: EventSink>(
        _ pin: Int, resample: Bool = false,
        _ configuration: Configuration<Space>, _ bus: inout Bus, _ sink: inout Sink
    ) {
        if resample { resampleLines.remove(pin) } else { lines.remove(pin) }
        if configuration.space.breaks(.deassertOnlyLowersLine) {
            clearRemoteIRR(pin, configuration)
        }
        let isHeld = lines.contains(pin) || resampleLines.contains(pin)
        if isHeld, !configuration.space.breaks(.sourcesAreJoined) {
            _ = present(pin, configuration, &bus, &sink)
        } else {
            irr.remove(pin)
        }
    }

    /// Delivers a pin's interrupt unless its mask or Remote IRR forbids it.
    /// - Returns: how many local APICs accepted; −1 when the pin is blocked.
    @discardableResult
    mutating func serve<Bus: InterruptBus, Sink: EventSink>(
        _ pin: Int, reportsStatus: Bool = false,
        _ configuration: Configuration<Space>, _ bus: inout Bus, _ sink: inout Sink
    ) -> Int {
        let space = configuration.space
        let isLevel = level.contains(pin)
        if masked.contains(pin), !space.breaks(.maskBlocksService) { return -1 }
        if isLevel, remoteIRR.contains(pin), !space.breaks(.remoteIRRBlocksService) { return -1 }

        let delivery = bus.deliver(pin: pin, entry: entry(pin), in: space, into: &sink)
        if reportsStatus, configuration.notesRTC, pin == configuration.rtcPin {
            for vcpu in UInt8(0)..<8 where delivery.vcpus >> vcpu & 1 != 0 {
                rtc.note(vectors[pin], of: vcpu)
            }
        }
        if isLevel, delivery.count != 0 || space.breaks(.remoteIRRNeedsAcceptance),
            !space.breaks(.serviceSetsRemoteIRR)
        {
            setRemoteIRR(pin, takenBy: delivery.vcpus, configuration)
        }
        return delivery.count
    }

    /// What the 10,000th successive EOI scheduled: every pending level line gets another chance.
    mutating func runDelayedWork<Bus: InterruptBus, Sink: EventSink>(
        _ configuration: Configuration<Space>, _ bus: inout Bus, _ sink: inout Sink
    ) {
        delayed = PinSet()
        var pending = irr.intersection(level).subtracting(remoteIRR)
        while case let pin = pending.popLowest(), pin >= 0 {
            serve(pin, configuration, &bus, &sink)
        }
    }
}
