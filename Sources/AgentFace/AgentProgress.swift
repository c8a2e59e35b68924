import GuestAgent

/// How far a guest agent got: read from a mailbox that may hold anything, because the guest may
/// have died at any place. Nothing in it is checked but the first word.
package struct AgentProgress: Hashable, Sendable {
    /// Whether it has executed its first instructions.
    package let hasStarted: Bool
    /// Whether it has reported that it is up.
    package let isUp: Bool
    /// The last command that is done, by its name in mailbox.h; nil if none is.
    package let lastDone: String?
    /// What it has counted, and SEV_STATUS: 0 also until the secure agent has read it.
    package let counters: AgentCounters
    /// What a failure was about; zeros if there was none.
    package let failure: [UInt64]

    /// `page` is the whole mailbox.
    package init(_ page: RawSpan) {
        hasStarted = Mailbox.load(MAILBOX_MAGIC_OFFSET, page) == UInt64(MAILBOX_MAGIC)
        counters = AgentCounters(page)
        let echo: UInt64 = Mailbox.load(MAILBOX_ECHO_OFFSET, page)
        isUp = echo != 0
        lastDone =
            isUp && echo != Mailbox.hello
            ? Self.name(of: Mailbox.load(MAILBOX_DONE_OFFSET, page)) : nil
        failure = [0, 8].map { Mailbox.load(MAILBOX_FAILURE_OFFSET + $0, page) }
    }

    /// A command's name in mailbox.h, without the prefix.
    package static func name(of command: UInt32) -> String {
        let index = Int(command)
        return names.indices.contains(index) ? names[index] : "command \(command)"
    }

    private static let names = [
        "RUN", "STI", "CLI", "EOI", "READ_EOI", "TPR", "SELF_IPI", "SPIV", "SNAPSHOT", "STOP",
        "SPIN", "HLT", "FAULT", "STORE", "ICR", "ALLOW", "DISALLOW", "ENABLE", "RESET",
    ]
}
