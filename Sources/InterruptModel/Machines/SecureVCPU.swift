/// A vCPU of an SEV-SNP guest with Secure AVIC.
public struct SecureVCPU<Space: VectorSpace>: Hashable, Sendable, BitwiseCopyable {
    /// KVM's view: software IRR, software TMR, and the shadow ISR.
    public internal(set) var apic: SoftwareAPIC<Space>
    /// RequestedIRR in the VMCB, consumed by VMRUN.
    public internal(set) var requested = Space.Vectors()
    /// The guest's own page.
    public internal(set) var page = BackingPage<Space>()
    /// SAVIC_CONTROL.EN: the hardware uses the page.
    public internal(set) var isEnabled: Bool
    /// The 8259 has an interrupt for this vCPU (`kvm_cpu_has_extint`).
    var asksByExtINT = false
    public internal(set) var interruptFlag: Bool

    init(apic: SoftwareAPIC<Space>, isEnabled: Bool, interruptFlag: Bool) {
        self.apic = apic
        self.isEnabled = isEnabled
        self.interruptFlag = interruptFlag
    }

    mutating func setInterruptFlag(_ on: Bool, nesting: Bool) -> Bool {
        guard interruptFlag != on, !on || nesting || page.isr.isEmpty else { return false }
        interruptFlag = on
        return true
    }

    /// Software IRR to RequestedIRR; level vectors are noted in the shadow ISR
    /// (RFC patch 13/17).
    mutating func handOff(_ moved: Space.Vectors, _ space: Space) {
        if !space.breaks(.injectClearsIRR) { apic.irr = apic.irr.subtracting(moved) }
        requested = requested.union(moved)
        guard !space.breaks(.injectSetsShadow) else { return }
        let noted = space.breaks(.edgeHasNoShadow) ? moved : moved.intersection(apic.tmr)
        apic.isr = apic.isr.union(noted)
    }

    /// The 8259 asks for an interrupt. It is there only where KVM has the irqchip.
    mutating func askByExtINT(_ configuration: Configuration<Space>) -> Bool {
        guard configuration.irqchip == .kernel, !asksByExtINT else { return false }
        asksByExtINT = true
        return true
    }

    mutating func vmrun<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool {
        guard !requested.isEmpty else { return false }
        let left = page.take(
            requested, softwareTMR: apic.tmr, isEnabled: isEnabled, configuration)
        // What is neither taken nor left is gone. Of a level vector, Remote IRR tells it.
        var lost = requested.subtracting(left).subtracting(page.irr).subtracting(apic.tmr)
        while case let vector = lost.highest, vector >= 0 {
            lost.remove(vector)
            sink.note(.lostEdge(vector: UInt8(truncatingIfNeeded: vector)))
        }
        if !configuration.space.breaks(.vmrunClearsRequested) { requested = left }
        return true
    }

    mutating func accept<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool {
        let space = configuration.space
        guard interruptFlag || space.breaks(.acceptNeedsInterruptFlag) else { return false }
        let vector = page.deliverable(space)
        guard vector >= 0 else { return false }
        page.enter(vector, space)
        interruptFlag = false
        sink.note(.accepted(vector: UInt8(truncatingIfNeeded: vector)))
        return true
    }

    /// The guest allows a vector. Where it is the guest that keeps the page's TMR, it sets the
    /// bit now, from what it has programmed into the IOAPIC.
    mutating func allow(
        _ vector: Int, _ ioapic: IOAPIC<Space>, _ configuration: Configuration<Space>
    ) {
        page.allowed.insert(vector)
        guard configuration.assumptions.pageTMR == .guest else { return }
        if ioapic.hasLevelPin(for: vector, configuration) {
            page.tmr.insert(vector)
        } else {
            page.tmr.remove(vector)
        }
    }

    /// A new page and VMSA. The guest allows the same vectors again, and where it is the guest
    /// that keeps the page's TMR, it sets the same bits. It enables its APIC, which it has to tell
    /// KVM (kvm-snp-uapi §3.5).
    mutating func beginNewLife(_ configuration: Configuration<Space>) {
        var fresh = BackingPage<Space>()
        fresh.allowed = page.allowed
        if configuration.assumptions.pageTMR == .guest { fresh.tmr = page.tmr }
        page = fresh
        apic.writeSPIV(.enableAPIC, configuration)
        interruptFlag = false
    }

    /// KVM drops its shadow and what it has handed off but not seen taken.
    mutating func forget() {
        apic.isr = Space.Vectors()
        requested = Space.Vectors()
    }
}

extension BackingPage {
    /// Page writes that the hardware accelerates: they never reach KVM.
    mutating func write(_ action: Action) {
        switch action {
        case .tpr(let value): tpr = value
        case .disallow(let vector): allowed.remove(Int(vector))
        // Whether a self-IPI touches TMR is not published; it is left as it is [U].
        case .ipi(let vector): irr.insert(Int(vector))
        default: break
        }
    }
}
