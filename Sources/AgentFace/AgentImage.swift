import GuestAgent

/// A guest agent's machine code, to be copied into guest memory.
package struct AgentImage: Sendable {
    /// Position-independent machine code.
    package private(set) var bytes: [UInt8]
    /// Offset of the first instruction. It wants RSP = stack top and RDI = mailbox address; the
    /// secure agent also RSI = GHCB and RDX = backing page.
    package let entryOffset: Int
    /// Offset of the table of 256 interrupt stubs, one for each gate of the IDT.
    package let stubTableOffset: Int
    /// Offset of the command table: for each command the 32-bit distance of its code from here.
    package let commandTableOffset: Int
    /// Offsets of all VMGEXIT instructions; none in the plain agent.
    package let exitSites: [Int]
    /// Bytes per stub.
    package let stubSize = Int(AGENT_STUB_SIZE)

    /// The agent for an ordinary VM, which leaves the guest by OUT.
    // SAFETY: the C side gives the bounds of a constant array in this program.
    package static let plain = unsafe AgentImage(guest_agent_plain())

    /// The agent for an SEV-SNP guest with Secure AVIC, which leaves the guest by VMGEXIT.
    // SAFETY: as above, of two arrays.
    package static let secure = unsafe AgentImage(guest_agent_secure())

    /// REP VMMCALL (kvm-snp-uapi §3.1).
    package static let vmgexit: [UInt8] = [0xf3, 0x0f, 0x01, 0xd9]

    /// OUT to the port that stands for VMGEXIT, and two NOPs: as long as the instruction itself.
    static let standIn: [UInt8] = [0xe6, UInt8(AGENT_VMGEXIT_PORT), 0x90, 0x90]

    private init(_ agent: guest_agent) {
        // SAFETY: the two callers, above, give the bounds of arrays that never go away.
        let image = unsafe UnsafeRawBufferPointer(start: agent.bytes, count: agent.length)
        let sites = unsafe UnsafeBufferPointer(start: agent.sites, count: agent.site_count)
        bytes = unsafe [UInt8](image)
        exitSites = unsafe sites.map { Int($0) }
        entryOffset = unsafe agent.entry
        stubTableOffset = unsafe agent.stubs
        commandTableOffset = unsafe agent.commands
    }

    /// The same agent with other machine code from `offset` on: a mutant, for tests. What it had
    /// there has to be as long.
    package func replacing(at offset: Int, with code: [UInt8]) -> AgentImage {
        var image = self
        image.bytes.replaceSubrange(offset..<offset + code.count, with: code)
        return image
    }

    /// The same agent for a VM without SEV, where VMGEXIT would be a hypercall or undefined: each
    /// is an OUT to `AgentPort.vmgexit` instead.
    package func withPatchedExits() -> AgentImage {
        var image = self
        for site in exitSites {
            let place = site..<site + AgentImage.vmgexit.count
            precondition(
                image.bytes[place].elementsEqual(AgentImage.vmgexit),
                "no VMGEXIT at offset \(site) of the secure agent")
            image.bytes.replaceSubrange(place, with: AgentImage.standIn)
        }
        return image
    }
}
