/// What KVM's own IOAPIC notes of RTC interrupts that KVM_IRQ_LINE_STATUS has delivered and that
/// have not been ended: `rtc_status` of ioapic.c.
struct RTCStatus: Hashable, Sendable, BitwiseCopyable {
    /// For each vCPU the vector delivered to it, or −1 (`dest_map`). It is the vector delivered,
    /// whatever the entry says now. Where KVM tracks the RTC, it counts as many EOIs as pending
    /// as vCPUs are noted here.
    private var vectors = SIMD8<Int16>(repeating: -1)

    /// Whether an EOI has to come.
    var isPending: Bool { vectors.max() >= 0 }

    /// The vector that a vCPU has to end, or −1.
    func vector(of vcpu: UInt8) -> Int { Int(vectors[Int(vcpu)]) }

    mutating func note(_ vector: Int, of vcpu: UInt8) {
        vectors[Int(vcpu)] = Int16(truncatingIfNeeded: vector)
    }
}

/// KVM's tracking of them serves guests that lose time when ticks coalesce.
extension IOAPIC {
    /// An EOI of `vector` by a vCPU reaches the IOAPIC: `rtc_irq_eoi`.
    mutating func endRTC<Sink: EventSink>(
        _ vector: Int, by vcpu: UInt8, _ configuration: Configuration<Space>, _ sink: inout Sink
    ) {
        guard configuration.notesRTC, rtc.vector(of: vcpu) == vector else { return }
        rtc.note(-1, of: vcpu)
        // RFC patch 14 leaves the count alone and the note of the destination in place, so this
        // EOI takes the count below 0. KVM then derives both anew, which for a protected APIC
        // is nothing.
        if !configuration.tracksRTC { sink.note(.hostWarning(.rtcCount)) }
    }

    /// State has been written to a local APIC: `__rtc_irq_eoi_tracking_restore_one`.
    mutating func restoreRTC(
        of apic: SoftwareAPIC<Space>, _ configuration: Configuration<Space>
    ) {
        let pin = configuration.rtcPin
        guard configuration.tracksRTC, !configuration.space.breaks(.stateRestoreDerivesRTC),
            destination(of: pin).includes(apic.identifier)
        else { return }
        let vector = vectors[pin]
        let isPending = apic.irr.union(apic.isr).contains(vector)
        if !isPending {
            rtc.note(-1, of: apic.identifier)
        } else if rtc.vector(of: apic.identifier) < 0 {
            rtc.note(vector, of: apic.identifier)
        }
    }
}
