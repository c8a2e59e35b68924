internal import AgentFace
internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// The secure agent on an emulated vCPU: performs steps by the rules of KVM's role and by the
/// agent's commands.
final class EmulatedGuest {
    private let vcpu: EmulatedVCPU
    private let steps: SecureSteps
    private let irqchip: IRQChip
    private var talk = AgentConversation(mailboxAt: SecureLayout.mailbox - SecureLayout.shared)

    /// What has happened in the current step.
    private var events = EventTrace()
    /// Whether each exit of the current command is followed by an entry that injects.
    private var isEntering = false
    /// Whether the hardware may deliver in the current command's window.
    private var isDelivering = false
    /// A pin whose line is to rise while the current command's EOI is handled.
    private var rising: UInt8?
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
        let payload = GuestPayload(
            image: agent.bytes, entry: agent.entryOffset, stubs: agent.stubTableOffset,
            stubSize: agent.stubSize)
        let machine = try BackendFailure.translating { () throws(KVMError) in
            try BareGuest(system, payload)
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
        let commands = steps.commands(for: action, hasLevelPin: vcpu.kvm.parts.hasLevelPin)
        guard let last = commands.indices.last else {
            throw .failed("a secure guest cannot “\(action.spelling(in: WideSpace()))”")
        }
        if case .eoiRaising(let pin) = action { rising = pin }
        if !isAtomic, action != .reset || vcpu.kvm.entersAfterExit { enter() }
        for (index, command) in commands.enumerated() {
            isEntering = !isAtomic && vcpu.kvm.entersAfterExit
            isDelivering = !isAtomic && index == last
            let answer = try exchange(command)
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
        observation.snapshot.take(told)
        // Until the guest has enabled Secure AVIC, an RDMSR of PPR is KVM's to answer.
        if !told.isOwnPPR { observation.snapshot.ppr = ppr }
    }

    // MARK: - Running the guest

    /// Has the agent perform a command, until it waits for the next one.
    @discardableResult
    private func exchange(_ command: AgentCommand) throws(BackendFailure) -> AgentAnswer {
        // Nothing is at stake here: the rules say what comes of an EOI with nothing noted.
        talk.post(command.allowingUnnoted, in: vcpu.machine.sharedMemory)
        defer { (isEntering, isDelivering) = (false, false) }
        return try awaitReady()
    }

    /// Runs the guest until it waits for a command, and takes its report in.
    @discardableResult
    private func awaitReady() throws(BackendFailure) -> AgentAnswer {
        do throws(BackendFailure) { return try untilReady() } catch {
            throw talk.locating(error, in: vcpu.machine.sharedMemory)
        }
    }

    private func untilReady() throws(BackendFailure) -> AgentAnswer {
        while true {
            let outcome = try vcpu.next(rising: &rising, noting: &events)
            try talk.noteExit()
            switch outcome {
            case .handled: reenter()
            case .port(.window):
                raiseLate()
                reenter()
                if isDelivering { delivered = try vcpu.deliver() }
            case .port(.ready):
                raiseLate()
                reenter()
                return try takeAnswer()
            case .store(UInt64(SecureSteps.ioapicEOIRegister), 4, let data):
                let vector = UInt8(truncatingIfNeeded: data)
                vcpu.perform(.directedEOI(vector: vector), noting: &events)
                reenter()
            case .store(let address, _, _):
                let place = "0x\(String(address, radix: 16))"
                throw .failed("the guest stored to \(place), where nothing is")
            case .terminated(let request):
                throw .failed(
                    AgentFailure.sentence(
                        of: request, vcpu.machine.sharedMemory, isSimulated: true))
            case .port(.exception): try talk.exception(in: vcpu.machine.sharedMemory)
            case .port(let port): throw .failed("the guest agent left by itself: \(port)")
            }
        }
    }

    /// A line that was to rise in the middle of an EOI which KVM never saw rises behind it.
    private func raiseLate() {
        guard let pin = rising else { return }
        rising = nil
        vcpu.kvm.parts.rise(pin, noting: &events)
    }

    private func takeAnswer() throws(BackendFailure) -> AgentAnswer {
        let answer = try talk.answer(in: vcpu.machine.sharedMemory)
        if answer.result == .generalProtection { events.note(.faulted) }
        if let vector = answer.acceptedVector { events.note(.accepted(vector: vector)) }
        guard answer.acceptedVector == delivered else {
            func name(_ vector: UInt8?) -> String { vector.map(Spelling.vector) ?? "nothing" }
            throw .failed(
                "the guest says that it took \(name(answer.acceptedVector)), and was given "
                    + name(delivered))
        }
        delivered = nil
        return answer
    }

    /// An exit was handled; a real KVM enters the vCPU again.
    private func reenter() {
        if isEntering { enter() }
    }

    private func enter() { vcpu.enter(noting: &events) }
}

extension EmulatedGuest: TellingGuest {
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

    func mailbox<Result>(_ read: (RawSpan) -> Result) -> Result {
        vcpu.machine.sharedMemory.withBytes(
            at: SecureLayout.mailbox - SecureLayout.shared, count: Mailbox.size, read)
    }
}

extension Snapshot {
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
