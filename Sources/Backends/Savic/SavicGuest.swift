internal import AgentFace
internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// The secure agent in a guest with Secure AVIC on a real KVM: in an SEV-SNP guest on hardware, or
/// in the kernel lab's VM.
///
/// A class, because the pins reach the VM through it while it is performing a step itself.
final class SavicGuest: PinnedGuest {
    private let machine: SecureGuest
    private let limit: RunLimit
    private let pins: any PinDriver
    private let steps: SecureSteps
    /// Whether this host is not to get an EOI that an unfixed kernel would take for vector −1.
    private let guardsHost: Bool
    /// Whether the host is told what is assumed, as the lab is, and so nothing of it is a guess.
    private let isTold: Bool
    /// Whether a WRMSR of EOI may be a #VC, whose handler forwards it.
    private let mayTrap: Bool
    /// What can be seen here, and what there is to go by where KVM's own registers cannot.
    private let sight: SecureSight
    private var handedOff: HandedOff
    /// Whether the PPR that the agent told last is the guest's own.
    private(set) var hasToldPPR = true
    private var talk = AgentConversation(mailboxAt: SecureLayout.mailbox - SecureLayout.shared)
    var events = EventTrace()
    /// A pin whose line is to rise while the current command's EOI is handled.
    private var rising: UInt8?
    /// Pins whose Remote IRR was set before the last probe's step, and the vectors of all.
    private var waitingBefore = PinSet()
    private let vectors: [(pin: Int, vector: UInt8)]
    /// How many events there were when the current command was given.
    private var exchangeStart = 0

    /// Launches the guest on `ground`, lets the agent come up and brings it into the state of
    /// `setup`.
    init(
        _ system: borrowing KVMSystem, _ agent: AgentImage, _ setup: MachineSetup,
        _ design: EOIDesignEntry, on ground: SecureGround, _ limit: RunLimit,
        sight: SecureSight, allowsHostRisk: Bool
    ) throws(BackendFailure) {
        let payload = GuestPayload(
            image: agent.bytes, entry: agent.entryOffset, stubs: agent.stubTableOffset,
            stubSize: agent.stubSize)
        self.limit = limit
        self.sight = sight
        guardsHost = !allowsHostRisk && (!ground.isTold || HostDanger.isOf(design))
        isTold = ground.isTold
        mayTrap = !isTold || setup.assumptions.nativeLevelEOI == .traps
        steps = SecureSteps(setup, design)
        vectors = setup.pins.map { (Int($0.pin), $0.vector) }
        handedOff = HandedOff(edges: setup.pins.filter { $0.trigger == .edge }.map(\.vector))
        switch setup.irqchip {
        case .split: pins = SplitPins(setup)
        case .kernel: pins = KernelPins(setup)
        }
        do throws(KVMError) {
            machine = try ground.launch(system, payload, setup, design)
        } catch {
            throw BackendFailure(protectedVM: error)
        }
        do throws(KVMError) { try pins.start(on: self) } catch {
            throw BackendFailure(protectedVM: error)
        }
        try awaitReady()
        for command in steps.boot(setup, hasLevelPin: pins.hasLevelPin) { try exchange(command) }
        events.removeAll()
    }

    /// Performs one step. What the guest sees is told after its own steps only: to ask it is to
    /// enter it, which injects what a host step has made pending.
    func perform(
        _ action: Action, into observation: inout Observation
    ) throws(BackendFailure) {
        events.removeAll()
        exchangeStart = 0
        let isOfGuest = action.actor == .guest || action == .reset
        if isOfGuest { try guestStep(action) } else { try host(action) }
        // Ack notifiers fire in the EOI, before the guest takes the next interrupt.
        var place = exchangeStart
        for event in try pins.announcements() {
            events.insert(event, at: place)
            place += 1
        }
        observation.events = events.events
        observation.snapshot.remoteIRR = try pins.remoteIRR(on: self)
        observation.snapshot.interruptFlag = talk.isOpen
        guard action.actor == .guest else { return }
        let told = try look()
        hasToldPPR = told.isOwnPPR
        observation.snapshot.take(told)
    }

