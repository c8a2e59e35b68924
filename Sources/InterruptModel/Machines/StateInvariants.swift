/// State invariants (model-contract §5), the same for every vCPU.
extension IOAPIC {
    /// Pins whose Remote IRR waits for an EOI that cannot come any more.
    /// - Parameters:
    ///   - live: vectors for which the guest's EOI can still come; that of one more may be on its
    ///     way to userspace.
    ///   - apic: the local APIC; where its guest ends interrupts at the IOAPIC's own EOI
    ///     register, Remote IRR waits for that.
    func orphans(
        live: Space.Vectors, _ apic: SoftwareAPIC<Space>, _ configuration: Configuration<Space>
    ) -> PinSet {
        let endsDirectly = configuration.hasEOIRegister && apic.suppresses(configuration)
        var waiting = endsDirectly ? PinSet() : remoteIRR
        var live = live
        if apic.exitVector >= 0 { live.insert(Int(apic.exitVector)) }
        var orphans = PinSet()
        while case let pin = waiting.popLowest(), pin >= 0 {
            if !live.contains(vectors[pin]) { orphans.insert(pin) }
        }
        return orphans
    }

    /// Level pins that ask for service and will not get it.
    ///
    /// Userspace holds `lines` high. Of a resample irqfd only what was last presented counts: its
    /// owner was told when KVM dropped the level, and raises the line again.
    var unserved: PinSet {
        let served = remoteIRR.union(masked).union(delayed)
        return lines.union(irr).intersection(level).subtracting(served)
    }
}

extension Machine {
    /// Pins whose Remote IRR waits in vain.
    var orphans: PinSet {
        state.ioapic.orphans(live: state.vcpu.live, state.vcpu.apic, configuration)
    }

    /// The state invariants that do not hold now.
    var violations: InvariantSet {
        InvariantSet(
            orphans: orphans, unserved: state.ioapic.unserved, isStale: !state.vcpu.stale.isEmpty)
    }
}

extension InvariantSet {
    /// The state invariants that do not hold where these things are so.
    package init(orphans: PinSet, unserved: PinSet, isStale: Bool) {
        self = []
        if !orphans.isEmpty { insert(InvariantSet(.noOrphanedRemoteIRR)) }
        if !unserved.isEmpty { insert(InvariantSet(.noLostLevel)) }
        if isStale { insert(InvariantSet(.noStaleShadow)) }
    }
}
