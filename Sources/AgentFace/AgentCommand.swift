import GuestAgent

/// What the agent can be told to do, one per round.
package enum AgentCommand: Hashable, Sendable {
    /// Nothing: only the window, if the guest is open.
    case run
    /// The guest takes interrupts from now on. (Taking one closes it again.)
    case sti
    /// The guest takes none.
    case cli
    /// WRMSR 0x80B. The architecture wants 0; KVM takes anything whose high half is 0
    /// (kvm-snp-uapi §3.4, seen on kvm_amd and kvm_pvm).
    case eoi(UInt64)
    /// RDMSR 0x80B. The x2APIC's EOI register is write-only: #GP.
    case readEOI
    /// WRMSR 0x808.
    case tpr(UInt8)
    /// WRMSR 0x83F: an edge interrupt of this vector to itself.
    case selfIPI(UInt8)
    /// WRMSR 0x80F: bit 8 enables the APIC, bits 7:0 are the spurious vector.
    case spiv(UInt64)
    /// RDMSR of ISR, TMR, IRR, TPR and PPR.
    case snapshot
    /// A 32-bit store to a device, with the window closed: a host step in the guest's hands.
    case store(address: UInt32, value: UInt32)
    /// Leaves by the STOP port, for good.
    case stop
    /// Never comes back: for tests of the watchdog.
    case spin
    /// Halts with interrupts off: for tests of the watchdog.
    case hlt
    /// Executes an undefined instruction: for tests of the exception report.
    case fault

    /// An ordinary EOI.
    package static let eoi = AgentCommand.eoi(0)

    /// The number in the mailbox.
    package var number: UInt32 {
        switch self {
        case .run: UInt32(AGENT_RUN)
        case .sti: UInt32(AGENT_STI)
        case .cli: UInt32(AGENT_CLI)
        case .eoi: UInt32(AGENT_EOI)
        case .readEOI: UInt32(AGENT_READ_EOI)
        case .tpr: UInt32(AGENT_TPR)
        case .selfIPI: UInt32(AGENT_SELF_IPI)
        case .spiv: UInt32(AGENT_SPIV)
        case .snapshot: UInt32(AGENT_SNAPSHOT)
        case .stop: UInt32(AGENT_STOP)
        case .spin: UInt32(AGENT_SPIN)
        case .hlt: UInt32(AGENT_HLT)
        case .fault: UInt32(AGENT_FAULT)
        case .store: UInt32(AGENT_STORE)
        }
    }

    /// The data of the register access, 0 for commands without.
    package var operand: UInt64 {
        switch self {
        case .eoi(let data), .spiv(let data): data
        case .tpr(let value): UInt64(value)
        case .selfIPI(let vector): UInt64(vector)
        case .store(let address, let value): UInt64(address) << 32 | UInt64(value)
        case .run, .sti, .cli, .readEOI, .snapshot, .stop, .spin, .hlt, .fault: 0
        }
    }
}

/// The ports by which the agent leaves the guest.
package enum AgentPort: Sendable {
    /// Just run again: the guest is open, and what is deliverable is delivered at that entry; or
    /// it has written an EOI, whose exit some hypervisors report only at the next entry.
    case window
    /// The command is done; read the report.
    case ready
    /// An exception ended the run; read the report.
    case exception
    /// The STOP command.
    case stop

    /// The meaning of an OUT to `port`, or nil if the agent has no such port.
    package init?(port: UInt16) {
        switch Int32(port) {
        case AGENT_WINDOW_PORT: self = .window
        case AGENT_READY_PORT: self = .ready
        case AGENT_EXCEPTION_PORT: self = .exception
        case AGENT_STOP_PORT: self = .stop
        default: return nil
        }
    }
}
