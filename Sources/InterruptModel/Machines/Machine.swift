/// IOAPIC, a vCPU, and what lies between (model-contract §1).
struct Machine<CPU: VirtualCPU>: Sendable {
    typealias Space = CPU.Space

    /// All that changes.
    struct State: Hashable, Sendable, BitwiseCopyable {
        var ioapic: IOAPIC<Space>
        var vcpu: CPU
    }

    var configuration: Configuration<Space>
    var state: State

    init(_ setup: MachineSetup, space: Space) {
        configuration = setup.configuration(in: space)
        let ioapic = setup.ioapic(in: space)
        state = State(ioapic: ioapic, vcpu: CPU(setup, ioapic, configuration))
    }

    /// Performs one atomic action (model-contract §2).
    /// - Returns: false when the action is not enabled; nothing has changed then.
    mutating func perform<Sink: EventSink>(_ action: Action, into sink: inout Sink) -> Bool {
        // While an EOI exit is owed the vCPU cannot run.
        if state.vcpu.apic.owesExit(configuration), action.actor != .host, action != .lateExit {
            return false
        }
        switch action.verb {
        case .ioapic: return state.ioapic.perform(action, configuration, &state.vcpu.apic, &sink)

        case .vmm(.msi):
            state.vcpu.apic.send(action.first, configuration.space, &sink)
            return true
        case .vmm(.reset): return state.vcpu.reset(&state.ioapic, configuration, &sink)
        case .vmm(.initSignal): return state.vcpu.takeInit(&state.ioapic, configuration)
        case .vmm(.extINT): return state.vcpu.askByExtINT(configuration)

        case .hypervisor(.lateExit):
            return state.vcpu.apic.exitLate(to: &state.ioapic, configuration, &sink)
        case .hypervisor(.scan):
            return state.vcpu.apic.scanIfRequested(state.ioapic, configuration)
        case .hypervisor(.inject): return state.vcpu.inject(configuration, &sink)
        case .hypervisor(.vmrun): return state.vcpu.vmrun(configuration, &sink)
        case .hypervisor(.accept): return state.vcpu.accept(&state.ioapic, configuration, &sink)

        case .guest(.sti):
            return state.vcpu.setInterruptFlag(true, nesting: configuration.nesting)
        case .guest(.cli):
            return state.vcpu.setInterruptFlag(false, nesting: configuration.nesting)
        case .guest(.eoi):
            return state.vcpu.endHighest(rising: -1, &state.ioapic, configuration, &sink)
        case .guest(.eoiRaising):
            let pin = Int(action.first)
            guard !state.ioapic.lines.contains(pin) else { return false }
            return state.vcpu.endHighest(rising: pin, &state.ioapic, configuration, &sink)
        case .guest(.directedEOI):
            endDirectly(action.first, &sink)
            return true
        // A step, and no action of its own.
        case .guest(.run): return false

        case .access(let verb):
            return state.vcpu.access(
                verb, action.first, &state.ioapic, configuration, &sink)
        }
    }

    /// The guest writes the IOAPIC's EOI register: it names the vector that it ends; at the local
    /// APIC it has ended before.
    private mutating func endDirectly<Sink: EventSink>(_ vector: UInt8, _ sink: inout Sink) {
        sink.note(.ended(vector: vector, level: false))
        state.ioapic.endDirectly(Int(vector), configuration, &state.vcpu.apic, &sink)
    }

    /// What a vCPU entry does before the guest runs.
    mutating func enter<Sink: EventSink>(into sink: inout Sink) {
        state.vcpu.enter(&state.ioapic, configuration, &sink)
    }
}

/// IOAPIC, KVM's local APIC, and a guest without Secure AVIC.
typealias PlainMachine<Space: VectorSpace> = Machine<PlainVCPU<Space>>

/// IOAPIC, KVM's vAPIC, VMCB hand-off, Secure AVIC hardware with the guest's page, and the guest.
typealias SecureMachine<Space: VectorSpace, Design: EOIDesign> = Machine<SecureVCPU<Space, Design>>
