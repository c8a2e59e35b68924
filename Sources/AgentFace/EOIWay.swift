import GuestAgent

/// How the guest signals an EOI. The plain agent knows the native way only, whatever it is told.
package struct EOIWay: Hashable, Sendable {
    /// What is done, in the order of mailbox.h.
    package enum Kind: CaseIterable, Hashable, Sendable {
        /// WRMSR 0x80B; what the hardware does not accelerate is a #VC, whose handler forwards it.
        case native
        /// Clears the page's highest ISR bit, if any; then a write through the GHCB.
        case ghcb
        /// What Linux' savic_eoi() does: nothing in service, nothing done; TMR set in the page,
        /// `ghcb`; else `native` (secure-avic §5).
        case linux
        /// `native`, then `forward`, as the selftests of the RFC do for level interrupts.
        case both
        /// A write through the GHCB; the page is left alone.
        case forward
        /// `linux`, with the window closed, as Linux' ioapic_ack_level() begins. The answer's value
        /// is the vector that was ended if its TMR bit was clear in the page, and else 0.
        case linuxLevel
    }

    package var kind: Kind
    /// Whether what goes through the GHCB is a specific EOI (draft event 0x8000001B) that carries
    /// the highest vector in service before the command. With none in service it is an MSR write.
    package var conveysVector: Bool
    /// Whether the #VC handler may forward an EOI for which KVM has nothing noted; otherwise it
    /// looks first, and ends the guest instead.
    package var allowsUnnoted = false

    package init(_ kind: Kind, conveysVector: Bool = false) {
        self.kind = kind
        self.conveysVector = conveysVector
    }

    package static let native = EOIWay(.native)
    package static let ghcb = EOIWay(.ghcb)
    package static let linux = EOIWay(.linux)
    package static let both = EOIWay(.both)
    package static let forward = EOIWay(.forward)
    package static let linuxLevel = EOIWay(.linuxLevel)

    /// The same way with the vector conveyed.
    package var conveying: EOIWay { EOIWay(kind, conveysVector: true) }

    /// The number in the mailbox.
    package var number: UInt32 {
        let way =
            switch kind {
            case .native: UInt32(AGENT_EOI_NATIVE)
            case .ghcb: UInt32(AGENT_EOI_GHCB)
            case .linux: UInt32(AGENT_EOI_LINUX)
            case .both: UInt32(AGENT_EOI_BOTH)
            case .forward: UInt32(AGENT_EOI_FORWARD)
            case .linuxLevel: UInt32(AGENT_EOI_LINUX_LEVEL)
            }
        return way | (conveysVector ? UInt32(AGENT_EOI_CONVEY) : 0)
            | (allowsUnnoted ? UInt32(AGENT_EOI_UNNOTED) : 0)
    }
}

/// What `AgentCommand.allow` does with the vector's TMR bit in the backing page.
package enum PageTMRWrite: CaseIterable, Hashable, Sendable {
    case leave, clear, set

    /// The number in the operand.
    package var number: UInt64 {
        switch self {
        case .leave: UInt64(AGENT_TMR_LEAVE)
        case .clear: UInt64(AGENT_TMR_CLEAR)
        case .set: UInt64(AGENT_TMR_SET)
        }
    }
}
