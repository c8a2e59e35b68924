/// From the local APIC to the IOAPIC: `kvm_apic_set_eoi`, `kvm_ioapic_send_eoi` (kvm-interrupts §6,
/// §9.3).
extension Machine {
    /// KVM's part of an access to the EOI register.
    /// - Parameters:
    ///   - ended: what the guest has ended, or −1; nothing that KVM does goes by it.
    ///   - rising: a pin whose line rises while the EOI is handled, or −1.
    mutating func handle<Sink: EventSink>(
        _ number: Int, _ access: EOIAccess, ended: Int, rising: Int, into sink: inout Sink
    ) {
        let number = configuration.space.breaks(.eoiIsOfItsVCPU) ? 0 : number
        if !access.isWrite { sink.note(.eoiRead) }
        var decision = state.vcpus[number].decide(access, configuration)
        if decision.refuses { sink.note(.faulted) }
        if decision.usesVectorMinusOne {
            sink.note(.vectorMinusOne)
            return
        }
        while !decision.completes.isEmpty {
            let vector = decision.completes.highest
            decision.completes.remove(vector)
            state.vcpus[number].complete(vector, configuration.space)
            sink.note(.completed(vector: UInt8(truncatingIfNeeded: vector)))
            sendEOI(
                number, vector, rememberedLevel: decision.remembersLevel, rising: rising,
                into: &sink)
        }
        finishEOI(number, ended: ended, rising: rising, into: &sink)
    }

    /// Sends the EOI of `vector` on, if anybody waits for it: to KVM's own IOAPIC at once, to a
    /// userspace one by an exit that `finishEOI` makes.
    /// - Parameter rememberedLevel: whether the design remembers from injection that the interrupt
    ///   was level-triggered; otherwise TMR decides at this moment.
    private mutating func sendEOI<Sink: EventSink>(
        _ number: Int, _ vector: Int, rememberedLevel: Bool, rising: Int, into sink: inout Sink
    ) {
        let space = configuration.space
        let apic = state.vcpus[number].apic
        guard apic.handled.contains(vector) || space.breaks(.eoiNeedsHandledVector) else { return }
        if Int(apic.stale) == vector, !space.breaks(.staleEOIRescans) {
            state.vcpus[number].apic.scanRequested = true
        }
        let isSuppressed = apic.suppresses(configuration)
        if configuration.irqchip == .split {
            if isSuppressed {
                sink.note(.eoiSuppressed(vector: UInt8(truncatingIfNeeded: vector)))
                return
            }
            if space.breaks(.exitHasOneSlot) { exit(number, rising: rising, into: &sink) }
            state.vcpus[number].apic.exitVector = Int16(truncatingIfNeeded: vector)
            return
        }
        sink.note(.ioapicEOI(vector: UInt8(truncatingIfNeeded: vector)))
        let isLevel =
            rememberedLevel || apic.tmr.contains(vector) || space.breaks(.tmrIsSampledAtEOI)
        state.ioapic.end(
            vector, by: UInt8(number), as: isLevel ? .level : .edge, isSuppressed: isSuppressed,
            rising: rising, configuration, &state.vcpus, &sink)
    }

    /// All that an EOI completes has been sent on: makes the exit that is owed, or leaves it to
    /// the next entry.
    private mutating func finishEOI<Sink: EventSink>(
        _ number: Int, ended: Int, rising: Int, into sink: inout Sink
    ) {
        let vector = state.vcpus[number].apic.exitVector
        guard vector >= 0 else { return }
        guard configuration.exitsLate else { return exit(number, rising: rising, into: &sink) }
        state.vcpus[number].apic.exitEnded = Int16(truncatingIfNeeded: ended)
        sink.note(.exitRequested(vector: UInt8(truncatingIfNeeded: vector)))
    }

    /// The exit that an EOI has left to this entry: KVM_REQ_IOAPIC_EOI_EXIT.
    /// - Returns: false when none is owed.
    mutating func exitLate<Sink: EventSink>(_ number: Int, into sink: inout Sink) -> Bool {
        guard state.vcpus[number].apic.exitVector >= 0 else { return false }
        let ended = state.vcpus[number].apic.exitEnded
        if ended >= 0 { sink.note(.exitBegins(ended: UInt8(truncatingIfNeeded: ended))) }
        state.vcpus[number].apic.exitEnded = -1
        exit(number, rising: -1, into: &sink)
        return true
    }

    /// `KVM_EXIT_IOAPIC_EOI`, and what userspace's IOAPIC does about it. KVM looks at the handled
    /// vectors once more, before the scan that the same EOI may have asked for.
    private mutating func exit<Sink: EventSink>(
        _ number: Int, rising: Int, into sink: inout Sink
    ) {
        let vector = Int(state.vcpus[number].apic.exitVector)
        guard vector >= 0 else { return }
        state.vcpus[number].apic.exitVector = -1
        let space = configuration.space
        let apic = state.vcpus[number].apic
        guard apic.handled.contains(vector) || space.breaks(.eoiNeedsHandledVector) else { return }
        sink.note(.eoiExit(vector: UInt8(truncatingIfNeeded: vector)))
        sink.note(.ioapicEOI(vector: UInt8(truncatingIfNeeded: vector)))
        let mode: EOIMode =
            !space.breaks(.exitGoesByEntry) ? .entry : apic.tmr.contains(vector) ? .level : .edge
        state.ioapic.end(
            vector, by: UInt8(number), as: mode, isSuppressed: false, rising: rising,
            configuration, &state.vcpus, &sink)
    }
}
