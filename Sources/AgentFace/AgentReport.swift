import GuestAgent

/// What the agent said after a READY or EXCEPTION exit.
package enum AgentReport: Hashable, Sendable {
    /// The command is done.
    case ready(AgentAnswer)
    /// The guest ran into an exception that no command provides for; it cannot go on.
    case exception(AgentException)
    /// The page does not hold an answer to the command that was given.
    case malformed(Malformation)

    /// Reads the answer to `command`, given under `sequence`, after a READY exit.
    /// `page` is the whole mailbox.
    package init(ready page: RawSpan, to command: AgentCommand, sequence: UInt64) {
        let echo: UInt64 = Mailbox.load(MAILBOX_ECHO_OFFSET, page)
        let done: UInt32 = Mailbox.load(MAILBOX_DONE_OFFSET, page)
        if let fault = Malformation(greeting: page) {
            self = .malformed(fault)
        } else if echo != sequence {
            self = .malformed(.sequence(expected: sequence, found: echo))
        } else if done != command.number {
            self = .malformed(.command(expected: command.number, found: done))
        } else {
            self = AgentReport(answer: page)
        }
    }

    /// Reads the agent's first report, after the first READY exit.
    package init(hello page: RawSpan) {
        let echo: UInt64 = Mailbox.load(MAILBOX_ECHO_OFFSET, page)
        if let fault = Malformation(greeting: page) {
            self = .malformed(fault)
        } else if echo != Mailbox.hello {
            self = .malformed(.sequence(expected: Mailbox.hello, found: echo))
        } else {
            self = AgentReport(answer: page)
        }
    }

    /// Reads the report of an exception, after an EXCEPTION exit.
    package init(exception page: RawSpan) {
        if let fault = Malformation(greeting: page) {
            self = .malformed(fault)
            return
        }
        self = .exception(
            AgentException(
                vector: Mailbox.load(MAILBOX_EXCEPTION_VECTOR_OFFSET, page),
                errorCode: Mailbox.load(MAILBOX_EXCEPTION_CODE_OFFSET, page),
                instruction: Mailbox.load(MAILBOX_EXCEPTION_RIP_OFFSET, page),
                address: Mailbox.load(MAILBOX_EXCEPTION_CR2_OFFSET, page)))
    }

    private init(answer page: RawSpan) {
        let number: UInt32 = Mailbox.load(MAILBOX_RESULT_OFFSET, page)
        let vector: UInt32 = Mailbox.load(MAILBOX_ACCEPTED_VECTOR_OFFSET, page)
        guard let result = AgentResult(number: number) else {
            self = .malformed(.result(number))
            return
        }
        guard vector == 0 || 32...255 ~= vector else {
            self = .malformed(.vector(vector))
            return
        }
        let open: UInt32 = Mailbox.load(MAILBOX_OPEN_OFFSET, page)
        self = .ready(
            AgentAnswer(
                result: result,
                acceptedVector: vector == 0 ? nil : UInt8(vector),
                acceptedCount: Mailbox.load(MAILBOX_ACCEPTED_COUNT_OFFSET, page),
                isOpen: open != 0,
                value: Mailbox.load(MAILBOX_VALUE_OFFSET, page)))
    }
}

/// A finished command.
package struct AgentAnswer: Hashable, Sendable {
    package let result: AgentResult
    /// The interrupt that the guest took in this command's window, if any.
    package let acceptedVector: UInt8?
    /// Interrupts taken since the guest started.
    package let acceptedCount: UInt64
    /// The guest's interrupt flag after the command.
    package let isOpen: Bool
    /// What `readEOI` read, or the vector that an EOI by `linuxLevel` leaves, if it is `.done`.
    package let value: UInt64

    /// The vector that a guest which has ended it by `command` now ends at the IOAPIC, too.
    package func vectorLeft(by command: AgentCommand) -> UInt8? {
        guard case .eoi(_, let way) = command, way.kind == .linuxLevel, result == .done,
            value != 0
        else { return nil }
        return UInt8(truncatingIfNeeded: value)
    }
}

/// How a command ended.
package enum AgentResult: Hashable, Sendable {
    case done
    /// The register access raised #GP and changed nothing.
    case generalProtection
    /// The agent does not know the command.
    case unknownCommand

    init?(number: UInt32) {
        switch Int32(bitPattern: number) {
        case AGENT_OK: self = .done
        case AGENT_GP: self = .generalProtection
        case AGENT_UNKNOWN: self = .unknownCommand
        default: return nil
        }
    }
}

/// An exception in the guest. `errorCode` is 0 where the CPU pushes none, `address` is CR2.
package struct AgentException: Hashable, Sendable {
    package let vector: UInt64
    package let errorCode: UInt64
    package let instruction: UInt64
    package let address: UInt64
}

/// Why a page is no answer.
package enum Malformation: Hashable, Sendable {
    case magic(UInt64)
    case version(UInt32)
    case sequence(expected: UInt64, found: UInt64)
    case command(expected: UInt32, found: UInt32)
    case result(UInt32)
    case vector(UInt32)

    /// What is wrong with the page's first words, if anything.
    init?(greeting page: RawSpan) {
        let magic: UInt64 = Mailbox.load(MAILBOX_MAGIC_OFFSET, page)
        let version: UInt32 = Mailbox.load(MAILBOX_VERSION_OFFSET, page)
        if magic != UInt64(MAILBOX_MAGIC) {
            self = .magic(magic)
        } else if version != UInt32(MAILBOX_VERSION) {
            self = .version(version)
        } else {
            return nil
        }
    }
}

/// The interrupt registers as the guest itself sees them.
package struct AgentSnapshot: Hashable, Sendable {
    package let isr: SIMD8<UInt32>
    package let tmr: SIMD8<UInt32>
    package let irr: SIMD8<UInt32>
    package let tpr: UInt32
    /// What RDMSR 0x80A says.
    package let ppr: UInt32
    /// Whether that is the guest's own; otherwise the RDMSR was a #VC, and it is KVM's.
    package let isOwnPPR: Bool
    /// ALLOWED_IRR of the backing page; secure agent only, as is what follows.
    package let allowed: SIMD8<UInt32>
    /// KVM's own registers, as the last `snapshot(ofKVM: true)` read them.
    package let kvmISR: SIMD8<UInt32>
    package let kvmTMR: SIMD8<UInt32>
    package let kvmIRR: SIMD8<UInt32>

    /// Reads what the last `snapshot` command left. `page` is the whole mailbox.
    package init(_ page: RawSpan) {
        isr = Mailbox.loadVectors(MAILBOX_ISR_OFFSET, page)
        tmr = Mailbox.loadVectors(MAILBOX_TMR_OFFSET, page)
        irr = Mailbox.loadVectors(MAILBOX_IRR_OFFSET, page)
        tpr = Mailbox.load(MAILBOX_TPR_OFFSET, page)
        ppr = Mailbox.load(MAILBOX_PPR_OFFSET, page)
        isOwnPPR = Mailbox.load(MAILBOX_PPR_VC_OFFSET, page) == UInt32(0)
        allowed = Mailbox.loadVectors(MAILBOX_ALLOWED_OFFSET, page)
        kvmISR = Mailbox.loadVectors(MAILBOX_KVM_ISR_OFFSET, page)
        kvmTMR = Mailbox.loadVectors(MAILBOX_KVM_TMR_OFFSET, page)
        kvmIRR = Mailbox.loadVectors(MAILBOX_KVM_IRR_OFFSET, page)
    }
}
