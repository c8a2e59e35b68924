/// What does not change while a machine runs: the width of its state, its wiring, and the
/// assumptions that nobody has settled (model-contract §4).
public struct Configuration<Space: VectorSpace>: Sendable, BitwiseCopyable {
    /// Pins and vectors as indices, and the rule that a mutant breaks.
    public var space: Space
    /// Whether the guest has Secure AVIC.
    public var kind: MachineKind
    /// Who plays the IOAPIC.
    public var irqchip: IRQChip
    /// How many vCPUs the machine has, 1…8.
    public var vcpus: Int
    /// What is assumed of the hardware of a secure machine.
    public var assumptions: Assumptions
    /// How the guest of a secure machine ends an interrupt (model-contract §4.5).
    public var guestEOI: GuestEOI
    /// Whether the guest may set its interrupt flag while a vector is in service.
    public var nesting: Bool
    /// The pins that the machine has.
    public var pins: PinSet
    /// Pins with an irqfd resampler on them.
    public var resamplers: PinSet
    /// Pins whose GSI has another ack notifier (PIT, RTC, assigned device).
    public var notifiers: PinSet
    /// How KVM treats SPIV bit 12 (kvm-interrupts §6.2).
    public var broadcastSuppression: BroadcastSuppression
    /// IOAPIC version 0x20, which has an EOI register; KVM's is 0x11 and has none.
    public var hasEOIRegister: Bool
    /// What this KVM does that not every KVM does.
    public var kernelRules: KernelRules
    /// KVM ends every interrupt itself, right after delivery (plain machines only).
    public var endsAtDelivery: Bool
    /// KVM enters the vCPU again after every exit of the guest's command, and so scans, and
    /// injects what the command made pending, before the guest goes on. By model-contract §6.2
    /// there is one entry for a guest step; a real one has as many as exits, of which the last is
    /// the one that reports. A plain machine always does: nothing but the scan comes of it.
    public var entersAfterExit: Bool
    /// The EOI exit of a split irqchip is an action of its own, as it comes only at the next entry,
    /// and not a part of the EOI (model-contract §6.3).
    public var exitsLate: Bool
    /// Index of pin 8, the RTC, or −1.
    public var rtcPin: Int

    /// KVM's own IOAPIC notes to whom an RTC interrupt of KVM_IRQ_LINE_STATUS went
    /// (`rtc_status.dest_map`, ioapic.c).
    var notesRTC: Bool { irqchip == .kernel && rtcPin >= 0 }

    /// It also counts the EOIs that have to come, but not those of a protected APIC
    /// (`rtc_status.pending_eoi`; RFC patch 14).
    var tracksRTC: Bool {
        notesRTC && (kind == .plain || space.breaks(.protectedRTCIsNotCounted))
    }

    /// Whether a guest can set SPIV bit 12. KVM masks it where it has the IOAPIC
    /// (`kvm_lapic_reg_write`); state that userspace brings in may still have it, but a protected
    /// APIC takes none.
    var offersSuppression: Bool {
        kind == .plain || irqchip == .split || space.breaks(.suppressionNeedsOffer)
    }

    /// Successive EOIs of a line that stays high before KVM delays the next delivery
    /// (`IOAPIC_SUCCESSIVE_IRQ_MAX_COUNT`, kvm-interrupts §6.1).
    public static var successiveEOILimit: Int { 10_000 }
}
