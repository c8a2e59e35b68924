/// KVM's tracking of RTC interrupts that KVM_IRQ_LINE_STATUS has delivered: `rtc_status` of
/// ioapic.c. It serves guests that lose time when ticks coalesce.
extension IOAPIC {
    /// An EOI of `vector` reaches the IOAPIC: `rtc_irq_eoi`.
    mutating func endRTC<Sink: EventSink>(
        _ vector: Int, _ configuration: Configuration<Space>, _ sink: inout Sink
    ) {
        guard Int(rtcVector) == vector else { return }
        rtcVector = -1
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
            rtcVector = -1
        } else if rtcVector < 0 {
            rtcVector = Int16(truncatingIfNeeded: vector)
        }
    }
}
