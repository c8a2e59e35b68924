internal import AgentFace
internal import InterruptModel
internal import KVMHost

/// The secure agent in an ordinary VM, with this tool in the roles of Secure AVIC hardware and of
/// KVM: runs the agent's commands and answers what they meet.
final class EmulatedGuest {
    let machine: BareGuest
    var kvm: EmulatedKVM
    /// SAVIC_CONTROL, which the hardware keeps.
    var savicControl: UInt64 = 0
    private let limit: RunLimit
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
    private var snapshotsLeft = 24

    /// Builds the VM, lets the agent come up and brings it into the state of `setup`.
    init(
        _ system: borrowing KVMSystem, _ agent: AgentImage, _ setup: MachineSetup,
        _ design: EOIDesignEntry, _ space: WideSpace, _ limit: RunLimit
    ) throws(BackendFailure) {
        self.limit = limit
        steps = SecureSteps(setup, design)
        irqchip = setup.irqchip
        kvm = EmulatedKVM(setup, design, space)
        let payload = GuestPayload(
            image: agent.bytes, entry: agent.entryOffset, stubs: agent.stubTableOffset,
            stubSize: agent.stubSize)
        do {
            machine = try BareGuest(system, payload)
        } catch {
            throw BackendFailure(error)
        }
        try awaitReady()
        for command in steps.boot(setup, hasLevelPin: kvm.parts.hasLevelPin) {
            try exchange(command)
        }
        // What the agent did to come up is not part of the scenario.
        kvm.parts = design.makeParts(setup, space)
        kvm.entersAfterExit = setup.entersAfterExit
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
            let isByGuest = kvm.entersAfterExit && irqchip == .kernel && action.writesEntry
            if isByGuest { enter() }
            perform(action)
            if isByGuest { enter() }
        }
        try observe(isOfGuest && !isAtomic, into: &observation)
    }

    private func guestStep(_ action: Action, isAtomic: Bool) throws(BackendFailure) {
        let commands = steps.commands(for: action, hasLevelPin: kvm.parts.hasLevelPin)
        guard let last = commands.indices.last else {
            throw .failed("a secure guest cannot “\(action.spelling(in: WideSpace()))”")
        }
        if case .eoiRaising(let pin) = action { rising = pin }
        if !isAtomic, action != .reset || kvm.entersAfterExit { enter() }
        for (index, command) in commands.enumerated() {
            // A new life is one action: what a KVM would inject between its exits comes later.
            isEntering = !isAtomic && kvm.entersAfterExit && action != .reset
            isDelivering = !isAtomic && index == last
            try exchange(command)
        }
    }

    /// What the machine looks like: the page from guest memory, the rest from KVM's role. For the
    /// first guest steps the agent tells it, as it will on hardware, so that what it tells is
    /// compared too.
    private func observe(
        _ isGuestStep: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        loadPage()
        kvm.parts.interruptFlag = talk.isOpen
        observation.snapshot = kvm.parts.snapshot
        observation.events = events.events
        guard isGuestStep, snapshotsLeft > 0 else { return }
        snapshotsLeft -= 1
        observation.snapshot.take(try look())
    }

    // MARK: - Running the guest

    /// Has the agent perform a command, until it waits for the next one.
    @discardableResult
    private func exchange(_ command: AgentCommand) throws(BackendFailure) -> AgentAnswer {
        talk.post(command, in: machine.sharedMemory)
        defer { (isEntering, isDelivering) = (false, false) }
        return try awaitReady()
    }

    /// Runs the guest until it waits for a command, and takes its report in.
    @discardableResult
    private func awaitReady() throws(BackendFailure) -> AgentAnswer {
        while true {
            let exit = try run()
            switch exit {
            case .io(let port, _, true, _) where AgentPort(port: port) == .vmgexit:
                let outcome = try kvm.vmgexit(
                    machine.sharedMemory, rising: &rising, noting: &events)
                switch outcome {
                case .handled: reenter()
                case .port(.window):
                    raiseLate()
                    reenter()
                    try openWindow()
                case .port(.ready):
                    raiseLate()
                    reenter()
                    return try takeAnswer()
                case .port(.exception): try talk.exception(in: machine.sharedMemory)
                case .port(let port): throw .failed("the guest agent left by itself: \(port)")
                }
            case .readMSR(let index): try readMSR(index)
            case .writeMSR(let index, let value): try writeMSR(index, value)
            default: throw BackendFailure(.unexpectedExit(exit))
            }
        }
    }

    private func run() throws(BackendFailure) -> VCPUExit {
        try BackendFailure.translating { () throws(KVMError) in
            try machine.vcpu.run(within: limit)
        }
    }

    /// A line that was to rise in the middle of an EOI which KVM never saw rises behind it.
    private func raiseLate() {
        guard let pin = rising else { return }
        rising = nil
        kvm.parts.rise(pin, noting: &events)
    }

    /// The guest has left by its window: the hardware delivers what is deliverable, if the
    /// processor's own interrupt flag allows it.
    private func openWindow() throws(BackendFailure) {
        guard isDelivering else { return }
        try BackendFailure.translating { () throws(KVMError) in
            // Behind the exit's own instruction STI's shadow is over, and CLI not yet executed.
            try machine.vcpu.finishInstruction()
            kvm.parts.interruptFlag = machine.vcpu.takesInterrupts
            var trace = EventTrace()
            loadPage()
            guard kvm.parts.perform(.accept, noting: &trace),
                case .accepted(let vector)? = trace.events.last
            else { return }
            storePage()
            try machine.vcpu.interrupt(vector)
            delivered = vector
        }
    }

    private func takeAnswer() throws(BackendFailure) -> AgentAnswer {
        let answer = try talk.answer(in: machine.sharedMemory)
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

    // MARK: - KVM's and the hardware's own steps

    /// An exit was handled; a real KVM enters the vCPU again.
    private func reenter() {
        if isEntering { enter() }
    }

    private func enter() {
        loadPage()
        kvm.parts.enter(noting: &events)
        storePage()
    }

    private func perform(_ action: Action) {
        loadPage()
        _ = kvm.parts.perform(action, noting: &events)
        storePage()
    }

    func loadPage() {
        kvm.parts.page = BackingPage(in: machine.privateMemory, at: SecureLayout.backingPage)
        kvm.parts.isEnabled = savicControl & SecureMSR.savicControlEnable != 0
    }

    func storePage() {
        kvm.parts.page.store(in: machine.privateMemory, at: SecureLayout.backingPage)
    }
}

extension EmulatedGuest: ProbedGuest {
    func host(_ action: Action) { perform(action) }

    func tell(_ command: AgentCommand) throws(BackendFailure) -> AgentAnswer {
        events.removeAll()
        enter()
        (isEntering, isDelivering) = (kvm.entersAfterExit, true)
        return try exchange(command)
    }

    func look() throws(BackendFailure) -> AgentSnapshot {
        try exchange(.snapshot(ofKVM: true))
        return mailbox { AgentSnapshot($0) }
    }

    var counters: AgentCounters { mailbox { AgentCounters($0) } }

    func endings() -> [UInt8] {
        events.events.compactMap { if case .ioapicEOI(let vector) = $0 { vector } else { nil } }
    }

    private func mailbox<Result>(_ read: (RawSpan) -> Result) -> Result {
        machine.sharedMemory.withBytes(
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
    }
}
