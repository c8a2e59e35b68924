/// How the guest ends an interrupt (model-contract §4.5).
public enum GuestEOI: String, AxisValue, BitwiseCopyable {
    /// Linux' `savic_eoi()`: GHCB write if the page's TMR bit is set, else a native WRMSR.
    case linux
    /// Always WRMSR; the hardware traps level vectors to #VC, whose handler forwards them.
    case native
    /// Always a GHCB write.
    case ghcb
    /// Native, then GHCB, as the RFC's selftests do.
    case both
    /// `linux` as the handler of a level interrupt has it, `ioapic_ack_level()`: where the page's
    /// TMR bit was clear before the EOI, it then ends the interrupt at the IOAPIC itself.
    case linuxToggle = "linux-toggle"

    /// Whether redirection entries may be written as part of an EOI.
    var togglesEntries: Bool { self == .linuxToggle }

    public var meaning: String {
        switch self {
        case .linux: "page TMR set: it clears its bit and writes EOI by the GHCB; else WRMSR"
        case .native: "always WRMSR; what the hardware gives up, the #VC handler forwards"
        case .ghcb: "always by the GHCB"
        case .both: "WRMSR, then by the GHCB too"
        case .linuxToggle:
            "as linux; where page TMR was clear, each level pin's entry is then masked and "
                + "edge for a moment"
        }
    }
}

extension AxisEntry {
    /// `guest-eoi` (model-contract §4.5).
    public static let guestEOI = AxisEntry(
        "guest-eoi", \.guestEOI, subject: "guest EOI", "how the guest ends an interrupt",
        explanation:
            "The guest's own choice, and no matter of the hardware: a host has to bear all of "
            + "them. “both” is wrong of the guest unless its WRMSR was accelerated; each EOI too "
            + "many completes whatever KVM has noted. “linux-toggle” is what a Linux guest does "
            + "with its level interrupts: savic_eoi() and, because it takes a clear TMR bit for "
            + "an interrupt that went astray, the entry's toggle, which clears Remote IRR. It "
            + "brings a line back whose EOI KVM never heard of, and leaves KVM's note. An IOAPIC "
            + "of version 0x20 it tells by the EOI register instead.",
        source: "Linux arch/x86/kernel/apic/x2apic_savic.c, savic_eoi(); io_apic.c, "
            + "ioapic_ack_level(); RFC selftest, patch 32",
        unverified: "Nothing: the guest does what it is told.")
}

/// Who plays the IOAPIC.
public enum IRQChip: String, Sendable, CaseIterable, BitwiseCopyable {
    /// Userspace; an EOI arrives as `KVM_EXIT_IOAPIC_EOI`.
    case split
    /// KVM; an EOI shows in Remote IRR and resamplefd.
    case kernel
}

/// How KVM treats SPIV bit 12 (KVM_CAP_X2APIC_API bits 2 and 3; kvm-interrupts §6.2).
public enum BroadcastSuppression: String, Sendable, CaseIterable, BitwiseCopyable {
    /// No flag given: the in-kernel IOAPIC honours the bit, a split irqchip does not.
    case quirk
    /// ENABLE_SUPPRESS_EOI_BROADCAST: honoured (split only).
    case enabled
    /// DISABLE_SUPPRESS_EOI_BROADCAST: never honoured.
    case disabled
}

/// Which kind of guest the machine is made for.
public enum MachineKind: String, Sendable, CaseIterable, BitwiseCopyable {
    /// KVM's vAPIC, VMCB hand-off, Secure AVIC hardware and the guest's page.
    case secure
    /// KVM's own local APIC, no Secure AVIC.
    case plain
}

/// A pin's trigger mode.
public enum Trigger: String, Sendable, CaseIterable, BitwiseCopyable {
    /// An interrupt is asked for when the line rises.
    case edge
    /// An interrupt is asked for as long as the line is high.
    case level
}
