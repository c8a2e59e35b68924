internal import AgentFace
internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// A plain VM with the agent in it: performs steps by ioctl and by the agent's commands.
///
/// A class, because the pins reach the VM through it while it is performing a step itself.
final class KVMGuest: PinnedGuest {
    let machine: PlainGuest
    private let limit: RunLimit
    private let pins: any PinDriver
    private var talk = AgentConversation(mailboxAt: PlainLayout.mailbox)
    private let endsAtDelivery: Bool
    private let irqchip: IRQChip
    /// What has happened in the current step.
    var events = EventTrace()
    /// How many events there were when the current command was given.
    private var exchangeStart = 0

    init(
        _ system: borrowing KVMSystem, _ setup: MachineSetup, _ limit: RunLimit
    ) throws(KVMError) {
        let agent = AgentImage.plain
        let payload = GuestPayload(
            image: agent.bytes, entry: agent.entryOffset, stubs: agent.stubTableOffset,
            stubSize: agent.stubSize)
        self.limit = limit
        endsAtDelivery = setup.endsAtDelivery
        irqchip = setup.irqchip
        let broadcasts = EOIBroadcasts(setup.broadcastSuppression)
        switch setup.irqchip {
        case .split:
            machine = try PlainGuest(system, payload, broadcasts: broadcasts)
            pins = SplitPins(setup)
        case .kernel:
            machine = try PlainGuest(system, payload, .kernel, broadcasts: broadcasts)
            pins = KernelPins(setup)
        }
        try pins.start(on: self)
    }

    /// A guest that is in the state of `setup`.
    static func booted(
        on device: KVMDevice, _ setup: MachineSetup, _ limit: RunLimit
    ) throws(BackendFailure) -> KVMGuest {
        let guest = try device.use { system throws(BackendFailure) in
            try BackendFailure.translating { () throws(KVMError) in
                try KVMGuest(system, setup, limit)
            }
        }
        try guest.boot(setup)
        return guest
    }

    /// Lets the agent come up and brings the guest into the state of `setup`.
    private func boot(_ setup: MachineSetup) throws(BackendFailure) {
        _ = try awaitReady()
        if !setup.apicEnabled { try command(.spiv(SPIV.disabled)) }
        if setup.interruptsEnabled { try command(.sti) }
        // A host may owe a scan for the agent's own writes.
        try command(.run)
        events.removeAll()
    }

    /// Performs one step and looks at the machine.
    func perform(
        _ action: Action, into observation: inout Observation
    ) throws(BackendFailure) {
        events.removeAll()
        exchangeStart = 0
        if action.actor == .guest {
            try guestStep(action)
        } else {
            try hostStep(action)
        }
        // Ack notifiers fire in the EOI: before the guest takes the next interrupt, or behind the
        // one that KVM ends itself.
        var place = endsAtDelivery ? events.events.count : exchangeStart
        for event in try pins.announcements() {
            events.insert(event, at: place)
            place += 1
        }
        let lapic = try BackendFailure.translating { () throws(KVMError) in
            try machine.vcpu.lapic()
        }
        observation.events = events.events
        observation.snapshot.irr = WideVectors(words: lapic.irr)
        observation.snapshot.isr = WideVectors(words: lapic.isr)
        observation.snapshot.tmr = WideVectors(words: lapic.tmr)
        observation.snapshot.ppr = lapic.ppr & 0xF0
        observation.snapshot.remoteIRR = try pins.remoteIRR(on: self)
        observation.snapshot.interruptFlag = talk.isOpen
    }

    // MARK: - Host steps

    private func hostStep(_ action: Action) throws(BackendFailure) {
        switch action {
        case .msi(let vector):
            _ = try BackendFailure.translating { () throws(KVMError) in
                try machine.vm.signalMSI(destination: 0, vector: vector, level: false)
            }
        case .reset:
            try reset()
        case .initSignal:
            try initSignal()
        default:
            try pins.perform(action, on: self)
        }
    }

    /// Sets SPIV bit 12. With its own IOAPIC KVM does not offer the bit and masks it from what the
    /// guest writes, but it honours a bit that state brings in (story S10).
    private func suppressBroadcast() throws(BackendFailure) {
        guard irqchip == .kernel else { return try command(.spiv(SPIV.suppressing)) }
        try BackendFailure.translating { () throws(KVMError) in
            var lapic = try machine.vcpu.lapic()
            lapic[LAPICOffset.spiv] = UInt32(SPIV.suppressing)
            try machine.vcpu.setLAPIC(lapic)
        }
        try command(.run)
    }

    /// INIT by a message, behind which the guest enables its local APIC again.
    private func initSignal() throws(BackendFailure) {
        try BackendFailure.translating { () throws(KVMError) in
            try machine.vm.signalInit(destination: 0)
            try machine.vcpu.takeInit()
        }
        talk.close(in: machine.memory)
        _ = try exchange(.spiv(SPIV.enabled), rising: nil)
    }

    /// What a VMM's reset does to the local APIC, while the IOAPIC keeps Remote IRR.
    private func reset() throws(BackendFailure) {
        try BackendFailure.translating { () throws(KVMError) in
            var lapic = try machine.vcpu.lapic()
            lapic.isr = SIMD8()
            lapic.irr = SIMD8()
            lapic.tmr = SIMD8()
            lapic[LAPICOffset.tpr] = 0
            lapic[LAPICOffset.spiv] = UInt32(SPIV.enabled)
            // KVM computes PPR from a cached highest ISR that it drops only afterwards: the first
            // call still sees the old vector, the second does not (seen on Linux 6.1, kvm_amd).
            try machine.vcpu.setLAPIC(lapic)
            try machine.vcpu.setLAPIC(lapic)
        }
        talk.close(in: machine.memory)
    }

