internal import AgentFace
internal import InterruptModel
internal import Lockstep

/// A guest whose steps are written down.
final class NotedGuest: ProbedGuest {
    private let guest: any ProbedGuest
    private let note: (String) -> Void

    init(_ guest: any ProbedGuest, _ note: @escaping (String) -> Void) {
        self.guest = guest
        self.note = note
    }

    func host(_ action: Action) throws(BackendFailure) {
        note("host \(action)")
        try guest.host(action)
    }

    func tell(_ command: AgentCommand) throws(BackendFailure) -> ProbedStep {
        note("guest \(command.number) \(command.operand) \(command.way)")
        return try guest.tell(command)
    }

    func registers() throws(BackendFailure) -> Snapshot {
        note("registers")
        return try guest.registers()
    }

    func endings() throws(BackendFailure) -> [UInt8] {
        note("endings")
        return try guest.endings()
    }

    var vcCount: UInt64 { guest.vcCount }
    var lastVC: AgentVC? { guest.lastVC }
}

/// What a probe does and with which agent, in sixteen digits: two reports with the same digest
/// have asked the same question in the same way. It takes in the agent's machine code and the
/// probe's steps under every assumption set; it is FNV-1a, which is no protection against forgery.
enum ProbeDigest {
    static func text(of probe: Probe, _ agent: AgentImage) -> String {
        var hash = FNV()
        hash.take(agent.bytes)
        hash.take(steps[probe.name] ?? [])
        let digits = String(hash.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static let steps: [String: [UInt8]] = Dictionary(
        uniqueKeysWithValues: Probe.all.map { probe in
            var text = ""
            for assumptions in Assumptions.all {
                text += "\n"
                _ = Prediction.outcome(
                    of: probe, assumptions, EOIDesigns.standard, notingSteps: { text += "\($0)\n" })
            }
            return (probe.name, Array(text.utf8))
        })

    private struct FNV {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325

        mutating func take(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
    }
}
