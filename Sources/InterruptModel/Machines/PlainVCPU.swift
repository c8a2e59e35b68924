/// A vCPU whose local APIC is KVM's.
struct PlainVCPU<Space: VectorSpace>: VirtualCPU {
    var apic: SoftwareAPIC<Space>
    var tpr: UInt8 = 0
    var interruptFlag: Bool

    init(
        _ number: Int, _ setup: MachineSetup, _ ioapic: IOAPIC<Space>,
        _ configuration: Configuration<Space>
    ) {
        apic = setup.softwareAPIC(of: number, ioapic, configuration)
        interruptFlag = setup.interruptsEnabled
    }

    var inService: Space.Vectors { apic.isr }
    var live: Space.Vectors { apic.irr.union(apic.isr) }
    var stale: Space.Vectors { Space.Vectors() }

    // MARK: - KVM

    /// KVM's local APIC is the guest's: there is nothing to hand off.
    mutating func inject<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool { false }

    mutating func vmrun<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool { false }

    func deliverable(_ space: Space) -> Int {
        Priority.deliverable(irr: apic.irr, isr: apic.isr, tpr: tpr, space)
    }

    mutating func putInService(_ vector: Int, _ space: Space) {
        if !space.breaks(.acceptClearsIRR) { apic.irr.remove(vector) }
        apic.isr.insert(vector)
    }

    /// The EOI ends the highest vector in service: `apic_set_eoi` (kvm-interrupts §8). KVM does not
    /// fault on non-zero data (kvm-snp-uapi §3.4).
    mutating func decide(
        _ access: EOIAccess, _ configuration: Configuration<Space>
    ) -> EOIDecision<Space.Vectors> {
        var decision = EOIDecision<Space.Vectors>()
        let vector = ending(configuration.space)
        if vector >= 0 { decision.completes.insert(vector) }
        return decision
    }

    mutating func complete(_ vector: Int, _ space: Space) { apic.isr.remove(vector) }

    /// The vector that an EOI ends now, or −1.
    private func ending(_ space: Space) -> Int {
        space.breaks(.eoiEndsHighest) ? apic.isr.lowest : apic.isr.highest
    }

    // MARK: - The host

    mutating func unregisterPage() {}

    mutating func beginNewLife(_ configuration: Configuration<Space>) -> Bool {
        apic.reset()
        tpr = 0
        interruptFlag = false
        return true
    }

    mutating func registerPage() {}

    /// The 8259 of a plain guest is not modelled: its interrupts are no matter of EOIs.
    mutating func askByExtINT(_ configuration: Configuration<Space>) -> Bool { false }

    // MARK: - The guest

    mutating func endHighest<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> GuestEnd? {
        let vector = ending(configuration.space)
        guard vector >= 0 else { return nil }
        sink.note(
            .ended(vector: UInt8(truncatingIfNeeded: vector), level: apic.tmr.contains(vector)))
        return GuestEnd(
            vector: vector, access: .write(conveying: -1), times: 1, endsAtIOAPIC: false)
    }

    mutating func access<Sink: EventSink>(
        _ verb: AccessVerb, _ operand: UInt8, _ ioapic: IOAPIC<Space>,
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> AccessOutcome {
        switch verb {
        case .nonzeroEOI: return .endsHighest
        case .spuriousEOI: return apic.isr.isEmpty ? .done : .refused
        case .readEOI: sink.note(.faulted)
        case .tpr: tpr = operand
        case .ipi: apic.send(operand, configuration.space, &sink)
        case .enableAPIC: return .enabled(mapChanges: apic.writeSPIV(enables: true))
        case .disableAPIC: return .enabled(mapChanges: apic.writeSPIV(enables: false))
        case .suppressBroadcast:
            let mapChanges = apic.writeSPIV(
                enables: true, suppresses: configuration.offersSuppression)
            // KVM masks the bit where it has the IOAPIC, so there it comes by KVM_SET_LAPIC.
            return configuration.irqchip == .kernel ? .restored : .enabled(mapChanges: mapChanges)
        case .enableSAVIC, .allow, .disallow: return .refused
        }
        return .done
    }

    func sendsByPages(_ configuration: Configuration<Space>) -> Bool { false }

    /// There is no page to write to.
    mutating func receiveInPage(_ vector: Int) {}
}

extension PlainVCPU: WideCPU where Space == WideSpace {
    func draw(in registers: inout Registers, _ configuration: Configuration<WideSpace>) {
        registers.ppr = Priority.ppr(isr: apic.isr, tpr: tpr, configuration.space) & 0xF0
    }

    /// KVM's local APIC is the guest's.
    func completions(
        ofEnding vector: Int, _ configuration: Configuration<WideSpace>
    ) -> WideVectors? {
        var completed = WideVectors()
        completed.insert(vector)
        return completed
    }
}
