/// State invariants (model-contract §5), the same for every vCPU.
extension IOAPIC {
    /// - Parameters:
    ///   - live: vectors for which the guest's EOI can still come; that of one more may be on its
    ///     way to userspace.
    ///   - apic: the local APIC; where its guest ends interrupts at the IOAPIC's own EOI
    ///     register, Remote IRR waits for that.
    func violations(
        live: Space.Vectors, _ apic: SoftwareAPIC<Space>, _ configuration: Configuration<Space>
    ) -> InvariantSet {
        var broken: InvariantSet = []
        let endsDirectly = configuration.hasEOIRegister && apic.suppresses(configuration)
        var waiting = endsDirectly ? PinSet() : remoteIRR
        var live = live
        if apic.exitVector >= 0 { live.insert(Int(apic.exitVector)) }
        while case let pin = waiting.popLowest(), pin >= 0 {
            if !live.contains(vectors[pin]) { broken.insert(InvariantSet(.noOrphanedRemoteIRR)) }
        }
        let served = remoteIRR.union(masked).union(delayed)
        // Userspace holds `lines` high. Of a resample irqfd only what was last presented counts:
        // its owner was told when KVM dropped the level, and raises the line again.
        if !lines.union(irr).intersection(level).subtracting(served).isEmpty {
            broken.insert(InvariantSet(.noLostLevel))
        }
        return broken
    }
}
