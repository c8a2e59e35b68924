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
        // Changing the enable bit recalculates KVM's map of APICs, which requests a scan.
        case .enableAPIC, .disableAPIC:
            scanRequested = scanRequested || enabled != (action == .enableAPIC)
            enabled = action == .enableAPIC
        case .suppressBroadcast: suppressesBroadcast = true
        default: break
        }
    }

    /// `kvm_lapic_reset` followed by the guest enabling its APIC again.
    mutating func reset() {
        // Every field is named, so that a new one has to be thought about. The identifier and
        // the handled vectors are not the APIC's to reset: the latter last until the next entry
        // scans anew.
        irr = Space.Vectors()
        isr = Space.Vectors()
        tmr = Space.Vectors()
        enabled = true
        suppressesBroadcast = false
        scanRequested = true
    }
}
