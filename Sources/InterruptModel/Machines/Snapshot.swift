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
    /// IRR of the guest's backing page.
    public var pageIRR = WideVectors()
    /// ISR of the page: what the guest has in service.
    public var pageISR = WideVectors()
    /// TMR of the page, by which guest and hardware tell how an interrupt is ended.
    public var pageTMR = WideVectors()
    /// Pins whose redirection entry has bit 14: delivered as level, not yet ended.
    public var remoteIRR = PinSet()
    /// The guest's interrupt flag.
    public var interruptFlag = false

    /// Everything clear.
    public init() {}
}

extension Machine where CPU: WideCPU {
    /// The state in the fields that comparisons go by.
    var snapshot: Snapshot {
        var snapshot = Snapshot()
        let apic = state.vcpu.apic
        (snapshot.irr, snapshot.isr, snapshot.tmr) = (apic.irr, apic.isr, apic.tmr)
        snapshot.remoteIRR = state.ioapic.remoteIRR
        snapshot.interruptFlag = state.vcpu.interruptFlag
        state.vcpu.draw(in: &snapshot, configuration)
        return snapshot
    }
}
