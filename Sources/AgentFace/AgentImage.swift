import GuestAgent

/// A guest agent's machine code, to be copied into guest memory.
package struct AgentImage: Sendable {
    /// Position-independent machine code.
    package let bytes: [UInt8]
    /// Offset of the first instruction; it wants RDI = mailbox address, RSP = stack top.
    package let entryOffset: Int
    /// Offset of the table of 256 interrupt stubs, one for each gate of the IDT.
    package let stubTableOffset: Int
    /// Bytes per stub.
    package let stubSize = Int(AGENT_STUB_SIZE)

    /// The agent for an ordinary VM, which leaves the guest by OUT.
    // SAFETY: the C side gives the bounds of a constant array in this program.
    package static let plain = unsafe AgentImage(guest_agent_plain())

    private init(_ agent: guest_agent) {
        // SAFETY: the one caller, above, gives the bounds of an array that never goes away.
        let image = unsafe UnsafeRawBufferPointer(start: agent.bytes, count: agent.length)
        bytes = unsafe [UInt8](image)
        entryOffset = unsafe agent.entry
        stubTableOffset = unsafe agent.stubs
    }
}
