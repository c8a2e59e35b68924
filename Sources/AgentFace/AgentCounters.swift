import GuestAgent

/// What the secure agent counts since its start. All zero with the plain agent.
package struct AgentCounters: Hashable, Sendable {
    /// SEV_STATUS as the guest read it.
    package let sevStatus: UInt64
    /// #VC exceptions taken.
    package let vcCount: UInt64
    /// The last of them.
    package let lastVC: AgentVC?
    /// EOIs sent through the GHCB, in whatever form.
    package let forwardedCount: UInt64
    /// Interrupts that came before the exit of their window.
    package let earlyCount: UInt64

    /// `page` is the whole mailbox.
    package init(_ page: RawSpan) {
        sevStatus = Mailbox.load(MAILBOX_SEV_STATUS_OFFSET, page)
        vcCount = Mailbox.load(MAILBOX_VC_COUNT_OFFSET, page)
        forwardedCount = Mailbox.load(MAILBOX_FORWARDED_COUNT_OFFSET, page)
        earlyCount = Mailbox.load(MAILBOX_EARLY_COUNT_OFFSET, page)
        lastVC =
            vcCount == 0
            ? nil
            : AgentVC(
                code: Mailbox.load(MAILBOX_VC_CODE_OFFSET, page),
                msr: Mailbox.load(MAILBOX_VC_MSR_OFFSET, page),
                flags: AgentVCFlags(rawValue: Mailbox.load(MAILBOX_VC_FLAGS_OFFSET, page)))
    }
}

/// A #VC exception of the secure agent, as its handler saw it.
package struct AgentVC: Hashable, Sendable {
    /// The exit that would have been: `VCError`.
    package let code: UInt32
    /// ECX of the interrupted instruction.
    package let msr: UInt32
    package let flags: AgentVCFlags

    package init(code: UInt32, msr: UInt32, flags: AgentVCFlags) {
        self.code = code
        self.msr = msr
        self.flags = flags
    }
}

/// What the #VC handler found.
package struct AgentVCFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// RIP was behind the instruction.
    package static let trap = AgentVCFlags(rawValue: UInt32(AGENT_VC_TRAP))
    /// WRMSR, not RDMSR.
    package static let write = AgentVCFlags(rawValue: UInt32(AGENT_VC_WRITE))
    /// EOI: the hardware had left the vector's ISR bit set in the page.
    package static let inISR = AgentVCFlags(rawValue: UInt32(AGENT_VC_IN_ISR))
    /// The host wanted a #GP for the access, so that is what the guest took in its place.
    package static let refused = AgentVCFlags(rawValue: UInt32(AGENT_VC_REFUSED))
}