    // MARK: - Guest steps

    private func guestStep(_ action: Action) throws(BackendFailure) {
        switch action {
        case .run: try command(.run)
        case .sti: try command(.sti)
        case .cli: try command(.cli)
        case .eoi, .spuriousEOI: try command(.eoi)
        case .eoiRaising(let pin): try command(.eoi, rising: pin)
        case .nonzeroEOI: try command(.eoi(1))
        case .readEOI: try command(.readEOI)
        case .tpr(let value): try command(.tpr(value))
        case .ipi(let vector): try command(.selfIPI(vector))
        case .enableAPIC: try command(.spiv(SPIV.enabled))
        case .disableAPIC: try command(.spiv(SPIV.disabled))
        case .suppressBroadcast: try suppressBroadcast()
        case .directedEOI(let vector):
            try pins.writeEOIRegister(vector, on: self)
            try command(.run)
        case .enableSAVIC, .allow, .disallow,
            // The host's, KVM's and the hardware's.
            .assert, .reassert, .deassert, .assertStatus, .irqfd, .msi, .mask, .unmask, .trigger,
            .retarget, .vector, .rewrite, .delayedWork, .reset, .initSignal, .extINT, .lateExit,
            .scan, .inject, .vmrun, .accept:
            throw .failed("a plain guest cannot “\(action.spelling(in: WideSpace()))”")
        }
    }

    /// Has the agent store to a device, as part of a host step: it takes no interrupt in it.
    func store(_ value: UInt32, at address: UInt64) throws(BackendFailure) {
        _ = try exchange(
            .store(address: UInt32(truncatingIfNeeded: address), value: value), rising: nil)
    }

    func withVM<Result: ~Copyable>(
        _ body: (borrowing VirtualMachine) throws(KVMError) -> Result
    ) throws(KVMError) -> Result {
        try body(machine.vm)
    }

    /// Has the agent perform a command, until it waits for the next one.
    private func command(
        _ command: AgentCommand, rising: UInt8? = nil
    ) throws(BackendFailure) {
        let taken = try exchange(command, rising: rising)
        // Where KVM ends what it delivers, it does so at one of the next entries: one more, with
        // the guest closed, keeps the exit inside the step that took the interrupt.
        if endsAtDelivery, taken { _ = try exchange(.run, rising: nil) }
    }

    /// - Returns: whether the guest took an interrupt.
    private func exchange(
        _ command: AgentCommand, rising: UInt8?
    ) throws(BackendFailure) -> Bool {
        exchangeStart = events.events.count
        talk.post(command, in: machine.memory)
        return try awaitReady(rising: rising)
    }

    /// Runs the guest until it waits for a command, and takes its report in.
    /// - Returns: whether the guest took an interrupt.
    private func awaitReady(rising: UInt8? = nil) throws(BackendFailure) -> Bool {
        while true {
            let exit = try BackendFailure.translating { () throws(KVMError) in
                try machine.vcpu.run(within: limit)
            }
            try talk.noteExit()
            switch exit {
            case .ioapicEOI(let vector):
                try handleEOI(of: vector, rising: rising)
            case .io(let port, _, true, _):
                switch AgentPort(port: port) {
                case .window:
                    // The agent's first exit behind an EOI that made none: the line rises here.
                    guard let rising else { continue }
                    try pins.rise(rising, on: self)
                case .ready: return take(try talk.answer(in: machine.memory))
                case .exception: try talk.exception(in: machine.memory)
                case .stop: throw .failed("the guest agent stopped by itself")
                case .vmgexit, nil:
                    throw .failed("the guest wrote to port \(port), which nobody has")
                }
            default:
                throw BackendFailure(.unexpectedExit(exit))
            }
        }
    }

    private func take(_ answer: AgentAnswer) -> Bool {
        // A command that faults does nothing else, so what else there is came after.
        let hasFaulted = answer.result == .generalProtection
        if hasFaulted { events.insert(.faulted, at: exchangeStart) }
        guard let vector = answer.acceptedVector else { return false }
        // The report comes last, after the exits of the same command: the guest's own EOI came
        // before the interrupt was taken, an EOI that KVM made itself came after.
        let place = endsAtDelivery ? exchangeStart + (hasFaulted ? 1 : 0) : events.events.count
        events.insert(.accepted(vector: vector), at: place)
        return true
    }

    private func handleEOI(of vector: UInt8, rising: UInt8?) throws(BackendFailure) {
        events.note(.eoiExit(vector: vector))
        events.note(.ioapicEOI(vector: vector))
        try pins.handleEOI(of: vector, rising: rising, on: self)
    }
}

/// Offsets in the local APIC's register page.
private enum LAPICOffset {
    static let tpr = 0x80
    static let spiv = 0xF0
}

extension EOIBroadcasts {
    /// nil where KVM is to be told nothing.
    init?(_ suppression: BroadcastSuppression) {
        switch suppression {
        case .quirk: return nil
        case .enabled: self = .suppressible
        case .disabled: self = .never
        }
    }
}
