import GuestAgent

/// What the agent can be told to do, one per round.
package enum AgentCommand: Hashable, Sendable {
    /// Nothing: only the window, if the guest is open.
    case run
    /// The guest takes interrupts from now on. (Taking one closes it again.)
    case sti
    /// The guest takes none.
    case cli
    /// Write of 0x80B. The architecture wants 0; KVM takes anything whose high half is 0
    /// (kvm-snp-uapi §3.4, seen on kvm_amd and kvm_pvm).
    case eoi(UInt64, by: EOIWay = .native)
    /// Read of 0x80B, secure: through the GHCB. The x2APIC's EOI register is write-only: #GP.
    case readEOI
    /// WRMSR 0x808.
    case tpr(UInt8)
    /// WRMSR 0x83F: an edge interrupt of this vector to itself.
    case selfIPI(UInt8)
    /// WRMSR 0x830: destination in the high half (APM volume 2, 16.5).
    case icr(UInt64)
    /// Write of 0x80F: bit 8 enables the APIC, bits 7:0 are the spurious vector. Secure: to KVM
    /// through the GHCB, and to the page.
    case spiv(UInt64)
    /// The guest's own ISR, TMR, IRR and TPR, with the window closed; `ofKVM`: also KVM's view,
    /// read through the GHCB (secure agent only).
    case snapshot(ofKVM: Bool = false)
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

    // Secure agent only.
    /// Sets a vector in the page's ALLOWED_IRR: from now on the host can send it.
    case allow(UInt8, PageTMRWrite)
    /// Clears a vector in the page's ALLOWED_IRR.
    case disallow(UInt8)
    /// Registers the backing page with KVM and enables Secure AVIC.
    case enable
    /// A new life, as by kexec: the page is unregistered, cleared but for ALLOWED_IRR (and TMR, if
    /// kept) and registered again; the guest's interrupt flag is clear.
    case reset(keepsTMR: Bool)
    /// An ordinary EOI.
    package static let eoi = AgentCommand.eoi(0)
    /// The guest's own registers.
    package static let snapshot = AgentCommand.snapshot()

    /// The same command; if it is an EOI, its #VC handler may forward it with nothing noted in KVM.
    package var allowingUnnoted: AgentCommand {
        guard case .eoi(let data, var way) = self else { return self }
        way.allowsUnnoted = true
        return .eoi(data, by: way)
    }

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
        case .allow: UInt32(AGENT_ALLOW)
        case .disallow: UInt32(AGENT_DISALLOW)
        case .enable: UInt32(AGENT_ENABLE)
        case .reset: UInt32(AGENT_RESET)
        case .icr: UInt32(AGENT_ICR)
        }
    }

    /// The data of the register access, 0 for commands without.
    package var operand: UInt64 {
        switch self {
        case .eoi(let data, _), .spiv(let data), .icr(let data): data
        case .tpr(let value): UInt64(value)
        case .selfIPI(let vector), .disallow(let vector): UInt64(vector)
        case .store(let address, let value): UInt64(address) << 32 | UInt64(value)
        case .snapshot(let flag), .reset(let flag): flag ? 1 : 0
        case .allow(let vector, let tmr): tmr.number << 8 | UInt64(vector)
        case .run, .sti, .cli, .readEOI, .stop, .spin, .hlt, .fault, .enable: 0
        }
    }

    /// The mailbox's `way`, which only EOI looks at.
    package var way: UInt32 {
        if case .eoi(_, let way) = self { way.number } else { EOIWay.native.number }
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
    /// A VMGEXIT of a secure agent with patched exits.
    case vmgexit

    /// Its number.
    package var number: UInt16 {
        let number =
            switch self {
            case .window: AGENT_WINDOW_PORT
            case .ready: AGENT_READY_PORT
            case .exception: AGENT_EXCEPTION_PORT
            case .stop: AGENT_STOP_PORT
            case .vmgexit: AGENT_VMGEXIT_PORT
            }
        return UInt16(number)
    }

    /// The meaning of an OUT to `port`, or nil if the agent has no such port.
    package init?(port: UInt16) {
        switch Int32(port) {
        case AGENT_WINDOW_PORT: self = .window
        case AGENT_READY_PORT: self = .ready
        case AGENT_EXCEPTION_PORT: self = .exception
        case AGENT_STOP_PORT: self = .stop
        case AGENT_VMGEXIT_PORT: self = .vmgexit
        default: return nil
        }
    }
}
