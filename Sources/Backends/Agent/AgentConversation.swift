internal import AgentFace
internal import KVMHost
internal import Lockstep

/// The host's end of the mailbox: one command, one answer. It knows neither how the guest is run
/// nor how it leaves.
struct AgentConversation {
    /// Where the mailbox begins in the memory that is lent.
    private let offset: UInt64
    private var sequence: UInt64 = 0
    /// The command under way; nil while the agent's first report is awaited.
    private var command: AgentCommand?
    /// How often the guest has left since the command was posted.
    private var exits = 0
    /// The guest's interrupt flag as the agent last reported it.
    private(set) var isOpen = false

    /// More than any command takes: an EOI in two ways has about ten exits, a snapshot thirty.
    private static let mostExits = 1000

    init(mailboxAt offset: UInt64) { self.offset = offset }

    /// Puts a command into the mailbox.
    mutating func post(_ command: AgentCommand, in memory: borrowing GuestMemory) {
        sequence += 1
        let number = sequence
        self.command = command
        exits = 0
        memory.withMutableBytes(at: offset, count: Mailbox.size) {
            Mailbox.post(command, sequence: number, into: &$0)
        }
    }

    /// Counts an exit. A guest that leaves again and again without an answer keeps every `KVM_RUN`
    /// within its limit, and would keep the host for ever.
    mutating func noteExit() throws(BackendFailure) {
        exits += 1
        guard exits > Self.mostExits else { return }
        throw .timeout(
            "the guest left \(exits) times without an answer: a defect of the guest agent")
    }

    /// Reads the agent's report behind a READY exit. Anything but an answer to the command under
    /// way is a failure.
    mutating func answer(in memory: borrowing GuestMemory) throws(BackendFailure) -> AgentAnswer {
        let (command, sequence) = (command, sequence)
        let report = memory.withBytes(at: offset, count: Mailbox.size) { page in
            command.map { AgentReport(ready: page, to: $0, sequence: sequence) }
                ?? AgentReport(hello: page)
        }
        let answer = try Self.answer(in: report)
        isOpen = answer.isOpen
        return answer
    }

    /// Reads the agent's report behind an EXCEPTION exit.
    func exception(in memory: borrowing GuestMemory) throws(BackendFailure) -> Never {
        let (report, counters) = memory.withBytes(at: offset, count: Mailbox.size) {
            (AgentReport(exception: $0), AgentCounters($0))
        }
        if case .exception(let exception) = report {
            throw .failed(exception.sentence(behind: counters.lastVC))
        }
        _ = try Self.answer(in: report)
        throw .failed("the guest reported an exception, and an answer in its place")
    }

    /// A failure of a secure guest's run, with how far the guest got.
    func locating(
        _ failure: BackendFailure, in memory: borrowing GuestMemory
    ) -> BackendFailure {
        let progress = memory.withBytes(at: offset, count: Mailbox.size) { AgentProgress($0) }
        return failure.adding(progress.sentence(under: command))
    }

    /// Takes the guest's interrupt flag away between two commands, as a reset does.
    mutating func close(in memory: borrowing GuestMemory) {
        memory.withMutableBytes(at: offset, count: Mailbox.size) { Mailbox.close(&$0) }
        isOpen = false
    }

    private static func answer(in report: AgentReport) throws(BackendFailure) -> AgentAnswer {
        switch report {
        case .ready(let answer):
            if answer.result == .unknownCommand {
                throw .failed("the guest agent does not know the command")
            }
            return answer
        case .exception(let exception):
            throw .failed(exception.sentence(behind: nil))
        case .malformed(let malformation):
            throw .failed("the guest's message is malformed: \(malformation)")
        }
    }
}

extension AgentException {
    private static let generalProtection: UInt64 = 13

    /// What happened, for people.
    /// - Parameter vc: the last #VC before it.
    fileprivate func sentence(behind vc: AgentVC?) -> String {
        let what =
            "the guest took exception \(vector), error code \(hex(errorCode)), "
            + "at RIP \(hex(instruction)), CR2 \(hex(address))"
        guard let vc, vector == Self.generalProtection, vc.flags.contains(.refused) else {
            return what + ": a defect of the guest agent or of this host's KVM"
        }
        let cause = "\(what): the last #VC was \(vc.sentence)"
        guard vc.isRefusedControl else { return cause + ", which the guest then got as #GP" }
        return cause
            + ": the host intercepts SAVIC_CONTROL, and its KVM does not know it: patch 05 "
            + "of the Secure AVIC series, which ends the intercept, is missing or was lost in a "
            + "rebase"
    }
}
