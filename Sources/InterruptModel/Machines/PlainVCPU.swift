/// A vCPU whose local APIC is KVM's.
struct PlainVCPU<Space: VectorSpace>: VirtualCPU {
    var apic: SoftwareAPIC<Space>
    var tpr: UInt8 = 0
    var interruptFlag: Bool

    init(_ setup: MachineSetup, _ ioapic: IOAPIC<Space>, _ configuration: Configuration<Space>) {
        apic = setup.softwareAPIC(ioapic, configuration)
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

    mutating func accept<Sink: EventSink>(
        _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool {
        guard take(configuration, &sink) else { return false }
        if configuration.endsAtDelivery { _ = end(rising: -1, &ioapic, configuration, &sink) }
        return true
    }

    func deliverable(_ space: Space) -> Int {
        Priority.deliverable(irr: apic.irr, isr: apic.isr, tpr: tpr, space)
    }

    mutating func putInService(_ vector: Int, _ space: Space) {
        if !space.breaks(.acceptClearsIRR) { apic.irr.remove(vector) }
        apic.isr.insert(vector)
    }

    // MARK: - The host

    /// A VMM's reset by KVM_SET_LAPIC: the local APIC begins anew while the IOAPIC keeps Remote IRR
    /// (hazard F29).
    mutating func reset<Sink: EventSink>(
        _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool {
        beginAnew()
        restoreState(&ioapic, configuration)
        return true
    }

    /// INIT: the same of the local APIC's registers, but for what hangs on KVM_SET_LAPIC.
    mutating func takeInit(
        _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>
    ) -> Bool {
        beginAnew()
        if configuration.space.breaks(.initKeepsRTC) { restoreState(&ioapic, configuration) }
        return true
    }

    private mutating func beginAnew() {
        apic.reset()
        tpr = 0
        interruptFlag = false
    }

    /// What `kvm_apic_set_state` does beside taking over registers.
    private mutating func restoreState(
        _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>
    ) {
        apic.scanRequested = true
        ioapic.restoreRTC(of: apic, configuration)
    }

    /// The 8259 of a plain guest is not modelled: its interrupts are no matter of EOIs.
    mutating func askByExtINT(_ configuration: Configuration<Space>) -> Bool { false }

    // MARK: - The guest

    mutating func endHighest<Sink: EventSink>(
        rising: Int, _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>,
        _ sink: inout Sink
    ) -> Bool {
        guard end(rising: rising, &ioapic, configuration, &sink) else { return false }
        // Where the EOI did not get as far as the IOAPIC, the line rises behind it.
        ioapic.rise(rising, configuration, &apic, &sink)
        return true
    }

    /// The EOI: `apic_set_eoi` (kvm-interrupts §8).
    private mutating func end<Sink: EventSink>(
        rising: Int, _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>,
        _ sink: inout Sink
    ) -> Bool {
        let vector =
            configuration.space.breaks(.eoiEndsHighest) ? apic.isr.lowest : apic.isr.highest
        guard vector >= 0 else { return configuration.endsAtDelivery }
        let name = UInt8(truncatingIfNeeded: vector)
        sink.note(.ended(vector: name, level: apic.tmr.contains(vector)))
        sink.note(.completed(vector: name))
        apic.isr.remove(vector)
        apic.sendEOI(
            vector, rememberedLevel: false, rising: rising, to: &ioapic, configuration, &sink)
        apic.finishEOI(ended: vector, rising: rising, to: &ioapic, configuration, &sink)
        return true
    }

    mutating func access<Sink: EventSink>(
        _ verb: AccessVerb, _ operand: UInt8, _ ioapic: inout IOAPIC<Space>,
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool {
        switch verb {
        // KVM does not fault on non-zero data (kvm-snp-uapi §3.4): it is an EOI.
        case .nonzeroEOI: return end(rising: -1, &ioapic, configuration, &sink)
        case .spuriousEOI: return apic.isr.isEmpty
        case .readEOI: sink.note(.faulted)
        case .tpr: tpr = operand
        case .ipi: apic.send(operand, configuration.space, &sink)
        case .enableAPIC: apic.writeSPIV(enables: true)
        case .disableAPIC: apic.writeSPIV(enables: false)
        case .suppressBroadcast:
            apic.writeSPIV(enables: true, suppresses: configuration.offersSuppression)
            // KVM masks the bit where it has the IOAPIC, so there it comes by KVM_SET_LAPIC.
            if configuration.irqchip == .kernel { restoreState(&ioapic, configuration) }
        case .enableSAVIC, .allow, .disallow: return false
        }
        return true
    }
}

extension PlainVCPU: WideCPU where Space == WideSpace {
    func draw(in snapshot: inout Snapshot, _ configuration: Configuration<WideSpace>) {
        snapshot.ppr = Priority.ppr(isr: apic.isr, tpr: tpr, configuration.space) & 0xF0
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
