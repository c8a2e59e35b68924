/// Every rule of the interrupt path, by name. A mutant breaks exactly one, and a test demands that
/// the catalogue notices every such break.
///
/// Each stands in one place, but for three: `acceptClearsIRR` and `eoiEndsHighest` hold of KVM's
/// local APIC and of the guest's page, each of which has a line for them; and KVM looks whether a
/// vector is handled (`eoiNeedsHandledVector`) when an EOI asks for an exit and when it exits.
///
/// Sources are pages of this documentation (InterruptModel.md, “How sources are cited”).
public enum Rule: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    // IOAPIC: lines and service
    /// A masked pin delivers nothing (kvm-interrupts §3).
    case maskBlocksService
    /// A level pin with Remote IRR set delivers nothing (kvm-interrupts §3).
    case remoteIRRBlocksService
    /// A delivered level interrupt sets Remote IRR (kvm-interrupts §3).
    case serviceSetsRemoteIRR
    /// Remote IRR stays clear when no local APIC accepted (kvm-interrupts §3, hazard D17).
    case remoteIRRNeedsAcceptance
    /// Asserting a level line serves it (kvm-interrupts §2).
    case levelAssertServes
    /// An edge needs a low phase before it: a line that is already high coalesces (kvm-interrupts
    /// §2).
    case edgeNeedsLowPhase
    /// De-asserting a line touches neither Remote IRR nor an interrupt in flight (kvm-interrupts
    /// §2).
    case deassertOnlyLowersLine
    /// Several sources of one pin are OR-ed (kvm-interrupts §10).
    case sourcesAreJoined
    /// The destination must be this local APIC (kvm-interrupts §3).
    case destinationMustMatch
    // Several vCPUs
    /// A logical destination is a set of members of x2APIC cluster 0
    /// (`kvm_apic_match_logical_addr`, processors §1).
    case logicalSetHasMembers
    /// Each vCPU is asked by itself whether a message is for it, and not what the first one is
    /// (`kvm_irq_delivery_to_apic`).
    case eachIsAskedForItself
    /// Which EOIs go on to the IOAPIC is told for each vCPU by its own identifier
    /// (`kvm_scan_ioapic_routes`).
    case handledVectorsAreItsOwn
    /// An EOI is that of the vCPU which writes it, and so is the register, or the note, that tells
    /// its vector (RFC patch 13).
    case eoiIsOfItsVCPU
    /// An IPI is for its destination alone (`kvm_apic_send_ipi`).
    case ipiIsForItsDestination
    /// The shorthand for all others leaves the sender out (`kvm_apic_match_dest`).
    case shorthandSparesSender
    /// An IPI of a guest with Secure AVIC comes by the pages, past ALLOWED_IRR (processors §2).
    case ipiGoesByPages
    // IOAPIC: redirection entry writes
    /// Remote IRR is read-only to the guest (kvm-interrupts §5).
    case remoteIRRIsReadOnly
    /// A write that leaves the entry in edge mode clears Remote IRR (kvm-interrupts §5).
    case edgeWriteClearsRemoteIRR
    /// A write that leaves a pending level line deliverable serves it (kvm-interrupts §5).
    case writeServesPendingLevel
    /// Unmasking an edge pin never delivers a stored edge (kvm-interrupts §5).
    case unmaskDropsStoredEdge
    /// Unmasking with an irqfd resampler re-samples instead of serving (kvm-interrupts §5).
    case unmaskResamples
    /// A write of what stands there already is a write (kvm-interrupts §5).
    case sameValueIsWritten
    /// A write asks only the vCPUs of its old and its new destination to scan; with a split
    /// irqchip a change of routes asks all (`ioapic_write_indirect`).
    case entryWriteAsksItsDestinations
    /// A local APIC that is enabled, disabled or reset changes KVM's map of them: every vCPU has
    /// to scan (`kvm_recalculate_apic_map`).
    case mapChangeAsksAll
    /// The entry behind the guest's exit scans (`vcpu_enter_guest`).
    case entryBehindExitScans
    // IOAPIC: end of interrupt
    /// Only the EOI of a handled vector reaches the IOAPIC (kvm-interrupts §6, §9).
    case eoiNeedsHandledVector
    /// A pin takes part by its vector alone, masked or not (kvm-interrupts §6).
    case eoiIgnoresMask
    /// The EOI of a level vector clears Remote IRR (kvm-interrupts §6).
    case eoiClearsRemoteIRR
    /// The EOI serves a line that is still high again (kvm-interrupts §6).
    case eoiServesAgain
    /// With KVM's IOAPIC the trigger mode of an EOI is the local APIC's TMR at that moment
    /// (kvm-interrupts §6).
    case tmrIsSampledAtEOI
    /// A userspace IOAPIC knows no TMR and goes by its entry's trigger mode
    /// (`ioapic_eoi_broadcast` of QEMU's hw/intc/ioapic.c).
    case exitGoesByEntry
    /// A split irqchip has one slot for EOI exits: of two completions in one EOI the last is left
    /// (`pending_ioapic_eoi`, `kvm_ioapic_send_eoi`).
    case exitHasOneSlot
    /// Every pin with the vector is acknowledged (kvm-interrupts §6).
    case everyPinIsAcknowledged
    /// The acknowledgement lowers the resample source (kvm-interrupts §10).
    case acknowledgeLowersResampleSource
    /// After 10,000 successive EOIs the next delivery is delayed (kvm-interrupts §6.1).
    case eoiStormIsDelayed
    /// A low line resets the count of successive EOIs (kvm-interrupts §6.1).
    case lowLineResetsCount
    /// An RTC interrupt that waits for its EOI coalesces the next (kvm-interrupts §2 step 3, §11).
    case rtcCoalesces
    /// KVM_SET_LAPIC derives the RTC's pending EOI anew from IRR and ISR
    /// (`kvm_rtc_eoi_tracking_restore_one`).
    case stateRestoreDerivesRTC
    /// INIT leaves the RTC's pending EOI as it is (`kvm_lapic_reset`).
    case initKeepsRTC
    /// The RTC's EOIs of a protected APIC are noted but not counted (RFC patch 14).
    case protectedRTCIsNotCounted
    /// EOI-broadcast suppression keeps the EOI from the IOAPIC (kvm-interrupts §6.2).
    case suppressionHoldsEOI
    /// SPIV bit 12 sticks only where KVM offers it (`kvm_lapic_reg_write`).
    case suppressionNeedsOffer
    /// Version 0x20 has an EOI register that goes by the entry's trigger mode (story S11).
    case eoiRegisterClearsRemoteIRR
    // Handled vectors
    /// A vector whose entry was changed away stays handled while it is in flight (kvm-interrupts
    /// §9.2).
    case staleVectorStaysHandled
    /// The EOI of the stale vector requests another scan (kvm-interrupts §9.2).
    case staleEOIRescans
    /// Edge entries are not handled unless an ack notifier asks (kvm-interrupts §9).
    case edgeIsNotHandled
    /// An ack notifier makes an edge vector handled with the in-kernel IOAPIC (kvm-interrupts §9).
    case notifierMakesHandled
    // Local APIC
    /// A level request sets the vector's TMR bit (kvm-interrupts §7).
    case levelRequestSetsTMR
    /// An edge request clears the vector's TMR bit (kvm-interrupts §7).
    case edgeRequestClearsTMR
    /// A software-disabled local APIC accepts nothing (kvm-interrupts §7).
    case disabledAPICDrops
    /// The highest pending vector goes first (kvm-interrupts §8).
    case highestVectorFirst
    /// An in-service vector blocks its own class and those below (kvm-interrupts §8).
    case inServiceBlocks
    /// TPR blocks its own class and those below (kvm-interrupts §8).
    case taskPriorityBlocks
    /// Accepting needs the guest's interrupt flag, and clears it (model-contract §2.3).
    case acceptNeedsInterruptFlag
    /// Accepting moves the vector out of IRR (kvm-interrupts §8).
    case acceptClearsIRR
    /// The EOI ends the highest vector in service (kvm-interrupts §8).
    case eoiEndsHighest
    // Hand-off and Secure AVIC hardware
    /// Injection empties what it moved from the software IRR (RFC patch 06).
    case injectClearsIRR
    /// Injection remembers level vectors in the shadow ISR (RFC patch 13).
    case injectSetsShadow
    /// Only level vectors get a shadow bit (RFC patch 13).
    case edgeHasNoShadow
    /// With nothing in the local APIC and an interrupt of the 8259, injection warns (RFC patch 06).
    case emptyInjectionWarns
    /// Before the guest enables Secure AVIC its APIC registers are KVM's: a self-IPI is an edge in
    /// the software IRR, and TPR is not the page's (#VC 0x7C, ordinary x2APIC emulation).
    case earlyAccessGoesToKVM
    /// VMRUN drops requested vectors that are not in ALLOWED_IRR (secure-avic §6).
    case allowedFiltersRequested
    /// Nothing reaches the page before the guest has enabled Secure AVIC (hazard F31).
    case enableGatesPage
    /// VMRUN consumes RequestedIRR (secure-avic §6).
    case vmrunClearsRequested
    /// VMRUN writes the page's TMR as assumed (model-contract §4.1).
    case vmrunWritesPageTMR
    /// A native EOI of a vector whose page TMR is clear makes no exit (model-contract §4.2,
    /// secure-avic §6).
    case nativeEdgeEOIIsAccelerated
    /// The completed vector leaves the shadow ISR (RFC patch 13).
    case completionClearsShadow
    /// The guest's own EOI clears the page's ISR bit (model-contract §4.5).
    case eoiClearsPageISR
}

extension Rule {
    /// Its name as reports have it: `eoi-clears-remote-irr`.
    public var name: String {
        let letters = Array("\(self)")
        var name = ""
        for (index, letter) in letters.enumerated() {
            // A word begins behind a small letter, and with the last capital of an abbreviation.
            let begins =
                letter.isUppercase && index > 0
                && (letters[index - 1].isLowercase
                    || index + 1 < letters.count && letters[index + 1].isLowercase)
            name += (begins ? "-" : "") + letter.lowercased()
        }
        return name
    }
}
