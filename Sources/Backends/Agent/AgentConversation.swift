internal import AgentFace
internal import KVMHost
internal import Lockstep

/// The host's end of the mailbox: one command, one answer. It knows neither how the guest is run
/// nor how it leaves.
struct AgentConversation {
    /// Where the mailbox begins in the memory that is lent.
    private let offset: UInt64
    /// Whether the agent tells how far it has come, as that of a secure guest does.
    private let tellsProgress: Bool
    /// Commands so far.
    private(set) var sequence: UInt64 = 0
    /// The command under way; nil while the agent's first report is awaited.
    private var command: AgentCommand?
    /// A pin whose line is to rise while the command's EOI is handled.
    var rising: UInt8?
    /// How many events of the step came before the command.
    private(set) var start = 0
    /// How often the guest has left since the command was posted.
    private var exits = 0
    /// The guest's interrupt flag as the agent last reported it.
    private(set) var isOpen = false

    /// More than any command takes: an EOI in two ways has about ten exits, a snapshot thirty.
    private static let mostExits = 1000

    /// With the agent on a vCPU of a plain guest.
    static func plain(_ vcpu: Int) -> Self {
        Self(offset: PlainLayout.mailbox(of: vcpu), tellsProgress: false)
    }
    /// With that of a secure one, in what it shares.
    static var secure: Self {
        Self(offset: SecureLayout.mailbox - SecureLayout.shared, tellsProgress: true)
    }

    private init(offset: UInt64, tellsProgress: Bool) {
        self.offset = offset
        self.tellsProgress = tellsProgress
    }

    /// A step begins.
    mutating func beginStep() { start = 0 }

    /// Puts a command into the mailbox.
    /// - Parameter eventCount: how many events of the step came before it.
    mutating func post(
        _ command: AgentCommand, rising: UInt8?, behind eventCount: Int,
        in memory: borrowing GuestMemory
    ) {
        sequence += 1
        let number = sequence
        self.command = command
        self.rising = rising
        start = eventCount
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
        let report = mailbox(in: memory) { page in
            command.map { AgentReport(ready: page, to: $0, sequence: sequence) }
                ?? AgentReport(hello: page)
        }
        let answer = try Self.answer(in: report)
        isOpen = answer.isOpen
        return answer
    }

    /// Reads the agent's report behind an EXCEPTION exit.
    func exception(in memory: borrowing GuestMemory) throws(BackendFailure) -> Never {
        let (report, counters) = mailbox(in: memory) {
            (AgentReport(exception: $0), AgentCounters($0))
        }
        if case .exception(let exception) = report {
            throw .failed(exception.sentence(behind: counters.lastVC))
        }
        _ = try Self.answer(in: report)
        throw .failed("the guest reported an exception, and an answer in its place")
    }

    /// Lends the mailbox.
    func mailbox<Result>(in memory: borrowing GuestMemory, _ read: (RawSpan) -> Result) -> Result {
        memory.withBytes(at: offset, count: Mailbox.size, read)
    }

    /// A failure of a guest's run, with how far the guest got where it tells.
    func locating(
        _ failure: BackendFailure, in memory: borrowing GuestMemory
    ) -> BackendFailure {
        guard tellsProgress else { return failure }
        let progress = mailbox(in: memory) { AgentProgress($0) }
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
