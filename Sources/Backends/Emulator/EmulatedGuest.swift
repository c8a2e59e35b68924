internal import AgentFace
internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// The secure agent on an emulated vCPU: performs steps by the rules of KVM's role and by the
/// agent's commands.
final class EmulatedGuest: TellingGuest {
    private let vcpu: EmulatedVCPU
    private let steps: SecureSteps
    private let irqchip: IRQChip
    var talk = AgentConversation.secure
    var events = EventTrace()
    /// Whether each exit of the current command is followed by an entry that injects.
    private var isEntering = false
    /// Whether the hardware may deliver in the current command's window.
    private var isDelivering = false
    /// The interrupt that the hardware has delivered and the guest not yet reported.
    private var delivered: UInt8?
    /// Guest steps after which the agent's own snapshot is still taken, see `observe`.
    private var snapshotsLeft = 6

    /// Builds the VM, lets the agent come up and brings it into the state of `setup`.
    init(
        _ system: borrowing KVMSystem, _ agent: AgentImage, _ setup: MachineSetup,
        _ design: EOIDesignEntry, _ space: WideSpace, _ limit: RunLimit
    ) throws(BackendFailure) {
        steps = SecureSteps(setup, design)
        irqchip = setup.irqchip
        let machine = try BackendFailure.translating { () throws(KVMError) in
            try BareGuest(system, GuestPayload(agent))
        }
        vcpu = EmulatedVCPU(machine, EmulatedKVM(setup, design, space), limit)
        try awaitReady()
        for command in steps.boot(setup, hasLevelPin: vcpu.kvm.parts.hasLevelPin) {
            try exchange(command)
        }
        // What the agent did to come up is not part of the scenario.
        vcpu.kvm.parts = design.makeGuestless(setup, space)
        vcpu.kvm.entersAfterExit = setup.entersAfterExit
        events.removeAll()
    }

