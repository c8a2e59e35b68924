/// From the local APIC to the IOAPIC: `kvm_ioapic_send_eoi` (kvm-interrupts §6, §9.3).
extension SoftwareAPIC {
    /// Sends the EOI of `vector` on, if anybody waits for it: to KVM's own IOAPIC at once, to a
    /// userspace one by an exit that `finishEOI` makes.
    /// - Parameters:
    ///   - rememberedLevel: whether the design remembers from injection that the interrupt was
    ///     level-triggered; otherwise TMR decides at this moment.
    ///   - rising: a pin whose line rises while the EOI is handled, or −1.
    mutating func sendEOI<Sink: EventSink>(
        _ vector: Int, rememberedLevel: Bool, rising: Int, to ioapic: inout IOAPIC<Space>,
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) {
        let space = configuration.space
        guard handled.contains(vector) || space.breaks(.eoiNeedsHandledVector) else { return }
        if Int(stale) == vector, !space.breaks(.staleEOIRescans) { scanRequested = true }
        let isSuppressed = suppresses(configuration)
        if configuration.irqchip == .split {
            if isSuppressed {
                sink.note(.eoiSuppressed(vector: UInt8(truncatingIfNeeded: vector)))
                return
            }
            if space.breaks(.exitHasOneSlot) {
                exit(rising: rising, to: &ioapic, configuration, &sink)
            }
            exitVector = Int16(truncatingIfNeeded: vector)
            return
        }
        sink.note(.ioapicEOI(vector: UInt8(truncatingIfNeeded: vector)))
        let isLevel = rememberedLevel || tmr.contains(vector) || space.breaks(.tmrIsSampledAtEOI)
        ioapic.end(
            vector, as: isLevel ? .level : .edge, isSuppressed: isSuppressed, rising: rising,
            configuration, &self, &sink)
    }

    /// All that an EOI completes has been sent on: makes the exit that is owed, or leaves it to
    /// the next entry.
    /// - Parameter ended: what the guest ended, or −1.
    mutating func finishEOI<Sink: EventSink>(
        ended: Int, rising: Int, to ioapic: inout IOAPIC<Space>,
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) {
        guard exitVector >= 0 else { return }
        guard configuration.exitsLate else {
            return exit(rising: rising, to: &ioapic, configuration, &sink)
        }
        exitEnded = Int16(truncatingIfNeeded: ended)
        sink.note(.exitRequested(vector: UInt8(truncatingIfNeeded: exitVector)))
    }

    /// The exit that an EOI has left to this entry: KVM_REQ_IOAPIC_EOI_EXIT.
    /// - Returns: false when none is owed.
    mutating func exitLate<Sink: EventSink>(
        to ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool {
        guard exitVector >= 0 else { return false }
        if exitEnded >= 0 { sink.note(.exitBegins(ended: UInt8(truncatingIfNeeded: exitEnded))) }
        exitEnded = -1
        exit(rising: -1, to: &ioapic, configuration, &sink)
        return true
    }

    /// `KVM_EXIT_IOAPIC_EOI`, and what userspace's IOAPIC does about it. KVM looks at the handled
    /// vectors once more, before the scan that the same EOI may have asked for.
    private mutating func exit<Sink: EventSink>(
        rising: Int, to ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>,
        _ sink: inout Sink
    ) {
        let vector = Int(exitVector)
        guard vector >= 0 else { return }
        exitVector = -1
        let space = configuration.space
        guard handled.contains(vector) || space.breaks(.eoiNeedsHandledVector) else { return }
        sink.note(.eoiExit(vector: UInt8(truncatingIfNeeded: vector)))
        sink.note(.ioapicEOI(vector: UInt8(truncatingIfNeeded: vector)))
        let mode: EOIMode =
            !space.breaks(.exitGoesByEntry) ? .entry : tmr.contains(vector) ? .level : .edge
        ioapic.end(
            vector, as: mode, isSuppressed: false, rising: rising, configuration, &self, &sink)
    }

    /// Whether SPIV bit 12 is set and in force (kvm-interrupts §6.2).
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

    /// Userspace's change of routes asks every vCPU to scan, KVM's own IOAPIC only those that the
    /// entry meant or means (`kvm_bitmap_or_dest_vcpus`).
    public mutating func entryWritten<AnySpace: VectorSpace>(
        pin: Int, from old: RedirectionEntry, to entry: RedirectionEntry,
        _ configuration: Configuration<AnySpace>
    ) {
        let concernsThis =
            configuration.irqchip == .split || old.destination.includes(identifier)
            || entry.destination.includes(identifier)
            || configuration.space.breaks(.entryWriteAsksItsDestinations)
        if concernsThis { scanRequested = true }
    }
}
