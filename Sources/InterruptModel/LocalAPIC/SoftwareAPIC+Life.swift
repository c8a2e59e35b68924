/// What happens to KVM's local APIC registers outside of interrupts: entry, SPIV writes, reset.
extension SoftwareAPIC {
    /// - Returns: false when no scan was requested.
    mutating func scanIfRequested(
        _ ioapic: IOAPIC<Space>, _ configuration: Configuration<Space>
    ) -> Bool {
        guard scanRequested else { return false }
        scan(ioapic, configuration)
        return true
    }

    /// The guest writes SPIV bits 8 and 12.
    mutating func writeSPIV(_ action: Action) {
        switch action {
        case .enableAPIC: enabled = true
        case .disableAPIC: enabled = false
        case .suppressBroadcast: suppressesBroadcast = true
        default: break
        }
    }

    /// `kvm_lapic_reset` followed by the guest enabling its APIC again.
    mutating func reset() {
        let old = self
        self = SoftwareAPIC()
        identifier = old.identifier
        // These are not the APIC's own: they last until the next entry scans anew.
        handled = old.handled
        stale = old.stale
        scanRequested = true
    }
}
