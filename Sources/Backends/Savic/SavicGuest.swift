internal import AgentFace
internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// The secure agent in a guest with Secure AVIC on a real KVM: in an SEV-SNP guest on hardware, or
/// in the kernel lab's VM.
///
/// A class, because the pins reach the VM through it while it is performing a step itself.
final class SavicGuest: PinnedGuest, TellingGuest {
    private let machine: SecureGuest
    private let limit: RunLimit
    let pins: any PinDriver
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
    var talk = AgentConversation.secure
    var events = EventTrace()
    /// Pins whose Remote IRR was set before the last probe's step, and the vectors of all.
    private var waitingBefore = PinSet()
    private let vectors: [(pin: Int, vector: UInt8)]

    /// Launches the guest on `ground`, lets the agent come up and brings it into the state of
    /// `setup`.
    init(
        _ system: borrowing KVMSystem, _ agent: AgentImage, _ setup: MachineSetup,
        _ design: EOIDesignEntry, on ground: SecureGround, _ limit: RunLimit,
        sight: SecureSight, allowsHostRisk: Bool
    ) throws(BackendFailure) {
        self.limit = limit
        self.sight = sight
        guardsHost = !allowsHostRisk && (!ground.isTold || HostDanger.isOf(design))
        isTold = ground.isTold
        mayTrap = !isTold || setup.assumptions.nativeLevelEOI == .traps
        steps = SecureSteps(setup, design)
        vectors = setup.pins.map { (Int($0.pin), $0.vector) }
        handedOff = HandedOff(edges: setup.pins.filter { $0.trigger == .edge }.map(\.vector))
        pins = setup.pinDriver
        do throws(KVMError) {
            machine = try ground.launch(system, GuestPayload(agent), setup, design)
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
        beginStep()
        let isOfGuest = action.actor == .guest || action == .reset
        if isOfGuest { try guestStep(action) } else { try host(action) }
        // Ack notifiers fire in the EOI, before the guest takes the next interrupt.
        events.insert(try pins.announcements(), at: talk.start)
        observation.events = events.events
        observation.snapshot.remoteIRR = try pins.remoteIRR(on: self)
        observation.snapshot.interruptFlag = talk.isOpen
        guard action.actor == .guest else { return }
        let told = try look()
        hasToldPPR = told.isOwnPPR
        observation.snapshot.first.take(told)
    }

    private func guestStep(_ action: Action) throws(BackendFailure) {
        let commands = try steps.commands(for: action, hasLevelPin: pins.hasLevelPin)
        for (index, command) in commands.enumerated() {
            let command = try guardHost(command)
            let answer = try exchange(command, rising: index == 0 ? action.risingPin : nil)
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

    @discardableResult
    private func exchange(
        _ command: AgentCommand, rising: UInt8? = nil
    ) throws(BackendFailure) -> AgentAnswer {
        handedOff.note(command)
        return try ask(command, rising: rising)
    }

    func run() throws(KVMError) -> VCPUExit { try machine.vcpu.run(within: limit) }

    func handle(_ exit: VCPUExit) throws(BackendFailure) {
        switch exit {
        case .mmio(UInt64(IOAPICRegisters.eoi), 4, true, let data):
            try pins.writeEOIRegister(UInt8(truncatingIfNeeded: data), on: self)
        case .systemEvent(SavicGuest.termination, let data):
            throw .failed(
                AgentFailure.sentence(of: data.first ?? 0, memory, isSimulated: isTold))
        default: throw BackendFailure(.unexpectedExit(exit))
        }
    }

    /// `KVM_SYSTEM_EVENT_SEV_TERM`: the guest has asked to be ended.
    private static let termination: UInt32 = 6

    var memory: GuestMemory { _read { yield machine.sharedMemory } }
    var vm: VirtualMachine { _read { yield machine.vm } }

    // MARK: - Probes

    func host(_ action: Action) throws(BackendFailure) {
        handedOff.note(action)
        try performHostStep(action)
    }

    func tell(_ command: AgentCommand) throws(BackendFailure) -> ProbedStep {
        beginStep()
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
