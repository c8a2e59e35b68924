/// IOAPIC, vCPUs, and what lies between (model-contract §1, processors §1).
struct Machine<Processors: ProcessorSet>: Sendable {
    typealias CPU = Processors.CPU
    typealias Space = CPU.Space

    /// All that changes.
    struct State: Hashable, Sendable, BitwiseCopyable {
        var ioapic: IOAPIC<Space>
        var vcpus: Processors
    }

    var configuration: Configuration<Space>
    var state: State

    init(_ setup: MachineSetup, space: Space) {
        let configuration = setup.configuration(in: space)
        let ioapic = setup.ioapic(in: space)
        self.configuration = configuration
        state = State(
            ioapic: ioapic,
            vcpus: Processors(setup.vcpus) { CPU($0, setup, ioapic, configuration) })
    }

    /// Performs one atomic action (model-contract §2).
    /// - Returns: false when the action is not enabled; nothing has changed then.
    mutating func perform<Sink: EventSink>(_ action: Action, into sink: inout Sink) -> Bool {
        let number = Int(action.vcpu)
        // While an EOI exit is owed the vCPU cannot run.
        if state.vcpus[number].apic.owesExit(configuration), action.actor != .host,
            action.verb != .hypervisor(.lateExit)
        {
            return false
        }
        switch action.verb {
        case .ioapic: return state.ioapic.perform(action, configuration, &state.vcpus, &sink)

        case .vmm(.msi):
            state.vcpus[number].apic.send(action.first, configuration.space, &sink)
            return true
        case .vmm(.reset):
            reset(number, into: &sink)
            return true
        case .vmm(.initSignal): return takeInit(number)
        case .vmm(.extINT): return state.vcpus[number].askByExtINT(configuration)

        case .hypervisor(.lateExit): return exitLate(number, into: &sink)
        case .hypervisor(.scan):
            return state.vcpus[number].apic.scanIfRequested(state.ioapic, configuration)
        case .hypervisor(.inject): return state.vcpus[number].inject(configuration, &sink)
        case .hypervisor(.vmrun): return state.vcpus[number].vmrun(configuration, &sink)
        case .hypervisor(.accept): return accept(number, into: &sink)

        case .guest(.sti):
            return state.vcpus[number].setInterruptFlag(true, nesting: configuration.nesting)
        case .guest(.cli):
            return state.vcpus[number].setInterruptFlag(false, nesting: configuration.nesting)
        case .guest(.eoi): return endHighest(number, rising: -1, into: &sink)
        case .guest(.eoiRaising):
            let pin = Int(action.first)
            guard !state.ioapic.lines.contains(pin) else { return false }
            return endHighest(number, rising: pin, into: &sink)
        case .guest(.directedEOI):
            endDirectly(number, action.first, into: &sink)
            return true
        case .guest(.sendIPI):
            sendIPI(number, Int(action.first), IPIDestination(code: action.second), into: &sink)
            return true
        // A step, and no action of its own.
        case .guest(.run): return false

        case .access(let verb): return access(number, verb, action.first, into: &sink)
        }
    }

    /// What a vCPU entry does before the guest runs: an EOI exit that is owed, the scan, and on a
    /// secure machine injection and VMRUN.
    mutating func enter<Sink: EventSink>(_ number: Int, into sink: inout Sink) {
        _ = exitLate(number, into: &sink)
        _ = state.vcpus[number].apic.scanIfRequested(state.ioapic, configuration)
        _ = state.vcpus[number].inject(configuration, &sink)
        _ = state.vcpus[number].vmrun(configuration, &sink)
    }

    /// The guest takes the highest interrupt that is deliverable, and what follows from that.
    private mutating func accept<Sink: EventSink>(_ number: Int, into sink: inout Sink) -> Bool {
        guard state.vcpus[number].take(configuration, &sink) else { return false }
        if configuration.endsAtDelivery { _ = endHighest(number, rising: -1, into: &sink) }
        return true
    }
}

/// IOAPIC, KVM's local APIC, and a guest without Secure AVIC, on one vCPU.
typealias PlainMachine<Space: VectorSpace> = Machine<OneProcessor<PlainVCPU<Space>>>

/// IOAPIC, KVM's vAPIC, VMCB hand-off, Secure AVIC hardware with the guest's page, and the guest,
/// on one vCPU.
typealias SecureMachine<Space: VectorSpace, Design: EOIDesign> =
    Machine<OneProcessor<SecureVCPU<Space, Design>>>
