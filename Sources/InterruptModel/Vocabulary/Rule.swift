/// Every rule of the interrupt path, by name. A mutant breaks exactly one, and a test demands that
/// the catalogue notices every such break. Each is applied in one place, but for what KVM's local
/// APIC and the hardware's page have in common: `acceptClearsIRR`, `acceptNeedsInterruptFlag` and
/// `eoiEndsHighest` stand in both.
///
/// Sources: `K` kvm-snp-uapi, `S` secure-avic, `C` the model contract.
public enum Rule: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    // IOAPIC: lines and service
    /// A masked pin delivers nothing (K §5.3).
    case maskBlocksService
    /// A level pin with Remote IRR set delivers nothing (K §5.3).
    case remoteIRRBlocksService
    /// A delivered level interrupt sets Remote IRR (K §5.3).
    case serviceSetsRemoteIRR
    /// Remote IRR stays clear when no local APIC accepted (K §5.3, S hazard 17).
    case remoteIRRNeedsAcceptance
    /// Asserting a level line serves it (K §5.2).
    case levelAssertServes
    /// An edge needs a low phase before it: a line that is already high coalesces (K §5.2).
    case edgeNeedsLowPhase
    /// De-asserting a line touches neither Remote IRR nor an interrupt in flight (K §5.2).
    case deassertOnlyLowersLine
    /// Several sources of one pin are OR-ed (K §4.2, §1.4).
    case sourcesAreORed
    /// The destination must be this local APIC (K §5.3).
    case destinationMustMatch
    // IOAPIC: redirection entry writes
    /// Remote IRR is read-only to the guest (K §5.5).
    case remoteIRRIsReadOnly
    /// A write that leaves the entry in edge mode clears Remote IRR (K §5.5).
    case edgeWriteClearsRemoteIRR
    /// A write that leaves a pending level line deliverable serves it (K §5.5).
    case writeServesPendingLevel
    /// Unmasking an edge pin never delivers a stored edge (K §5.5).
    case unmaskDropsStoredEdge
    /// Unmasking with an irqfd resampler re-samples instead of serving (K §5.5).
    case unmaskResamples
    /// A write of what stands there already is a write (K §5.5).
    case sameValueIsWritten
    /// A write asks only the vCPUs of its old and its new destination to scan; with a split
    /// irqchip a change of routes asks all (`ioapic_write_indirect`).
    case entryWriteAsksItsDestinations
    /// The entry behind the guest's exit scans (`vcpu_enter_guest`).
    case entryBehindExitScans
    // IOAPIC: end of interrupt
    /// Only the EOI of a handled vector reaches the IOAPIC (K §5.6, §5.9).
    case eoiNeedsHandledVector
    /// A pin takes part by its vector alone, masked or not (K §5.6).
    case eoiIgnoresMask
    /// The EOI of a level vector clears Remote IRR (K §5.6).
    case eoiClearsRemoteIRR
    /// The EOI serves a line that is still high again (K §5.6).
    case eoiServesAgain
    /// With KVM's IOAPIC the trigger mode of an EOI is the local APIC's TMR at that moment
    /// (K §5.6).
    case tmrIsSampledAtEOI
    /// A userspace IOAPIC knows no TMR and goes by its entry's trigger mode
    /// (`ioapic_eoi_broadcast` of QEMU's hw/intc/ioapic.c).
    case exitGoesByEntry
    /// A split irqchip has one slot for EOI exits: of two completions in one EOI the last is left
    /// (`pending_ioapic_eoi`, `kvm_ioapic_send_eoi`).
    case exitHasOneSlot
    /// Every pin with the vector is acknowledged (K §5.6).
    case everyPinIsAcknowledged
    /// The acknowledgement lowers the resample source (K §4.2).
    case acknowledgeLowersResampleSource
    /// After 10,000 successive EOIs the next delivery is delayed (K §5.6).
    case successiveEOIsAreDelayed
    /// A low line resets the count of successive EOIs (K §5.6).
    case lowLineResetsCount
    /// An RTC interrupt that waits for its EOI coalesces the next (K §5.2, S patch 14).
    case rtcCoalesces
    /// KVM_SET_LAPIC derives the RTC's pending EOI anew from IRR and ISR
    /// (`kvm_rtc_eoi_tracking_restore_one`).
    case stateRestoreDerivesRTC
    /// INIT leaves the RTC's pending EOI as it is (`kvm_lapic_reset`).
    case initKeepsRTC
    /// The RTC's EOIs of a protected APIC are noted but not counted (RFC patch 14).
    case protectedRTCIsNotCounted
    /// EOI-broadcast suppression keeps the EOI from the IOAPIC (K §5.6).
    case suppressionHoldsEOI
    /// SPIV bit 12 sticks only where KVM offers it (`kvm_lapic_reg_write`).
    case suppressionNeedsOffer
    /// Version 0x20 has an EOI register that goes by the entry's trigger mode (bug story S11).
    case eoiRegisterClearsRemoteIRR
    // Handled vectors
    /// A vector whose entry was changed away stays handled while it is in flight (K §5.9).
    case staleVectorStaysHandled
    /// The EOI of the stale vector requests another scan (K §5.9).
    case staleEOIRescans
    /// Edge entries are not handled unless an ack notifier asks (K §5.9).
    case edgeIsNotHandled
    /// An ack notifier makes an edge vector handled with the in-kernel IOAPIC (K §5.9).
    case notifierMakesHandled
    // Local APIC
    /// A level request sets the vector's TMR bit (K §5.7).
    case levelRequestSetsTMR
    /// An edge request clears the vector's TMR bit (K §5.7).
    case edgeRequestClearsTMR
    /// A software-disabled local APIC accepts nothing (K §5.7).
    case disabledAPICDrops
    /// The highest pending vector goes first (K §5.8).
    case highestVectorFirst
    /// An in-service vector blocks its own class and those below (K §5.8).
    case inServiceBlocks
    /// TPR blocks its own class and those below (K §5.8).
    case taskPriorityBlocks
    /// Accepting needs the guest's interrupt flag, and clears it (C §2).
    case acceptNeedsInterruptFlag
    /// Accepting moves the vector out of IRR (K §5.8).
    case acceptClearsIRR
    /// The EOI ends the highest vector in service (K §5.8).
    case eoiEndsHighest
    // Hand-off and Secure AVIC hardware
    /// Injection empties what it moved from the software IRR (S patch 06).
    case injectClearsIRR
    /// Injection remembers level vectors in the shadow ISR (S patch 13).
    case injectSetsShadow
    /// Only level vectors get a shadow bit (S patch 13).
    case edgeHasNoShadow
    /// With nothing in the local APIC and an interrupt of the 8259, injection warns (RFC patch 06).
    case emptyInjectionWarns
    /// Before the guest enables Secure AVIC its APIC registers are KVM's: a self-IPI is an edge in
    /// the software IRR, and TPR is not the page's (#VC 0x7C, ordinary x2APIC emulation).
    case earlyAccessIsKVMs
    /// VMRUN drops requested vectors that are not in ALLOWED_IRR (S §6).
    case allowedFiltersRequested
    /// Nothing reaches the page before the guest has enabled Secure AVIC (S hazard 31).
    case enableGatesPage
    /// VMRUN consumes RequestedIRR (S §6).
    case vmrunClearsRequested
    /// VMRUN writes the page's TMR as assumed (C §4).
    case vmrunWritesPageTMR
    /// A native EOI of a vector whose page TMR is clear makes no exit (C §4, S §6).
    case nativeEdgeEOIIsAccelerated
    /// The completed vector leaves the shadow ISR (S patch 13).
    case completionClearsShadow
    /// The guest's own EOI clears the page's ISR bit (C §4).
    case eoiClearsPageISR
}
