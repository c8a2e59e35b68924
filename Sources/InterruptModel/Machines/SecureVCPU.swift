/// A vCPU of an SEV-SNP guest with Secure AVIC: KVM's side, the hardware's, and the guest's page.
struct SecureVCPU<Space: VectorSpace, Design: EOIDesign>: VirtualCPU {
    /// KVM's view: software IRR, software TMR, and the shadow ISR.
    var apic: SoftwareAPIC<Space>
    /// What the design notes for itself.
    var memory = Design.Memory()
    /// RequestedIRR in the VMCB, consumed by VMRUN.
    var requested = Space.Vectors()
    /// The guest's own page.
    var page = BackingPage<Space>()
    /// SAVIC_CONTROL.EN: the hardware uses the page.
    var isEnabled: Bool
    /// The 8259 has an interrupt for this vCPU (`kvm_cpu_has_extint`).
    var asksByExtINT = false
    var interruptFlag: Bool

    init(
        _ number: Int, _ setup: MachineSetup, _ ioapic: IOAPIC<Space>,
        _ configuration: Configuration<Space>
    ) {
        apic = setup.softwareAPIC(of: number, ioapic, configuration)
        isEnabled = setup.savicEnabled
        interruptFlag = setup.interruptsEnabled
        for vector in setup.allowed ?? setup.pins.map(\.vector) {
            if let index = configuration.space.index(of: vector) {
                allow(index, ioapic, configuration)
            }
        }
    }

    var inService: Space.Vectors { page.isr }
    var live: Space.Vectors { injected.union(apic.irr) }
    var stale: Space.Vectors { apic.isr.subtracting(injected) }

    /// What KVM has handed off and the guest not ended.
    private var injected: Space.Vectors { requested.union(page.irr).union(page.isr) }

    // MARK: - KVM and the hardware

    /// KVM moves pending vectors to RequestedIRR (RFC patches 06 and 13).
    mutating func inject<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool {
        let space = configuration.space
        // Patch 06 is told of an interrupt, be it the 8259's, and asks the local APIC for it.
        if asksByExtINT, apic.irr.isEmpty {
            if !space.breaks(.emptyInjectionWarns) { sink.note(.hostWarning(.lostInterrupt)) }
            return true
        }
        let moved = Design.movable(of: apic)
        guard !moved.isEmpty else { return false }
        handOff(moved, space)
        return true
    }

    /// Software IRR to RequestedIRR; level vectors are noted in the shadow ISR
    /// (RFC patch 13/17).
    private mutating func handOff(_ moved: Space.Vectors, _ space: Space) {
        if !space.breaks(.injectClearsIRR) { apic.irr = apic.irr.subtracting(moved) }
        requested = requested.union(moved)
        guard !space.breaks(.injectSetsShadow) else { return }
        let noted = space.breaks(.edgeHasNoShadow) ? moved : moved.intersection(apic.tmr)
        Design.note(noted, shadow: apic.isr, memory: &memory)
        apic.isr = apic.isr.union(noted)
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

    func deliverable(_ space: Space) -> Int { page.deliverable(space) }

    mutating func putInService(_ vector: Int, _ space: Space) { page.enter(vector, space) }

    // MARK: - The host

    /// The guest takes its page away from KVM, which drops, if the design lets it, its shadow and
    /// what it has handed off but not seen taken.
    mutating func unregisterPage() {
        isEnabled = false
        guard Design.forgetsOnReset else { return }
        apic.isr = Space.Vectors()
        memory = Design.Memory()
        requested = Space.Vectors()
    }

    /// A new page and VMSA. The guest allows the same vectors again, and where it is the guest
    /// that keeps the page's TMR, it sets the same bits. It enables its APIC, which it has to tell
    /// KVM (kvm-snp-uapi §3.5).
    mutating func beginNewLife(_ configuration: Configuration<Space>) -> Bool {
        var fresh = BackingPage<Space>()
        fresh.allowed = page.allowed
        if configuration.assumptions.pageTMR == .guest { fresh.tmr = page.tmr }
        page = fresh
        interruptFlag = false
        return apic.writeSPIV(enables: true)
    }

    mutating func registerPage() { isEnabled = true }

    /// The 8259 asks for an interrupt. It is there only where KVM has the irqchip.
    mutating func askByExtINT(_ configuration: Configuration<Space>) -> Bool {
        guard configuration.irqchip == .kernel, !asksByExtINT else { return false }
        asksByExtINT = true
        return true
    }
}

extension SecureVCPU: WideCPU where Space == WideSpace {
    func draw(in registers: inout Registers, _ configuration: Configuration<WideSpace>) {
        registers.ppr = Priority.ppr(isr: page.isr, tpr: page.tpr, configuration.space) & 0xF0
        registers.requested = requested
        registers.pageIRR = page.irr
        registers.pageISR = page.isr
        registers.pageTMR = page.tmr
    }

    func completions(
        ofEnding vector: Int, _ configuration: Configuration<WideSpace>
    ) -> WideVectors? {
        guard forwards(vector, configuration) else { return nil }
        let access = EOIAccess.write(conveying: Design.wantsVector ? vector : -1)
        var memory = memory
        return Design.decide(access, shadow: apic.isr, memory: &memory).completes
    }
}
