/// From the local APIC to the IOAPIC: `kvm_ioapic_send_eoi` (kvm-snp-uapi §5.6, §5.9).
extension SoftwareAPIC {
    /// Sends the EOI of `vector` on, if anybody waits for it.
    /// - Parameters:
    ///   - rememberedLevel: whether the design remembers from injection that the interrupt was
    ///     level-triggered; otherwise TMR decides at this moment.
    ///   - rising: a pin whose line rises while the EOI is handled, or −1.
    mutating func sendEOI<Sink: EventSink>(
        _ vector: Int, rememberedLevel: Bool, rising: Int, to ioapic: inout IOAPIC<Space>,
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) {
        guard handled.contains(vector) || configuration.space.breaks(.eoiNeedsHandledVector)
        else { return }
        if Int(stale) == vector, !configuration.space.breaks(.staleEOIRescans) {
            scanRequested = true
        }
        let isSuppressed = suppresses(configuration)
        if configuration.irqchip == .split {
            if isSuppressed {
                sink.note(.eoiSuppressed(vector: UInt8(truncatingIfNeeded: vector)))
                return
            }
            sink.note(.eoiExit(vector: UInt8(truncatingIfNeeded: vector)))
        }
        sink.note(.ioapicEOI(vector: UInt8(truncatingIfNeeded: vector)))
        let isLevel =
            rememberedLevel || tmr.contains(vector)
            || configuration.space.breaks(.tmrIsSampledAtEOI)
        ioapic.end(
            vector, isLevel: isLevel, isSuppressed: isSuppressed, rising: rising, configuration,
            &self, &sink)
    }

    /// Whether SPIV bit 12 is set and in force (kvm-snp-uapi §5.6).
    func suppresses(_ configuration: Configuration<Space>) -> Bool {
        guard suppressesBroadcast, !configuration.space.breaks(.suppressionHoldsEOI) else {
            return false
        }
        return switch configuration.broadcastSuppression {
        case .quirk: configuration.irqchip == .kernel
        case .enabled: configuration.irqchip == .split
        case .disabled: false
        }
    }
}

/// The model's own interrupt bus: one vCPU's local APIC.
extension SoftwareAPIC: InterruptBus {
    public mutating func deliver<AnySpace: VectorSpace, Sink: EventSink>(
        pin: Int, entry: RedirectionEntry, in space: AnySpace, into sink: inout Sink
    ) -> Int {
        accept(
            entry.vector, level: entry.level, destination: entry.destination, space, &sink)
    }

    public mutating func entryWritten(pin: Int, entry: RedirectionEntry) {
        scanRequested = true
    }
}