    private func guestStep(_ action: Action) throws(BackendFailure) {
        let commands = steps.commands(for: action, hasLevelPin: pins.hasLevelPin)
        guard !commands.isEmpty else {
            throw .failed("a secure guest cannot “\(action.spelling(in: WideSpace()))”")
        }
        for (index, command) in commands.enumerated() {
            let command = try guardHost(command)
            if case .eoiRaising(let pin) = action, index == 0 { rising = pin }
            exchangeStart = events.events.count
            let answer = try exchange(command)
            if let vector = answer.vectorLeft(by: command) {
                try pins.endByGuest(vector, on: self)
            }
        }
    }

    /// Does not send an EOI that KVM would take for vector −1 (hazard A1): memory of
    /// the host is at stake, so what KVM has noted is asked for each time. That it notes another
    /// vector between two EOIs of one command is not counted on, except on the lab: there the
    /// scenario has been gone through under just what it plays.
    /// - Returns: the command; its #VC handler looks, too, unless that is no use or not wanted.
    private func guardHost(_ command: AgentCommand) throws(BackendFailure) -> AgentCommand {
        guard guardsHost else { return command.allowingUnnoted }
        let isBlind = sight.shadow != .readable
        guard command.forwardedEOIs(isLevel: true, mayTrap: mayTrap, isBlind) > 0 else {
            return command
        }
        let seen = try look()
        let inService = WideVectors(words: seen.isr).highest
        let isLevel = inService >= 0 && WideVectors(words: seen.tmr).contains(inService)
        let noted = try noted(seen)
        let forwarded = command.forwardedEOIs(isLevel: isLevel, mayTrap: mayTrap, isBlind)
        guard noted.elements.count < (isTold ? min(forwarded, 1) : forwarded) else {
            // With registers that do not tell, the handler would end the guest whatever is true.
            return forwarded > 0 && isBlind ? command.allowingUnnoted : command
        }
        let who =
            sight.shadow == .readable
            ? "KVM has noted \(Spelling.vectors(noted))"
            : "KVM does not tell what it has noted, and by what this tool has handed off and not "
                + "seen ended that is \(Spelling.vectors(noted))"
        throw .failed(
            "not sent: \(who), and an unfixed kernel would use "
                + "vector −1 and write outside its memory; --allow-host-risk sends it")
    }

    /// What KVM has noted, as it tells or as it has to have.
    private func noted(_ seen: AgentSnapshot) throws(BackendFailure) -> WideVectors {
        guard sight.shadow != .readable else { return WideVectors(words: seen.kvmISR) }
        let waiting = try pins.remoteIRR(on: self)
        let served = WideVectors(vectors.filter { waiting.contains($0.pin) }.map(\.vector))
        let page = WideVectors(words: seen.isr).union(WideVectors(words: seen.irr))
        return handedOff.noted(served, in: page)
    }

    // MARK: - Running the guest

    /// Has the agent perform a command, until it waits for the next one.
    @discardableResult
    private func exchange(_ command: AgentCommand) throws(BackendFailure) -> AgentAnswer {
        handedOff.note(command)
        talk.post(command, in: machine.sharedMemory)
        return try awaitReady()
    }

    @discardableResult
    private func awaitReady() throws(BackendFailure) -> AgentAnswer {
        do throws(BackendFailure) { return try untilReady() } catch {
            throw talk.locating(error, in: machine.sharedMemory)
        }
    }

    private func untilReady() throws(BackendFailure) -> AgentAnswer {
        while true {
            let exit = try BackendFailure.translating { () throws(KVMError) in
                try machine.vcpu.run(within: limit)
            }
            try talk.noteExit()
            switch exit {
            case .ioapicEOI(let vector):
                events.note(.eoiExit(vector: vector))
                events.note(.ioapicEOI(vector: vector))
                try pins.handleEOI(of: vector, rising: rising, on: self)
            case .io(let port, _, true, _):
                switch AgentPort(port: port) {
                case .window: try raiseLate()
                case .ready:
                    try raiseLate()
                    return try takeAnswer()
                case .exception: try talk.exception(in: machine.sharedMemory)
                case .stop: throw .failed("the guest agent stopped by itself")
                case .vmgexit, nil:
                    throw .failed("the guest wrote to port \(port), which nobody has")
                }
            case .mmio(UInt64(SecureSteps.ioapicEOIRegister), 4, true, let data):
                try pins.writeEOIRegister(UInt8(truncatingIfNeeded: data), on: self)
            case .systemEvent(SavicGuest.termination, let data):
                throw .failed(
                    AgentFailure.sentence(
                        of: data.first ?? 0, machine.sharedMemory, isSimulated: isTold))
            default:
                throw BackendFailure(.unexpectedExit(exit))
            }
        }
    }

