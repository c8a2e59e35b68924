/// IOAPIC, KVM's vAPIC, VMCB hand-off, Secure AVIC hardware with the guest's page, and the guest
/// (model-contract §1).
public struct SecureMachine<Space: VectorSpace, Design: EOIDesign>: Machine {
    /// All that changes: an IOAPIC and a vCPU with Secure AVIC.
    public struct State: Hashable, Sendable, BitwiseCopyable {
        public var ioapic: IOAPIC<Space>
        public var vcpu: SecureVCPU<Space>
    }

    public internal(set) var configuration: Configuration<Space>
    public var state: State

    public init(_ setup: MachineSetup, space: Space) {
        configuration = setup.configuration(in: space)
        let ioapic = setup.ioapic(in: space)
        var vcpu = SecureVCPU<Space>(
            apic: setup.softwareAPIC(ioapic, configuration),
            isEnabled: setup.savicEnabled, interruptFlag: setup.interruptsEnabled)
        for vector in setup.allowed ?? setup.pins.map(\.vector) {
            if let index = space.index(of: vector) { vcpu.allow(index, ioapic, configuration) }
        }
        state = State(ioapic: ioapic, vcpu: vcpu)
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
        case .reset: return reset(&sink)
        case .extINT: return state.vcpu.askByExtINT(configuration)

        case .lateExit: return state.vcpu.apic.exitLate(to: &state.ioapic, configuration, &sink)
        case .scan: return state.vcpu.apic.scanIfRequested(state.ioapic, configuration)
        case .inject: return inject(&sink)
        case .vmrun: return state.vcpu.vmrun(configuration, &sink)
        case .accept: return state.vcpu.accept(configuration, &sink)

        case .sti, .cli:
            return state.vcpu.setInterruptFlag(action == .sti, nesting: configuration.nesting)
        case .eoi:
            return serveHighest(rising: -1, &sink)
        case .eoiRaising(let pin):
            guard !state.ioapic.lines.contains(Int(pin)) else { return false }
            return serveHighest(rising: Int(pin), &sink)
        case .nonzeroEOI, .readEOI, .spuriousEOI, .directedEOI, .enableAPIC, .disableAPIC,
            .suppressBroadcast, .enableSAVIC, .allow, .disallow, .tpr, .ipi:
            return write(action, &sink)

        // `run` is a step and no action; a launched SEV-SNP vCPU cannot be brought back to its
        // start.
        case .run, .initSignal: return false
        }
    }

    /// What a guest does to registers beside its EOI of what it has served.
    private mutating func write<Sink: EventSink>(
        _ action: Action, _ sink: inout Sink
    ) -> Bool {
        switch action {
        case .nonzeroEOI:
            // Architecturally #GP: the guest has ended nothing.
            guard !state.vcpu.page.isr.isEmpty else { return false }
            handle(.write(conveying: -1, data: 1), ended: -1, rising: -1, &sink)
        case .readEOI:
            handle(.read, ended: -1, rising: -1, &sink)
        case .spuriousEOI:
            guard state.vcpu.page.isr.isEmpty else { return false }
            handle(.write(conveying: -1), ended: -1, rising: -1, &sink)
        case .directedEOI(let vector):
            // The guest names the vector that it ends; at the local APIC it has ended before.
            sink.note(.ended(vector: vector, level: false))
            state.ioapic.endDirectly(Int(vector), configuration, &state.vcpu.apic, &sink)
        case .enableAPIC, .disableAPIC, .suppressBroadcast:
            state.vcpu.apic.writeSPIV(action, configuration)
        case .enableSAVIC:
            guard !state.vcpu.isEnabled else { return false }
            state.vcpu.isEnabled = true
        case .allow(let vector):
            state.vcpu.allow(Int(vector), state.ioapic, configuration)
        case .tpr, .ipi:
            guard state.vcpu.isEnabled || configuration.space.breaks(.earlyAccessIsKVMs) else {
                accessKVM(action, &sink)
                return true
            }
            state.vcpu.page.write(action)
        default:
            state.vcpu.page.write(action)
        }
        return true
    }

    public mutating func enter<Sink: EventSink>(into sink: inout Sink) {
        _ = perform(.lateExit, into: &sink)
        _ = perform(.scan, into: &sink)
        _ = perform(.inject, into: &sink)
        _ = perform(.vmrun, into: &sink)
    }

    /// An access to a register of KVM's own local APIC, as long as the guest's page is not in use:
    /// #VC 0x7C, then ordinary x2APIC emulation. TPR decides nothing there, for KVM injects into a
    /// protected APIC without looking at priorities (RFC patch 06).
    mutating func accessKVM<Sink: EventSink>(_ action: Action, _ sink: inout Sink) {
        guard case .ipi(let vector) = action else { return }
        let destination = Int(state.vcpu.apic.identifier)
        _ = state.vcpu.apic.accept(
            Int(vector), level: false, destination: destination, configuration.space, &sink)
    }

    /// KVM moves pending vectors to RequestedIRR (RFC patches 06 and 13).
    private mutating func inject<Sink: EventSink>(_ sink: inout Sink) -> Bool {
        let space = configuration.space
        // Patch 06 is told of an interrupt, be it the 8259's, and asks the local APIC for it.
        if state.vcpu.asksByExtINT, state.vcpu.apic.irr.isEmpty {
            if !space.breaks(.emptyInjectionWarns) { sink.note(.hostWarning(.lostInterrupt)) }
            return true
        }
        let moved = Design.movable(of: state.vcpu.apic, space)
        guard !moved.isEmpty else { return false }
        state.vcpu.handOff(moved, space)
        return true
    }

    /// The guest's handler is done with its highest vector in service (model-contract §4.5).
    /// - Parameter rising: a pin whose line rises meanwhile, or −1.
    private mutating func serveHighest<Sink: EventSink>(rising: Int, _ sink: inout Sink) -> Bool {
        let vector = state.vcpu.page.ending(configuration.space)
        guard vector >= 0 else { return false }
        // Linux looks at the page's TMR before the EOI, and acts upon it behind it.
        let looksAstray = !state.vcpu.page.tmr.contains(vector)
        end(vector, rising: rising, &sink)
        // Where the EOI did not get as far as the IOAPIC, the line rises behind it.
        state.ioapic.rise(rising, configuration, &state.vcpu.apic, &sink)
        if configuration.guestEOI.togglesEntries, looksAstray { endAtIOAPIC(vector, &sink) }
        return true
    }

    /// The guest ends a level interrupt at the IOAPIC itself: by the EOI register where there is
    /// one, else by an edge entry, which clears Remote IRR (`eoi_ioapic_pin`, Linux
    /// arch/x86/kernel/apic/io_apic.c). KVM's local APIC does not hear of it.
    mutating func endAtIOAPIC<Sink: EventSink>(_ vector: Int, _ sink: inout Sink) {
        if configuration.hasEOIRegister {
            return state.ioapic.endDirectly(vector, configuration, &state.vcpu.apic, &sink)
        }
        // Each write to an IOAPIC that is KVM's leaves the guest, and KVM enters it again.
        let exits = configuration.entersAfterExit && configuration.irqchip == .kernel
        var pins = state.ioapic.levelPins(of: vector, configuration)
        while case let pin = pins.popLowest(), pin >= 0 {
            let entry = state.ioapic.entry(pin)
            if exits { enter(into: &sink) }
            state.ioapic.write(pin, entry.maskedEdge, configuration, &state.vcpu.apic, &sink)
            if exits { enter(into: &sink) }
            state.ioapic.write(pin, entry, configuration, &state.vcpu.apic, &sink)
        }
    }

    /// The guest's EOI of its highest vector in service, by its policy (model-contract §4.5).
    private mutating func end<Sink: EventSink>(
        _ vector: Int, rising: Int, _ sink: inout Sink
    ) {
        let space = configuration.space
        sink.note(
            .ended(
                vector: UInt8(truncatingIfNeeded: vector),
                level: state.vcpu.apic.tmr.contains(vector)))
        let page = state.vcpu.page
        let isForwarded =
            switch configuration.guestEOI {
            case .ghcb: true
            // savic_eoi() looks at the page's TMR itself, and leaves the rest to the hardware.
            case .linux, .linuxToggle:
                page.tmr.contains(vector) || !page.accelerates(vector, configuration)
            case .native, .both: !page.accelerates(vector, configuration)
            }
        state.vcpu.page.end(vector, space)
        if isForwarded {
            handle(.write(conveying: vector), ended: vector, rising: rising, &sink)
        }
        if configuration.guestEOI == .both {
            // The guest's second EOI comes behind an entry, which makes the exit of the first.
            if configuration.entersAfterExit {
                enter(into: &sink)
            } else {
                _ = perform(.lateExit, into: &sink)
            }
            handle(.write(conveying: vector), ended: vector, rising: rising, &sink)
        }
    }

    /// KVM's EOI exit: an access to the EOI register arrives through the GHCB.
    /// - Parameter ended: what the guest has ended, or −1; nothing that KVM does goes by it.
    mutating func handle<Sink: EventSink>(
        _ access: EOIAccess, ended: Int, rising: Int, _ sink: inout Sink
    ) {
        let space = configuration.space
        if !access.isWrite { sink.note(.eoiRead) }
        var decision = Design.decide(access, shadow: state.vcpu.apic.isr, space)
        if decision.refuses { sink.note(.faulted) }
        if decision.usesVectorMinusOne {
            sink.note(.vectorMinusOne)
            return
        }
        while !decision.completes.isEmpty {
            let vector = decision.completes.highest
            decision.completes.remove(vector)
            if !space.breaks(.completionClearsShadow) { state.vcpu.apic.isr.remove(vector) }
            sink.note(.completed(vector: UInt8(truncatingIfNeeded: vector)))
            state.vcpu.apic.sendEOI(
                vector, rememberedLevel: decision.remembersLevel, rising: rising,
                to: &state.ioapic, configuration, &sink)
        }
        state.vcpu.apic.finishEOI(
            ended: ended, rising: rising, to: &state.ioapic, configuration, &sink)
    }

    /// A new life: new VMSA and page, while KVM keeps what the design lets it keep
    /// (hazards F29 and F30). A guest that does it by its own hands, as by kexec, exits
    /// on the way, and KVM injects into an APIC without a page.
    private mutating func reset<Sink: EventSink>(_ sink: inout Sink) -> Bool {
        let exits = configuration.entersAfterExit
        state.vcpu.isEnabled = false
        if Design.forgetsOnReset { state.vcpu.forget() }
        if exits { enter(into: &sink) }
        state.vcpu.beginNewLife(configuration)
        if exits { enter(into: &sink) }
        state.vcpu.isEnabled = true
        return true
    }
}