    /// Performs one step and looks at the machine.
    func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        events.removeAll()
        let isOfGuest = action.actor == .guest || action == .reset
        if isOfGuest {
            try guestStep(action, isAtomic: isAtomic)
        } else if action == .accept {
            isDelivering = true
            try exchange(.run)
        } else {
            // KVM's own IOAPIC is written by the guest, which has to be entered for that.
            let isByGuest = vcpu.kvm.entersAfterExit && irqchip == .kernel && action.writesEntry
            if isByGuest { enter() }
            vcpu.perform(action, noting: &events)
            if isByGuest { enter() }
        }
        try observe(isOfGuest && !isAtomic, into: &observation)
    }

    private func guestStep(_ action: Action, isAtomic: Bool) throws(BackendFailure) {
        let commands = try steps.commands(for: action, hasLevelPin: vcpu.kvm.parts.hasLevelPin)
        if !isAtomic, action != .reset || vcpu.kvm.entersAfterExit { enter() }
        for (index, command) in commands.enumerated() {
            isEntering = !isAtomic && vcpu.kvm.entersAfterExit
            isDelivering = !isAtomic && index == commands.count - 1
            let answer = try exchange(command, rising: index == 0 ? action.risingPin : nil)
            if let vector = answer.vectorLeft(by: command) {
                vcpu.endAtIOAPIC(vector, noting: &events)
            }
        }
    }

    /// What the machine looks like: the page from guest memory, the rest from KVM's role. For the
    /// first guest steps the agent tells it, as it will on hardware, so that what it tells is
    /// compared too.
    private func observe(
        _ isGuestStep: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        vcpu.loadPage()
        vcpu.kvm.parts.interruptFlag = talk.isOpen
        observation.snapshot = vcpu.kvm.parts.snapshot
        observation.events = events.events
        guard isGuestStep, snapshotsLeft > 0 else { return }
        snapshotsLeft -= 1
        let ppr = observation.snapshot.ppr
        let told = try look()
        observation.snapshot.first.take(told)
        // Until the guest has enabled Secure AVIC, an RDMSR of PPR is KVM's to answer.
        if !told.isOwnPPR { observation.snapshot.ppr = ppr }
    }

    // MARK: - Running the guest

    @discardableResult
    private func exchange(
        _ command: AgentCommand, rising: UInt8? = nil
    ) throws(BackendFailure) -> AgentAnswer {
        defer { (isEntering, isDelivering) = (false, false) }
        // Nothing is at stake here: the rules say what comes of an EOI with nothing noted.
        return try ask(command.allowingUnnoted, rising: rising)
    }

    func next() throws(BackendFailure) -> AgentPort? {
        let progress = try vcpu.next(rising: &talk.rising, noting: &events)
        try talk.noteExit()
        switch progress {
        case .handled: break
        case .port(let port) where port == .stop || port == .vmgexit:
            throw .failed("the guest agent left by itself: \(port)")
        case .port(let port): return port
        case .store(UInt64(IOAPICRegisters.eoi), 4, let data):
            let vector = UInt8(truncatingIfNeeded: data)
            vcpu.perform(.directedEOI(vector: vector), noting: &events)
        case .store(let address, _, _):
            throw .failed("the guest stored to \(hex(address)), where nothing is")
        case .terminated(let request):
            throw .failed(AgentFailure.sentence(of: request, memory, isSimulated: true))
        }
        reenter()
        return nil
    }

    func rise(_ pin: UInt8) { vcpu.kvm.parts.rise(pin, noting: &events) }

    func reenter(behind port: AgentPort) throws(BackendFailure) {
        reenter()
        if port == .window, isDelivering { delivered = try vcpu.deliver() }
    }

    /// What the guest says that it took has to be what the hardware has delivered.
    func take(_ answer: AgentAnswer) throws(BackendFailure) {
        note(answer)
        guard answer.acceptedVector == delivered else {
            func name(_ vector: UInt8?) -> String { vector.map(Spelling.vector) ?? "nothing" }
            throw .failed(
                "the guest says that it took \(name(answer.acceptedVector)), and was given "
                    + name(delivered))
        }
        delivered = nil
    }

    var memory: GuestMemory { _read { yield vcpu.machine.sharedMemory } }

    /// An exit was handled; a real KVM enters the vCPU again.
    private func reenter() {
        if isEntering { enter() }
    }

    private func enter() { vcpu.enter(noting: &events) }

    // MARK: - Probes

    func host(_ action: Action) { vcpu.perform(action, noting: &events) }

    func tell(_ command: AgentCommand) throws(BackendFailure) -> ProbedStep {
        events.removeAll()
        enter()
        (isEntering, isDelivering) = (vcpu.kvm.entersAfterExit, true)
        let answer = try exchange(command)
        // On hardware that write goes astray in the host's memory: no probe may do it.
        if events.events.contains(.vectorMinusOne) {
            throw .failed("a probe had KVM use vector −1, by “\(command)”")
        }
        return ProbedStep(answer)
    }

    func look() throws(BackendFailure) -> AgentSnapshot {
        try exchange(.snapshot(ofKVM: true))
        return mailbox { AgentSnapshot($0) }
    }

    func endings() -> [UInt8] {
        events.events.compactMap { if case .ioapicEOI(let vector) = $0 { vector } else { nil } }
    }
}

extension Registers {
    /// Takes over the registers that the agent has read: its page's, and KVM's through the GHCB.
    mutating func take(_ told: AgentSnapshot) {
        pageIRR = WideVectors(words: told.irr)
        pageISR = WideVectors(words: told.isr)
        pageTMR = WideVectors(words: told.tmr)
        irr = WideVectors(words: told.kvmIRR)
        isr = WideVectors(words: told.kvmISR)
        tmr = WideVectors(words: told.kvmTMR)
        ppr = UInt8(truncatingIfNeeded: told.ppr) & 0xF0
    }
}
