/// What happens to KVM's local APIC registers outside of interrupts: entry, SPIV, reset.
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
    /// - Returns: whether the enable bit has changed, and so KVM's map of local APICs.
    mutating func writeSPIV(enables isOn: Bool, suppresses: Bool = false) -> Bool {
        defer { enabled = isOn }
        suppressesBroadcast = suppresses
        return enabled != isOn
    }

    /// `kvm_lapic_reset` followed by the guest enabling its APIC again.
    mutating func reset() {
        // Every field is named, so that a new one has to be thought about. The identifier, the
        // handled vectors, a scan that is requested and an exit that is owed are not the APIC's to
        // reset: the handled vectors last until the next entry scans anew.
        irr = Space.Vectors()
        isr = Space.Vectors()
        tmr = Space.Vectors()
        enabled = true
        suppressesBroadcast = false
    }

    /// Whether SPIV bit 12 is set and in force (kvm-interrupts §6.2).
    func suppresses(_ configuration: Configuration<Space>) -> Bool {
        guard suppressesBroadcast, !configuration.space.breaks(.suppressionHoldsEOI) else {
            return false
        }
        return switch configuration.broadcastSuppression {
        case .quirk: configuration.irqchip == .kernel
        case .enabled: configuration.irqchip == .split
        case .disabled: false
        }
    }
}
