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
    let pins: any PinDriver
    /// One with the agent on each vCPU.
    private var talks: [AgentConversation]
    /// The vCPU that the current step is about.
    private(set) var active: UInt8 = 0
    private let endsAtDelivery: Bool
    private let irqchip: IRQChip
    var events = EventTrace()

    init(
        _ system: borrowing KVMSystem, _ setup: MachineSetup, _ limit: RunLimit
    ) throws(KVMError) {
        self.limit = limit
        endsAtDelivery = setup.endsAtDelivery
        irqchip = setup.irqchip
        machine = try PlainGuest(
            system, GuestPayload(AgentImage.plain), GuestIRQChip(setup.irqchip),
            vcpus: setup.vcpus, broadcasts: EOIBroadcasts(setup.broadcastSuppression))
        talks = (0..<setup.vcpus).map { AgentConversation.plain($0) }
        pins = setup.pinDriver
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

    /// Lets the agents come up and brings the guest into the state of `setup`.
    private func boot(_ setup: MachineSetup) throws(BackendFailure) {
        for vcpu in 0..<UInt8(setup.vcpus) {
            active = vcpu
            try awaitReady()
            if !setup.apicEnabled { try command(.spiv(SPIV.disabled)) }
        }
        for vcpu in 0..<UInt8(setup.vcpus) {
            active = vcpu
            if setup.interruptsEnabled { try command(.sti) }
            // A host may owe a scan for the agents' own writes, be it to another vCPU.
            try command(.run)
        }
        events.removeAll()
    }

    /// Performs one step and looks at the machine.
    func perform(
        _ action: Action, into observation: inout Observation
    ) throws(BackendFailure) {
        active = action.vcpu
        beginStep()
        try step(action)
        if endsAtDelivery { try settle(behind: action) }
        // Ack notifiers fire in the EOI: before the guest takes the next interrupt, or behind the
        // one that KVM ends itself.
        let place = endsAtDelivery ? events.events.count : talk.start
        events.insert(try pins.announcements(), at: place)
        observation.events = events.events
        if observation.snapshot.vcpus != machine.vcpus {
            observation.snapshot = Snapshot(vcpus: machine.vcpus)
        }
        for vcpu in 0..<machine.vcpus {
            observation.snapshot[vcpu: vcpu] = try registers(of: vcpu)
        }
        observation.snapshot.remoteIRR = try pins.remoteIRR(on: self)
    }

    private func registers(of vcpu: Int) throws(BackendFailure) -> Registers {
        let lapic = try BackendFailure.translating { () throws(KVMError) in
            try machine[vcpu: vcpu].interrupts()
        }
        var registers = Registers()
        registers.irr = WideVectors(words: lapic.irr)
        registers.isr = WideVectors(words: lapic.isr)
        registers.tmr = WideVectors(words: lapic.tmr)
        registers.ppr = lapic.ppr & 0xF0
        registers.interruptFlag = talks[vcpu].isOpen
        return registers
    }

    private func step(_ action: Action) throws(BackendFailure) {
        switch action.verb {
        case .ioapic, .vmm(.msi): try performHostStep(action)
        case .vmm(.reset): try reset()
        case .vmm(.initSignal): try initSignal()
        case .guest(.run): try command(.run)
        case .guest(.sti): try command(.sti)
        case .guest(.cli): try command(.cli)
        case .guest(.eoi), .guest(.eoiRaising), .access(.spuriousEOI):
            try command(.eoi, rising: action.risingPin)
        case .guest(.directedEOI):
            try pins.writeEOIRegister(action.first, on: self)
            try command(.run)
        case .guest(.sendIPI):
            try command(.icr(IPIDestination(code: action.second).icr(vector: action.first)))
        case .access(.nonzeroEOI): try command(.eoi(1))
        case .access(.readEOI): try command(.readEOI)
        case .access(.tpr): try command(.tpr(action.first))
        case .access(.ipi): try command(.selfIPI(action.first))
        case .access(.enableAPIC): try command(.spiv(SPIV.enabled))
        case .access(.disableAPIC): try command(.spiv(SPIV.disabled))
        case .access(.suppressBroadcast): try suppressBroadcast()
        case .access(.enableSAVIC), .access(.allow), .access(.disallow), .vmm(.extINT),
            .hypervisor:
            throw .failed("a plain guest cannot “\(action)”")
        }
    }

    /// Leaves no scan to chance. Behind a write of SPIV or of a redirection entry a peculiar KVM
    /// has scanned by the next step, or has not: the same scenario went both ways
    /// (kvm-interrupts §13). One more entry within the step makes both the same. Any other KVM gets
    /// none: it has to fail where it scans late.
    private func settle(behind action: Action) throws(BackendFailure) {
        switch action.verb {
        case .access(.enableAPIC), .access(.disableAPIC), .access(.suppressBroadcast),
            .vmm(.initSignal):
            try ask(.run)
        // The guest takes no interrupt in a host step. To select a register asks for nothing.
        case _ where action.writesEntry && irqchip == .kernel:
            try store(0, at: IOAPICRegisters.select)
        default: break
        }
    }

    /// Sets SPIV bit 12. With its own IOAPIC KVM does not offer the bit and masks it from what the
    /// guest writes, but it honours a bit that state brings in (story S10).
    private func suppressBroadcast() throws(BackendFailure) {
        guard irqchip == .kernel else { return try command(.spiv(SPIV.suppressing)) }
        try BackendFailure.translating { () throws(KVMError) in
            var lapic = try machine[vcpu: Int(active)].lapic()
            lapic[LAPICOffset.spiv] = UInt32(SPIV.suppressing)
            try machine[vcpu: Int(active)].setLAPIC(lapic)
        }
        try command(.run)
    }

    /// INIT by a message, behind which the guest enables its local APIC again.
    private func initSignal() throws(BackendFailure) {
        try BackendFailure.translating { () throws(KVMError) in
            try machine.vm.signalInit(destination: active)
            try machine[vcpu: Int(active)].takeInit()
        }
        talk.close(in: machine.memory)
        try ask(.spiv(SPIV.enabled))
    }

    /// What a VMM's reset does to the local APIC, while the IOAPIC keeps Remote IRR.
    private func reset() throws(BackendFailure) {
        try BackendFailure.translating { () throws(KVMError) in
            var lapic = try machine[vcpu: Int(active)].lapic()
            lapic.isr = SIMD8()
            lapic.irr = SIMD8()
            lapic.tmr = SIMD8()
            lapic[LAPICOffset.tpr] = 0
            lapic[LAPICOffset.spiv] = UInt32(SPIV.enabled)
            // KVM computes PPR from a cached highest ISR that it drops only afterwards: the first
            // call still sees the old vector, the second does not (seen on Linux 6.1, kvm_amd).
            try machine[vcpu: Int(active)].setLAPIC(lapic)
            try machine[vcpu: Int(active)].setLAPIC(lapic)
        }
        talk.close(in: machine.memory)
    }

    // MARK: - Running the guest

    /// Has the agent perform a command, until it waits for the next one.
    private func command(
        _ command: AgentCommand, rising: UInt8? = nil
    ) throws(BackendFailure) {
        let answer = try ask(command, rising: rising)
        // Where KVM ends what it delivers, it does so at one of the next entries: one more, with
        // the guest closed, keeps the exit inside the step that took the interrupt.
        if endsAtDelivery, answer.acceptedVector != nil { try ask(.run) }
    }

    func run() throws(KVMError) -> VCPUExit {
        try machine[vcpu: Int(active)].run(within: limit)
    }

    /// What is said to the agent of the current step, and what it says.
    var talk: AgentConversation {
        get { talks[Int(active)] }
        set { talks[Int(active)] = newValue }
    }

    func take(_ answer: AgentAnswer) {
        // A command that faults does nothing else, so what else there is came after.
        let hasFaulted = answer.result == .generalProtection
        if hasFaulted { events.insert([.faulted], at: talk.start) }
        guard let vector = answer.acceptedVector else { return }
        // The report comes last, after the exits of the same command: the guest's own EOI came
        // before the interrupt was taken, an EOI that KVM made itself came after.
        let place = endsAtDelivery ? talk.start + (hasFaulted ? 1 : 0) : events.events.count
        events.insert([.accepted(vector: vector)], at: place)
    }

    var memory: GuestMemory { _read { yield machine.memory } }
    var vm: VirtualMachine { _read { yield machine.vm } }
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
