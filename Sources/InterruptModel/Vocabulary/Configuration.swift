/// What does not change while a machine runs: the width of its state, its wiring, and the
/// assumptions that nobody has settled (contract §4).
public struct Configuration<Space: VectorSpace>: Sendable, BitwiseCopyable {
    public var space: Space
    public var kind: MachineKind
    public var irqchip: IRQChip
    public var assumptions: Assumptions
    public var guestEOI: GuestEOI
    /// Whether the guest may set its interrupt flag while a vector is in service.
    public var nesting: Bool
    /// The pins that the machine has.
    public var pins: PinSet
    /// Pins with an irqfd resampler on them.
    public var resamplers: PinSet
    /// Pins whose GSI has another ack notifier (PIT, RTC, assigned device).
    public var notifiers: PinSet
    public var broadcastSuppression: BroadcastSuppression
    /// IOAPIC version 0x20, which has an EOI register; KVM's is 0x11 and has none.
    public var hasEOIRegister: Bool
    /// KVM ends every interrupt itself, right after delivery (plain machines only).
    public var endsAtDelivery: Bool
    /// KVM enters the vCPU again after every exit of the guest's command, and so injects what the
    /// command made pending before the guest goes on. Contract §6 has one entry for a guest step;
    /// a real one has as many as exits, of which the last is the one that reports.
    public var entersAfterExit: Bool
    /// Index of pin 8, the RTC, or −1.
    public var rtcPin: Int

    /// KVM keeps track of RTC EOIs in its own IOAPIC, and not for a protected APIC
    /// (ioapic.c; secure-avic patch 14).
    var tracksRTC: Bool { irqchip == .kernel && kind == .plain && rtcPin >= 0 }

    /// Successive EOIs of a line that stays high before KVM delays the next delivery
    /// (`IOAPIC_SUCCESSIVE_IRQ_MAX_COUNT`, kvm-snp-uapi §5.6).
    public static var successiveEOILimit: Int { 10_000 }
}
