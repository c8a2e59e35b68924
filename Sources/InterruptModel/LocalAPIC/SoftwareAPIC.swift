/// The local APIC registers that KVM keeps in memory for one vCPU (`lapic.c`).
///
/// In a plain machine they are the local APIC. In a secure one they are KVM's view of an APIC
/// that it cannot see: `isr` is then the **shadow ISR** of RFC patch 13/17, which keeps its
/// tracker in this very register.
public struct SoftwareAPIC<Space: VectorSpace>: Hashable, Sendable, BitwiseCopyable {
    public internal(set) var irr = Space.Vectors()
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

    /// SPIV bit 8 as KVM knows it.
    public internal(set) var enabled = true
    /// SPIV bit 12 as KVM knows it.
    var suppressesBroadcast = false
    /// Physical APIC identifier; part of a vCPU's identity, not of its history.
    var identifier: UInt8 = 0

    public init() {}

    /// Takes a fixed interrupt: `__apic_accept_irq` (kvm-snp-uapi §5.7).
    /// - Returns: 1 when accepted, 0 when not for this APIC or when it is disabled.
    mutating func accept<AnySpace: VectorSpace, Sink: EventSink>(
        _ vector: Int, level: Bool, destination: Int, _ space: AnySpace, _ sink: inout Sink
    ) -> Int {
        let matches = destination == Int(identifier) || destination == 0xFF
        guard matches || space.breaks(.destinationMustMatch) else { return 0 }
        guard enabled || space.breaks(.disabledAPICDrops) else { return 0 }
        // TMR before IRR, as KVM writes them.
        if level {
            if !space.breaks(.levelRequestSetsTMR) { tmr.insert(vector) }
        } else if !space.breaks(.edgeRequestClearsTMR) {
            tmr.remove(vector)
        }
        irr.insert(vector)
        sink.note(.delivered(vector: UInt8(truncatingIfNeeded: vector), level: level))
        return 1
    }

    /// Rebuilds the handled vectors: KVM_REQ_SCAN_IOAPIC (kvm-snp-uapi §5.9).
    mutating func scan(_ ioapic: IOAPIC<Space>, _ configuration: Configuration<Space>) {
        let space = configuration.space
        scanRequested = false
        handled = Space.Vectors()
        stale = -1
        let inFlight = irr.union(isr)
        if ioapic.rtcVector >= 0 { handled.insert(Int(ioapic.rtcVector)) }
        var candidates = configuration.pins
        if !space.breaks(.edgeIsNotHandled) {
            candidates = candidates.intersection(
                ioapic.level.union(configuration.handledByNotifier))
        }
        while case let pin = candidates.popLowest(), pin >= 0 {
            let vector = ioapic.vectors[pin]
            let destination = ioapic.destinations[pin]
            if destination == Int(identifier) || destination == 0xFF {
                handled.insert(vector)
            } else if inFlight.contains(vector), !space.breaks(.staleVectorStaysHandled) {
                handled.insert(vector)
                stale = max(stale, Int16(truncatingIfNeeded: vector))
            }
        }
    }
}

extension Configuration {
    /// Pins that an ack notifier puts on KVM's own list of handled vectors, in edge mode too;
    /// a split irqchip looks at level routes only (kvm-snp-uapi §5.9).
    var handledByNotifier: PinSet {
        guard irqchip == .kernel, !space.breaks(.notifierMakesHandled) else { return PinSet() }
        var pins = resamplers.union(notifiers)
        if rtcPin >= 0 { pins.insert(rtcPin) }
        return pins
    }
}
