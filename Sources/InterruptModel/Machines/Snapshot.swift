/// A machine's state in the fields that comparisons and pictures go by.
public struct Snapshot: Hashable, Sendable {
    /// KVM's IRR: the plain local APIC's, or the software IRR of a secure machine.
    public var irr = WideVectors()
    /// KVM's ISR: the plain local APIC's, or the shadow ISR of a secure machine.
    public var isr = WideVectors()
    /// KVM's TMR.
    public var tmr = WideVectors()
    /// Processor priority class, PPR bits 7:4, of the local APIC that the guest runs with. The
    /// lower bits decide nothing, and kvm_amd does not keep them: it has TPR in the VMCB's
    /// V_TPR, which is four bits wide (seen on Linux 6.1).
    public var ppr: UInt8 = 0
    /// RequestedIRR in the VMCB. Secure machines only, as all that follows but the last two.
    public var requested = WideVectors()
    public var pageIRR = WideVectors()
    public var pageISR = WideVectors()
    public var pageTMR = WideVectors()
    public var remoteIRR = PinSet()
    /// The guest's interrupt flag.
    public var interruptFlag = false

    public init() {}

    /// What every machine has: KVM's local APIC registers and the IOAPIC's Remote IRR.
    fileprivate init(
        _ apic: SoftwareAPIC<WideSpace>, _ ioapic: IOAPIC<WideSpace>, ppr: UInt8,
        interruptFlag: Bool
    ) {
        irr = apic.irr
        isr = apic.isr
        tmr = apic.tmr
        self.ppr = ppr & 0xF0
        remoteIRR = ioapic.remoteIRR
        self.interruptFlag = interruptFlag
    }
}

extension PlainMachine: WideMachine where Space == WideSpace {
    package var snapshot: Snapshot {
        let vcpu = state.vcpu
        return Snapshot(
            vcpu.apic, state.ioapic,
            ppr: Priority.ppr(isr: vcpu.apic.isr, tpr: vcpu.tpr, configuration.space),
            interruptFlag: vcpu.interruptFlag)
    }
}

extension SecureMachine: WideMachine where Space == WideSpace {
    package var snapshot: Snapshot {
        let vcpu = state.vcpu
        var snapshot = Snapshot(
            vcpu.apic, state.ioapic,
            ppr: Priority.ppr(isr: vcpu.page.isr, tpr: vcpu.page.tpr, configuration.space),
            interruptFlag: vcpu.interruptFlag)
        snapshot.requested = vcpu.requested
        snapshot.pageIRR = vcpu.page.irr
        snapshot.pageISR = vcpu.page.isr
        snapshot.pageTMR = vcpu.page.tmr
        return snapshot
    }
}
