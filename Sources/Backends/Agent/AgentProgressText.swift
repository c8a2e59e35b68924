internal import AgentFace
internal import Lockstep

extension AgentProgress {
    /// How far the guest got, for people: what follows the sentence about any failure of a secure
    /// guest's run. The one place where it is made.
    /// - Parameter command: what the agent had been told last; nil while it was coming up.
    func sentence(under command: AgentCommand?) -> String {
        guard hasStarted else { return "the guest agent had not started" }
        let status = counters.sevStatus
        var parts = [
            status == 0 ? "SEV_STATUS not read, or 0" : "SEV_STATUS \(hex(status))"
        ]
        if !isUp {
            parts.append("not up yet")
        } else {
            parts.append("last command done \(lastDone ?? "none")")
        }
        if let command {
            let name = AgentProgress.name(of: command.number)
            parts.append("told \(name)" + (command.operand == 0 ? "" : " \(hex(command.operand))"))
        }
        parts.append(counters.lastVC.map { "last #VC \($0.sentence)" } ?? "no #VC")
        if counters.earlyCount > 0 {
            parts.append("interrupts taken before their window's exit: \(counters.earlyCount)")
        }
        if failure.contains(where: { $0 != 0 }) {
            parts.append("failure words " + failure.map(hex).joined(separator: " "))
        }
        return "the guest agent: " + parts.joined(separator: ", ")
    }
}

extension AgentVC {
    /// The exception in words, without its name: “0x402 at MSR 0x80b (trap, write)”.
    var sentence: String {
        let names: [(AgentVCFlags, String)] = [
            (.trap, "trap"), (.write, "write"), (.inISR, "in-service bit still set"),
            (.refused, "refused by KVM"),
        ]
        let flags = names.filter { self.flags.contains($0.0) }.map(\.1).joined(separator: ", ")
        return "\(hex(code)) at MSR \(hex(msr))" + (flags.isEmpty ? "" : " (\(flags))")
    }

    /// Whether KVM has refused an access to SAVIC_CONTROL, which nobody should have seen.
    var isRefusedControl: Bool { msr == SecureMSR.savicControl && flags.contains(.refused) }
}

extension BackendFailure {
    /// The same failure with a further sentence, if it is one of the guest.
    func adding(_ sentence: String) -> BackendFailure {
        switch self {
        case .timeout(let text): .timeout("\(text); \(sentence)")
        case .failed(let text): .failed("\(text); \(sentence)")
        case .lacking, .interrupted: self
        }
    }
}

/// A number as C writes it.
func hex(_ number: some BinaryInteger) -> String { "0x" + String(number, radix: 16) }
