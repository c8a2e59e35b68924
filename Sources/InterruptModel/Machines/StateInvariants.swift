/// State invariants (model-contract §5), the same for every kind of vCPU.
extension IOAPIC {
    /// Pins whose Remote IRR waits for an EOI that cannot come any more.
    /// - Parameters:
    ///   - live: vectors for which an EOI can still come, of whichever vCPU.
    ///   - endsDirectly: a guest ends interrupts at the IOAPIC's own EOI register, and Remote IRR
    ///     waits for that.
    func orphans(live: Space.Vectors, endsDirectly: Bool) -> PinSet {
        var waiting = endsDirectly ? PinSet() : remoteIRR
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
        let vcpus = state.vcpus
        var (live, endsDirectly) = (Space.Vectors(), false)
        for number in 0..<vcpus.count {
            live = live.union(vcpus[number].live)
            // An EOI may be on its way to userspace.
            let apic = vcpus[number].apic
            if apic.exitVector >= 0 { live.insert(Int(apic.exitVector)) }
            if configuration.hasEOIRegister, apic.suppresses(configuration) { endsDirectly = true }
        }
        return state.ioapic.orphans(live: live, endsDirectly: endsDirectly)
    }

    /// The state invariants that do not hold now.
    var violations: InvariantSet {
        InvariantSet(
            orphans: orphans, unserved: state.ioapic.unserved,
            isStale: !state.vcpus.union(\.stale).isEmpty)
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
