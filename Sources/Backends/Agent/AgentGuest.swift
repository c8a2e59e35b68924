internal import AgentFace
internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// A VM with the agent in it, which performs one command after the other.
protocol AgentGuest: AnyObject {
    /// What is said to the agent, and what it says.
    var talk: AgentConversation { get set }
    /// What has happened in the current step.
    var events: EventTrace { get set }

    /// The memory that the mailbox is in, lent.
    var memory: GuestMemory { get }

    /// Runs the guest until it leaves, counts the exit, and deals with one that is none of the
    /// agent's own.
    /// - Returns: the port by which the agent has left; nil after another exit.
    func next() throws(BackendFailure) -> AgentPort?

    /// Raises a line that was to rise in the middle of the EOI of the current command; it may have
    /// risen there.
    func rise(_ pin: UInt8) throws(BackendFailure)

    /// Does what comes before the guest is entered again behind a port.
    func reenter(behind port: AgentPort) throws(BackendFailure)

    /// Notes what the agent says of a command.
    func take(_ answer: AgentAnswer) throws(BackendFailure)
}

extension AgentGuest {
    func reenter(behind port: AgentPort) {}

    func take(_ answer: AgentAnswer) throws(BackendFailure) { note(answer) }

    /// Notes the agent's report behind all that happened before it.
    func note(_ answer: AgentAnswer) {
        if answer.result == .generalProtection { events.note(.faulted) }
        if let vector = answer.acceptedVector { events.note(.accepted(vector: vector)) }
    }

    /// A step begins.
    func beginStep() {
        events.removeAll()
        talk.beginStep()
    }

    /// Has the agent perform a command, until it waits for the next one.
    /// - Parameter rising: a pin whose line rises while the command's EOI is handled.
    @discardableResult
    func ask(
        _ command: AgentCommand, rising: UInt8? = nil
    ) throws(BackendFailure) -> AgentAnswer {
        talk.post(command, rising: rising, behind: events.events.count, in: memory)
        return try awaitReady()
    }

    /// Runs the guest until it waits for a command, and takes its report in.
    @discardableResult
    func awaitReady() throws(BackendFailure) -> AgentAnswer {
        do throws(BackendFailure) { return try untilReady() } catch {
            throw talk.locating(error, in: memory)
        }
    }

    private func untilReady() throws(BackendFailure) -> AgentAnswer {
        while true {
            switch try next() {
            case nil: break
            case .window?:
                try riseLate()
                try reenter(behind: .window)
            case .ready?:
                try riseLate()
                try reenter(behind: .ready)
                let answer = try talk.answer(in: memory)
                try take(answer)
                return answer
            case .exception?: try talk.exception(in: memory)
            case .stop?: throw .failed("the guest agent stopped by itself")
            case .vmgexit?: throw .foreignPort(AgentPort.vmgexit.number)
            }
        }
    }

    /// The agent's first exit behind an EOI that made none: the line rises here.
    private func riseLate() throws(BackendFailure) {
        guard let pin = talk.rising else { return }
        talk.rising = nil
        try rise(pin)
    }
}

extension BackendFailure {
    /// The guest wrote to a port that is none of the agent's.
    static func foreignPort(_ number: UInt16) -> BackendFailure {
        .failed("the guest wrote to port \(number), which nobody has")
    }
}

extension GuestPayload {
    init(_ agent: AgentImage) {
        self.init(
            image: agent.bytes, entry: agent.entryOffset, stubs: agent.stubTableOffset,
            stubSize: agent.stubSize)
    }
}
