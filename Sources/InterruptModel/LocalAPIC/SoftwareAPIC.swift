/// The local APIC registers that KVM keeps in memory for one vCPU (`lapic.c`).
///
/// In a plain machine they are the local APIC. In a secure one they are KVM's view of an APIC
/// that it cannot see: `isr` is then the **shadow ISR** of RFC patch 13/17, which keeps its
/// tracker in this very register.
public struct SoftwareAPIC<Space: VectorSpace>: Hashable, Sendable, BitwiseCopyable {
    /// Requests that have not been taken, or (secure) not been handed off.
    public internal(set) var irr = Space.Vectors()
    /// What the guest has in service; on a secure machine the level vectors that KVM has handed off
    /// and not completed.
    public internal(set) var isr = Space.Vectors()
    /// Set for a vector whose last request was level-triggered.
    public internal(set) var tmr = Space.Vectors()

    /// Vectors whose EOI goes on to the IOAPIC (`ioapic_handled_vectors`).
    public internal(set) var handled = Space.Vectors()
    /// The highest handled vector that only an interrupt in flight keeps handled, or −1
    /// (`highest_stale_pending_ioapic_eoi`).
    var stale: Int16 = -1
    /// KVM_REQ_SCAN_IOAPIC: the next vCPU entry rebuilds `handled`.
    var scanRequested = false

    /// The vector whose EOI exit a split irqchip owes, or −1 (`pending_ioapic_eoi`): one slot.
    var exitVector: Int16 = -1
    /// What the guest ended when that was asked for, or −1. KVM does not know it; it says later
    /// whether an acknowledgement was right.
    var exitEnded: Int16 = -1

    /// SPIV bit 8 as KVM knows it.
    public internal(set) var enabled = true
    /// SPIV bit 12 as KVM knows it.
    var suppressesBroadcast = false
    /// Physical APIC identifier; part of a vCPU's identity, not of its history.
    let identifier: UInt8

    /// Enabled, nothing pending, in service or handled.
    /// - Parameter identifier: the physical APIC identifier, which is the vCPU's number.
    public init(identifier: UInt8 = 0) { self.identifier = identifier }

    /// Takes a fixed interrupt: `__apic_accept_irq` (kvm-interrupts §7).
    /// - Returns: false when it is not for this APIC, or when the APIC is disabled.
    mutating func accept<AnySpace: VectorSpace, Sink: EventSink>(
        _ vector: Int, level: Bool, destination: Destination, _ space: AnySpace, _ sink: inout Sink
    ) -> Bool {
        guard isMeant(by: destination, space) else { return false }
        return take(vector, level: level, space, &sink)
    }

    /// The same of a message that is for this one.
    private mutating func take<AnySpace: VectorSpace, Sink: EventSink>(
        _ vector: Int, level: Bool, _ space: AnySpace, _ sink: inout Sink
    ) -> Bool {
        guard enabled || space.breaks(.disabledAPICDrops) else { return false }
        // TMR before IRR, as KVM writes them.
        if level {
            if !space.breaks(.levelRequestSetsTMR) { tmr.insert(vector) }
        } else if !space.breaks(.edgeRequestClearsTMR) {
            tmr.remove(vector)
        }
        irr.insert(vector)
        sink.note(
            .delivered(vector: UInt8(truncatingIfNeeded: vector), level: level, to: identifier))
        return true
    }

    private func isMeant<AnySpace: VectorSpace>(
        by destination: Destination, _ space: AnySpace
    ) -> Bool {
        let identifier = space.breaks(.eachIsAskedForItself) ? 0 : identifier
        let asked =
            space.breaks(.logicalSetHasMembers) ? Destination(destination.number) : destination
        return asked.includes(identifier) || space.breaks(.destinationMustMatch)
    }

    /// Takes a message that is for this local APIC alone, an edge.
    mutating func send<AnySpace: VectorSpace, Sink: EventSink>(
        _ vector: UInt8, _ space: AnySpace, _ sink: inout Sink
    ) {
        _ = take(Int(vector), level: false, space, &sink)
    }

    /// Whether the next entry has an EOI exit to make before anything else happens to the guest.
    func owesExit(_ configuration: Configuration<Space>) -> Bool {
        configuration.exitsLate && exitVector >= 0
    }

    /// Rebuilds the handled vectors: KVM_REQ_SCAN_IOAPIC (kvm-interrupts §9.1).
    mutating func scan(_ ioapic: IOAPIC<Space>, _ configuration: Configuration<Space>) {
        let space = configuration.space
        let rules = configuration.kernelRules
        let keepsInFlight =
            (configuration.irqchip == .kernel || rules.contains(.splitKeepsInFlight))
            && !space.breaks(.staleVectorStaysHandled)
        let forgetsStale = rules.contains(.staleVectorForgotten)
        scanRequested = false
        handled = Space.Vectors()
        stale = -1
        let inFlight = irr.union(isr)
        let identifier = space.breaks(.handledVectorsAreItsOwn) ? 0 : identifier
        let rtcVector = ioapic.rtc.vector(of: identifier)
        if rtcVector >= 0 { handled.insert(rtcVector) }
        var candidates = configuration.pins
        if !space.breaks(.edgeIsNotHandled) {
            candidates = candidates.intersection(
                ioapic.level.union(configuration.handledByNotifier))
        }
        while case let pin = candidates.popLowest(), pin >= 0 {
            let vector = ioapic.vectors[pin]
            if ioapic.destination(of: pin).includes(identifier) {
                handled.insert(vector)
            } else if keepsInFlight, inFlight.contains(vector) {
                handled.insert(vector)
                if forgetsStale { stale = max(stale, Int16(truncatingIfNeeded: vector)) }
            }
        }
    }
}

extension Configuration {
    /// Pins that an ack notifier puts on KVM's own list of handled vectors, in edge mode too;
    /// a split irqchip looks at level routes only (kvm-interrupts §9.1).
    var handledByNotifier: PinSet {
        guard irqchip == .kernel, !space.breaks(.notifierMakesHandled) else { return PinSet() }
        var pins = resamplers.union(notifiers)
        if rtcPin >= 0 { pins.insert(rtcPin) }
        return pins
    }
}
