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

    /// The guest writes SPIV: 0x1FF, 0x0FF, or 0x1FF with bit 12 on top.
    /// - Parameter suppresses: whether bit 12 is written, and KVM takes it.
    mutating func writeSPIV(enables isOn: Bool, suppresses: Bool = false) {
        // Changing the enable bit recalculates KVM's map of APICs, which requests a scan.
        scanRequested = scanRequested || enabled != isOn
        enabled = isOn
        suppressesBroadcast = suppresses
    }

    /// `kvm_lapic_reset` followed by the guest enabling its APIC again.
    mutating func reset() {
        // Every field is named, so that a new one has to be thought about. The identifier, the
        // handled vectors and an exit that is owed are not the APIC's to reset: the handled
        // vectors last until the next entry scans anew.
        irr = Space.Vectors()
        isr = Space.Vectors()
        tmr = Space.Vectors()
        enabled = true
        suppressesBroadcast = false
        scanRequested = true
    }
}
