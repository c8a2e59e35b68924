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
        switch action {
        case .assert, .reassert, .deassert, .assertStatus, .irqfd, .mask, .unmask, .trigger,
            .retarget, .vector, .rewrite, .delayedWork:
            return state.ioapic.perform(action, configuration, &state.vcpu.apic, &sink)
        case .msi(let vector):
            state.vcpu.apic.send(vector, configuration.space, &sink)
            return true
        case .reset: return state.vcpu.reset(&state.ioapic, configuration, &sink)
        case .initSignal: return state.vcpu.takeInit(&state.ioapic, configuration)
        case .extINT: return state.vcpu.askByExtINT(configuration)

        case .lateExit: return state.vcpu.apic.exitLate(to: &state.ioapic, configuration, &sink)
        case .scan: return state.vcpu.apic.scanIfRequested(state.ioapic, configuration)
        case .inject: return state.vcpu.inject(configuration, &sink)
        case .vmrun: return state.vcpu.vmrun(configuration, &sink)
        case .accept: return state.vcpu.accept(&state.ioapic, configuration, &sink)

        case .sti, .cli:
            return state.vcpu.setInterruptFlag(action == .sti, nesting: configuration.nesting)
        case .eoi: return state.vcpu.endHighest(rising: -1, &state.ioapic, configuration, &sink)
        case .eoiRaising(let pin):
            guard !state.ioapic.lines.contains(Int(pin)) else { return false }
            return state.vcpu.endHighest(
                rising: Int(pin), &state.ioapic, configuration, &sink)
        case .directedEOI(let vector):
            endDirectly(vector, &sink)
            return true
        case .nonzeroEOI, .readEOI, .spuriousEOI, .tpr, .ipi, .enableSAVIC, .allow, .disallow,
            .enableAPIC, .disableAPIC, .suppressBroadcast:
            return state.vcpu.access(action, &state.ioapic, configuration, &sink)
        // A step, and no action of its own.
        case .run: return false
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

    /// The state invariants that do not hold now.
    var violations: InvariantSet {
        state.ioapic.violations(live: state.vcpu.live, state.vcpu.apic, configuration)
            .union(state.vcpu.violations)
    }
}

/// IOAPIC, KVM's local APIC, and a guest without Secure AVIC.
typealias PlainMachine<Space: VectorSpace> = Machine<PlainVCPU<Space>>

/// IOAPIC, KVM's vAPIC, VMCB hand-off, Secure AVIC hardware with the guest's page, and the guest.
typealias SecureMachine<Space: VectorSpace, Design: EOIDesign> = Machine<SecureVCPU<Space, Design>>
