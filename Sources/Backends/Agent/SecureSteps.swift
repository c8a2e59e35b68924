internal import AgentFace
internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// What the agent of a secure guest is told to do for each action of a guest.
struct SecureSteps {
    private let way: EOIWay
    private let isGuestTMR: Bool

    init(_ setup: MachineSetup, _ design: EOIDesignEntry) {
        let kind: EOIWay.Kind =
            switch setup.guestEOI {
            case .linux: .linux
            case .native: .native
            case .ghcb: .ghcb
            case .both: .both
            case .linuxToggle: .linuxLevel
            }
        way = EOIWay(kind, conveysVector: design.wantsVector)
        isGuestTMR = setup.pageTMR == .guest
    }

    /// What brings a fresh agent into the state of `setup`, in order.
    func boot(
        _ setup: MachineSetup, hasLevelPin: (UInt8) -> Bool
    ) -> [AgentCommand] {
        var commands: [AgentCommand] = []
        for vector in setup.allowed ?? setup.pins.map(\.vector) {
            commands.append(allow(vector, isLevel: hasLevelPin(vector)))
        }
        if setup.savicEnabled { commands.append(.enable) }
        if !setup.apicEnabled { commands.append(.spiv(SPIV.disabled)) }
        if setup.interruptsEnabled { commands.append(.sti) }
        return commands
    }

    /// The commands of an action, the last one with the window. A guest has to be able to do it.
    func commands(
        for action: Action, hasLevelPin: (UInt8) -> Bool
    ) throws(BackendFailure) -> [AgentCommand] {
        switch action.verb {
        case .guest(.run): [.run]
        case .guest(.sti): [.sti]
        case .guest(.cli): [.cli]
        // What is left to do at the IOAPIC comes between the EOI and the window.
        case .guest(.eoi), .guest(.eoiRaising):
            [.eoi(0, by: way)] + (way.kind == .linuxLevel ? [.run] : [])
        case .guest(.directedEOI):
            [.store(address: IOAPICRegisters.eoi, value: UInt32(action.first)), .run]
        case .guest(.sendIPI):
            throw .failed("the secure guest agent does not “\(action)” yet")
        case .access(let verb): [command(verb, action.first, hasLevelPin)]
        case .vmm(.reset): [.reset(keepsTMR: isGuestTMR)]
        case .ioapic, .vmm, .hypervisor: throw .failed("a secure guest cannot “\(action)”")
        }
    }

    private func command(
        _ verb: AccessVerb, _ operand: UInt8, _ hasLevelPin: (UInt8) -> Bool
    ) -> AgentCommand {
        switch verb {
        case .nonzeroEOI: .eoi(1, by: .forward)
        case .readEOI: .readEOI
        case .spuriousEOI: .eoi(0, by: .forward)
        case .tpr: .tpr(operand)
        case .enableSAVIC: .enable
        case .allow: allow(operand, isLevel: hasLevelPin(operand))
        case .disallow: .disallow(operand)
        case .ipi: .selfIPI(operand)
        case .enableAPIC: .spiv(SPIV.enabled)
        case .disableAPIC: .spiv(SPIV.disabled)
        case .suppressBroadcast: .spiv(SPIV.suppressing)
        }
    }

    private func allow(_ vector: UInt8, isLevel: Bool) -> AgentCommand {
        .allow(vector, isGuestTMR ? isLevel ? .set : .clear : .leave)
    }
}

extension Action {
    /// The pin whose line rises while the guest ends an interrupt.
    var risingPin: UInt8? {
        verb == .guest(.eoiRaising) ? first : nil
    }
}
