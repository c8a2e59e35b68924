import GuestAgent

/// Why a secure guest asked the host to terminate it.
package struct AgentFailure: Hashable, Sendable {
    /// The agent's own reasons (mailbox.h), and everybody else's.
    package enum Reason: Hashable, Sendable {
        /// SEV_STATUS (`detail`) has no SNP.
        case noSNP
        /// SEV_STATUS (`detail`) has no Secure AVIC.
        case noSecureAVIC
        /// The host's answer (`detail`) offers no GHCB protocol 2.
        case noProtocol
        /// The host's answer (`detail`) to the registration of the GHCB is another address.
        case ghcbNotRegistered
        /// (Un)registering the backing page was refused: EXITINFO1 and 2.
        case page
        /// Another event was refused: EXITINFO1 and 2.
        case event
        /// An exception (vector, RIP) before there was a GHCB, or in its use. One that comes while
        /// another failure is being told leaves that one's details.
        case exception
        /// A #VC (error code, RIP) that nobody handles.
        case vc
        /// SAVIC_CONTROL reads back otherwise: wanted, found.
        case control
        /// An EOI in #VC for which KVM has nothing noted, which was not sent: error code, highest
        /// vector in service before the command or all ones.
        case unnoted
        /// A reason set that is not the agent's, such as Linux', or a code that it does not have.
        case foreign(set: UInt8, code: UInt8)

        init(set: UInt8, code: UInt8) {
            self = .foreign(set: set, code: code)
            guard Int32(set) == AGENT_FAIL_SET else { return }
            switch Int32(code) {
            case AGENT_FAIL_NO_SNP: self = .noSNP
            case AGENT_FAIL_NO_SAVIC: self = .noSecureAVIC
            case AGENT_FAIL_PROTOCOL: self = .noProtocol
            case AGENT_FAIL_GHCB_GPA: self = .ghcbNotRegistered
            case AGENT_FAIL_PAGE: self = .page
            case AGENT_FAIL_GHCB: self = .event
            case AGENT_FAIL_EXCEPTION: self = .exception
            case AGENT_FAIL_VC: self = .vc
            case AGENT_FAIL_CONTROL: self = .control
            case AGENT_FAIL_UNNOTED: self = .unnoted
            default: break
            }
        }
    }

    package let reason: Reason
    /// What it is about, in the order that `reason` says; meaningless for foreign reasons.
    package let detail: UInt64
    package let secondDetail: UInt64

    /// Decodes what a terminating guest has written to the GHCB MSR (`data[0]` of the system event
    /// `KVM_SYSTEM_EVENT_SEV_TERM`), or nil if that asks for something else.
    /// `page` is the whole mailbox.
    package init?(terminateRequest value: UInt64, _ page: RawSpan) {
        guard case .terminate(let set, let code) = GHCBMSRRequest(value) else { return nil }
        reason = Reason(set: set, code: code)
        detail = Mailbox.load(MAILBOX_FAILURE_OFFSET, page)
        secondDetail = Mailbox.load(MAILBOX_FAILURE_OFFSET + 8, page)
    }
}