    /// `KVM_SYSTEM_EVENT_SEV_TERM`: the guest has asked to be ended.
    private static let termination: UInt32 = 6

    /// A line that was to rise in the middle of an EOI which made no exit rises behind it.
    private func raiseLate() throws(BackendFailure) {
        guard let pin = rising else { return }
        rising = nil
        try pins.rise(pin, on: self)
    }

    private func takeAnswer() throws(BackendFailure) -> AgentAnswer {
        let answer = try talk.answer(in: machine.sharedMemory)
        if answer.result == .generalProtection { events.note(.faulted) }
        if let vector = answer.acceptedVector { events.note(.accepted(vector: vector)) }
        return answer
    }

    // MARK: - What the pins need

    func withVM<Result: ~Copyable>(
        _ body: (borrowing VirtualMachine) throws(KVMError) -> Result
    ) throws(KVMError) -> Result {
        try body(machine.vm)
    }

    func store(_ value: UInt32, at address: UInt64) throws(BackendFailure) {
        try exchange(.store(address: UInt32(truncatingIfNeeded: address), value: value))
    }
}

extension SavicGuest: TellingGuest {
    func host(_ action: Action) throws(BackendFailure) {
        handedOff.note(action)
        guard case .msi(let vector) = action else { return try pins.perform(action, on: self) }
        _ = try BackendFailure.translating { () throws(KVMError) in
            try machine.vm.signalMSI(destination: 0, vector: vector, level: false)
        }
    }

    func tell(_ command: AgentCommand) throws(BackendFailure) -> ProbedStep {
        events.removeAll()
        let command = try guardHost(command)
        waitingBefore = try pins.remoteIRR(on: self)
        return ProbedStep(try exchange(command))
    }

    func look() throws(BackendFailure) -> AgentSnapshot {
        try exchange(.snapshot(ofKVM: sight.shadow == .readable))
        return mailbox { AgentSnapshot($0) }
    }

    /// The same, and whether KVM refused to tell its part.
    func lookAsked() throws(BackendFailure) -> (seen: AgentSnapshot, isRefused: Bool) {
        let answer = try exchange(.snapshot(ofKVM: true))
        return (mailbox { AgentSnapshot($0) }, answer.result == .generalProtection)
    }

    /// KVM's own IOAPIC makes no exits: there an EOI shows in Remote IRR.
    func endings() throws(BackendFailure) -> [UInt8] {
        let waiting = try pins.remoteIRR(on: self)
        let ended = waitingBefore.subtracting(waiting)
        return vectors.filter { ended.contains($0.pin) }.map(\.vector)
    }

    func mailbox<Result>(_ read: (RawSpan) -> Result) -> Result {
        machine.sharedMemory.withBytes(
            at: SecureLayout.mailbox - SecureLayout.shared, count: Mailbox.size, read)
    }
}

extension AgentCommand {
    /// How many EOIs of the command may come to KVM.
    /// - Parameters:
    ///   - isLevel: whether the page says so of the vector that the guest ends.
    ///   - mayTrap: whether a WRMSR of EOI may then be a #VC.
    ///   - isBlind: whether nobody can look between the two EOIs of one command.
    fileprivate func forwardedEOIs(isLevel: Bool, mayTrap: Bool, _ isBlind: Bool) -> Int {
        let byHandler = isLevel && mayTrap ? 1 : 0
        switch self {
        case .readEOI: return 1
        case .eoi(_, let way):
            switch way.kind {
            case .linux, .linuxLevel: return isLevel ? 1 : 0
            case .native: return byHandler
            case .ghcb, .forward: return 1
            case .both: return isBlind && mayTrap ? 2 : byHandler + 1
            }
        default: return 0
        }
    }
}
