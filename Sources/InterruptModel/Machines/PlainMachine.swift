/// IOAPIC, KVM's local APIC, and a guest without Secure AVIC (model-contract §1).
public struct PlainMachine<Space: VectorSpace>: Machine {
    /// All that changes: an IOAPIC and a vCPU with KVM's local APIC.
    public struct State: Hashable, Sendable, BitwiseCopyable {
        public var ioapic: IOAPIC<Space>
        public var vcpu: PlainVCPU<Space>
    }

    public let configuration: Configuration<Space>
    public var state: State

    public init(_ setup: MachineSetup, space: Space) {
        configuration = setup.configuration(in: space)
        let ioapic = setup.ioapic(in: space)
        state = State(
            ioapic: ioapic,
            vcpu: PlainVCPU(
                apic: setup.softwareAPIC(ioapic, configuration),
                interruptFlag: setup.interruptsEnabled))
    }

    public mutating func perform<Sink: EventSink>(
        _ action: Action, into sink: inout Sink
    ) -> Bool {
        // While an EOI exit is owed the vCPU cannot run.
        if state.vcpu.apic.owesExit(configuration), action.actor != .host, action != .lateExit {
            return false
        }
        switch action {
        case .assert, .reassert, .deassert, .assertStatus, .irqfd, .msi, .mask, .unmask, .trigger,
            .retarget, .vector, .rewrite, .delayedWork:
            return state.ioapic.perform(action, configuration, &state.vcpu.apic, &sink)
        case .reset: return reset()
        case .initSignal: return initSignal()

        case .lateExit: return state.vcpu.apic.exitLate(to: &state.ioapic, configuration, &sink)
        case .scan: return state.vcpu.apic.scanIfRequested(state.ioapic, configuration)
        case .accept: return accept(&sink)

        case .sti, .cli:
            return state.vcpu.setInterruptFlag(action == .sti, nesting: configuration.nesting)
        case .eoi, .nonzeroEOI:
            // KVM does not fault on non-zero data (kvm-snp-uapi §3.4): it is an EOI.
            return endHighest(rising: -1, &sink)
        case .eoiRaising(let pin):
            guard !state.ioapic.lines.contains(Int(pin)), endHighest(rising: Int(pin), &sink)
            else { return false }
            // Where the EOI did not get as far as the IOAPIC, the line rises behind it.
            state.ioapic.rise(Int(pin), configuration, &state.vcpu.apic, &sink)
            return true
        case .spuriousEOI:
            return state.vcpu.apic.isr.isEmpty
        case .readEOI:
            sink.note(.faulted)
            return true
        case .tpr(let value):
            state.vcpu.tpr = value
            return true
        case .ipi(let vector):
            let destination = Int(state.vcpu.apic.identifier)
            _ = state.vcpu.apic.accept(
                Int(vector), level: false, destination: destination, configuration.space, &sink)
            return true
        case .directedEOI(let vector):
            // The guest names the vector that it ends; at the local APIC it has ended before.
            sink.note(.ended(vector: vector, level: false))
            state.ioapic.endDirectly(Int(vector), configuration, &state.vcpu.apic, &sink)
            return true
        case .enableAPIC, .disableAPIC:
            state.vcpu.apic.writeSPIV(action, configuration)
            return true
        case .suppressBroadcast:
            state.vcpu.apic.writeSPIV(action, configuration)
            // KVM masks the bit where it has the IOAPIC, so there it comes by KVM_SET_LAPIC.
            if configuration.irqchip == .kernel { restoreState() }
            return true

        // `run` is a step and no action; the 8259 of a plain guest is not modelled: its interrupts
        // are no matter of EOIs.
        case .run, .extINT, .inject, .vmrun, .enableSAVIC, .allow, .disallow: return false
        }
    }

    public mutating func enter<Sink: EventSink>(into sink: inout Sink) {
        _ = perform(.lateExit, into: &sink)
        _ = perform(.scan, into: &sink)
    }

    /// The guest's EOI: `apic_set_eoi` (kvm-interrupts §8).
    private mutating func endHighest<Sink: EventSink>(rising: Int, _ sink: inout Sink) -> Bool {
        let space = configuration.space
        let isr = state.vcpu.apic.isr
        let vector = space.breaks(.eoiEndsHighest) ? isr.lowest : isr.highest
        guard vector >= 0 else { return configuration.endsAtDelivery }
        let name = UInt8(truncatingIfNeeded: vector)
        sink.note(.ended(vector: name, level: state.vcpu.apic.tmr.contains(vector)))
        sink.note(.completed(vector: name))
        state.vcpu.apic.isr.remove(vector)
        state.vcpu.apic.sendEOI(
            vector, rememberedLevel: false, rising: rising, to: &state.ioapic, configuration,
            &sink)
        state.vcpu.apic.finishEOI(
            ended: vector, rising: rising, to: &state.ioapic, configuration, &sink)
        return true
    }

    private mutating func accept<Sink: EventSink>(_ sink: inout Sink) -> Bool {
        let isOpen = state.vcpu.interruptFlag
        let isTaken = state.vcpu.accept(configuration, &sink)
        // A guest that can take interrupts leaves once more for each of its commands, so a scan
        // that comes late has come by now, behind what was taken.
        if configuration.scansLate, isOpen {
            _ = state.vcpu.apic.scanIfRequested(state.ioapic, configuration)
        }
        guard isTaken else { return false }
        if configuration.endsAtDelivery { _ = endHighest(rising: -1, &sink) }
        return true
    }

    /// A VMM's reset by KVM_SET_LAPIC: the local APIC begins anew while the IOAPIC keeps Remote IRR
    /// (hazard F29).
    private mutating func reset() -> Bool {
        beginAnew()
        restoreState()
        return true
    }

    /// INIT: the same of the local APIC's registers, but for what hangs on KVM_SET_LAPIC.
    private mutating func initSignal() -> Bool {
        beginAnew()
        if configuration.space.breaks(.initKeepsRTC) { restoreState() }
        return true
    }

    private mutating func beginAnew() {
        state.vcpu.apic.reset()
        state.vcpu.tpr = 0
        state.vcpu.interruptFlag = false
    }

    /// What `kvm_apic_set_state` does beside taking over registers.
    private mutating func restoreState() {
        state.vcpu.apic.scanRequested = true
        state.ioapic.restoreRTC(of: state.vcpu.apic, configuration)
    }
}

/// A vCPU whose local APIC is KVM's.
public struct PlainVCPU<Space: VectorSpace>: Hashable, Sendable, BitwiseCopyable {
    public internal(set) var apic: SoftwareAPIC<Space>
    public internal(set) var tpr: UInt8 = 0
    public internal(set) var interruptFlag: Bool

    mutating func setInterruptFlag(_ on: Bool, nesting: Bool) -> Bool {
        guard interruptFlag != on, !on || nesting || apic.isr.isEmpty else { return false }
        interruptFlag = on
        return true
    }

    mutating func accept<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool {
        let space = configuration.space
        guard interruptFlag || space.breaks(.acceptNeedsInterruptFlag) else { return false }
        let vector = Priority.deliverable(irr: apic.irr, isr: apic.isr, tpr: tpr, space)
        guard vector >= 0 else { return false }
        if !space.breaks(.acceptClearsIRR) { apic.irr.remove(vector) }
        apic.isr.insert(vector)
        interruptFlag = false
        sink.note(.accepted(vector: UInt8(truncatingIfNeeded: vector)))
        return true
    }
}
