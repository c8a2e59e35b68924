/// A machine's state in the fields that comparisons and pictures go by.
///
/// A register without a vCPU's number is that of vCPU 0, as in a scenario's steps.
@dynamicMemberLookup
public struct Snapshot: Hashable, Sendable {
    /// The registers of vCPU 0.
    public var first = Registers()
    /// Those of vCPU 1 and so on, where there are several.
    public var others: [Registers] = []
    /// Pins whose redirection entry has bit 14: delivered as level, not yet ended.
    public var remoteIRR = PinSet()

    /// One vCPU, everything clear.
    public init() {}

    /// So many vCPUs, everything clear.
    public init(vcpus: Int) { others = Array(repeating: Registers(), count: vcpus - 1) }

    /// How many vCPUs there are.
    public var vcpus: Int { others.count + 1 }

    /// The registers of a vCPU that there is.
    public subscript(vcpu number: Int) -> Registers {
        get { number == 0 ? first : others[number - 1] }
        set {
            if number == 0 { first = newValue } else { others[number - 1] = newValue }
        }
    }

    /// The same with this vCPU alone, in the place of vCPU 0.
    package func seen(from vcpu: Int) -> Snapshot {
        var seen = self
        (seen.first, seen.others) = (self[vcpu: vcpu], [])
        return seen
    }

    /// A register of vCPU 0.
    public subscript<Value>(dynamicMember path: WritableKeyPath<Registers, Value>) -> Value {
        get { first[keyPath: path] }
        set { first[keyPath: path] = newValue }
    }
}

/// What KVM, the hardware and the guest have of one vCPU.
public struct Registers: Hashable, Sendable {
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
    /// RequestedIRR in the VMCB. Secure machines only, as all that follows but the last.
    public var requested = WideVectors()
    /// IRR of the guest's backing page.
    public var pageIRR = WideVectors()
    /// ISR of the page: what the guest has in service.
    public var pageISR = WideVectors()
    /// TMR of the page, by which guest and hardware tell how an interrupt is ended.
    public var pageTMR = WideVectors()
    /// The guest's interrupt flag.
    public var interruptFlag = false

    /// Everything clear.
    public init() {}
}

extension Machine where CPU: WideCPU {
    /// The state in the fields that comparisons go by.
    var snapshot: Snapshot {
        var snapshot = Snapshot(vcpus: state.vcpus.count)
        for number in 0..<state.vcpus.count { snapshot[vcpu: number] = registers(number) }
        snapshot.remoteIRR = state.ioapic.remoteIRR
        return snapshot
    }

    private func registers(_ number: Int) -> Registers {
        let vcpu = state.vcpus[number]
        var registers = Registers()
        (registers.irr, registers.isr, registers.tmr) = (
            vcpu.apic.irr, vcpu.apic.isr, vcpu.apic.tmr
        )
        registers.interruptFlag = vcpu.interruptFlag
        vcpu.draw(in: &registers, configuration)
        return registers
    }
}
