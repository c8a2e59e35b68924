import AgentFace
import KVMHost

/// A plain machine with a greeted agent, and the protocol that Lockstep speaks, in short.
final class Rig {
    let machine: PlainGuest
    private var sequence: UInt64 = 0
    /// Vectors of all EOI exits so far, in order.
    private(set) var eois: [UInt8] = []
    /// WINDOW exits so far.
    private(set) var windows = 0

    static var payload: GuestPayload {
        let agent = AgentImage.plain
        return GuestPayload(
            image: agent.bytes, entry: agent.entryOffset, stubs: agent.stubTableOffset,
            stubSize: agent.stubSize)
    }

    /// Boots the agent. An unexpected hello is the caller's to find: `greeting`.
    init(
        calls: SystemCalls = .live, irqchip: GuestIRQChip = .split(reservedGSIs: 24),
        broadcasts: EOIBroadcasts? = nil
    ) throws(KVMError) {
        machine = try PlainGuest(
            try KVMSystem(calls: calls), Rig.payload, irqchip, broadcasts: broadcasts)
        _ = try runToPort(.standard)
    }

    var greeting: AgentReport { page { AgentReport(hello: $0) } }
    var snapshot: AgentSnapshot { page { AgentSnapshot($0) } }

    /// One command, from its posting to the agent's answer.
    @discardableResult
    func perform(
        _ command: AgentCommand, within limit: RunLimit = .standard
    ) throws(KVMError) -> AgentReport {
        sequence += 1
        let number = sequence
        machine.memory.withMutableBytes(at: PlainLayout.mailbox(), count: Mailbox.size) {
            Mailbox.post(command, sequence: number, into: &$0)
        }
        switch try runToPort(limit) {
        case .exception: return page { AgentReport(exception: $0) }
        default: return page { AgentReport(ready: $0, to: command, sequence: number) }
        }
    }

    /// `perform`, for commands that have to succeed.
    func answer(_ command: AgentCommand) throws(KVMError) -> AgentAnswer? {
        if case .ready(let answer) = try perform(command) { answer } else { nil }
    }

    /// Runs until the agent leaves by a port other than WINDOW.
    func runToPort(_ limit: RunLimit) throws(KVMError) -> AgentPort {
        while true {
            let exit = try machine.vcpu.run(within: limit)
            switch exit {
            case .ioapicEOI(let vector): eois.append(vector)
            case .io(let number, _, true, _):
                guard let port = AgentPort(port: number) else { throw .unexpectedExit(exit) }
                if port != .window { return port }
                windows += 1
            default: throw .unexpectedExit(exit)
            }
        }
    }

    /// Puts vectors in service, as if they had been accepted.
    func putInService(_ vectors: [UInt8], level: Bool) throws(KVMError) {
        var lapic = try machine.vcpu.lapic()
        for vector in vectors {
            let bit = UInt32(1) << UInt32(vector % 32)
            lapic.isr[Int(vector / 32)] |= bit
            if level { lapic.tmr[Int(vector / 32)] |= bit }
        }
        try machine.vcpu.setLAPIC(lapic)
    }

    private func page<Result>(_ read: (RawSpan) -> Result) -> Result {
        machine.memory.withBytes(at: PlainLayout.mailbox(), count: Mailbox.size, read)
    }
}

/// A level route on pin 10.
let levelRoute = MSIRoute(gsi: 10, destination: 0, vector: 0x51, level: true)
