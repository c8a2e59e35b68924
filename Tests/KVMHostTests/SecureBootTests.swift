import AgentFace
import GuestAgent
import KVMHost
import Testing

extension OnKVM {
    /// The secure agent's machine code from its first instruction to its first report.
    @Suite struct SecureBoot {
        @Test func asksTheHostForEverythingInOrder() throws {
            let rig = try SecureRig()
            let ghcb = SecureLayout.ghcb
            let answer = try #require(rig.boot.answer, "\(rig.boot) \(rig.events)")
            #expect(answer.result == .done && answer.acceptedCount == 0 && !answer.isOpen)
            #expect(
                rig.events == [
                    .readMSR(SecureMSR.sevStatus),
                    .writeMSR(SecureMSR.ghcb, 0x002),
                    .protocolRequest(.sevInfo),
                    .readMSR(SecureMSR.ghcb),
                    .writeMSR(SecureMSR.ghcb, ghcb | 0x012),
                    .protocolRequest(.register(gfn: ghcb >> 12)),
                    .readMSR(SecureMSR.ghcb),
                    .writeMSR(SecureMSR.ghcb, ghcb),
                    .kvmRead(0x802), .kvmRead(0x803), .kvmRead(0x80d),
                    .kvmWrite(0x80f, 0x1ff),
                    .ready,
                ])
        }

        @Test func fillsItsPageAndTheMailbox() throws {
            let rig = try SecureRig()
            #expect(rig.pageWord(BackingPageLayout.id) == 3)
            #expect(rig.pageWord(BackingPageLayout.version) == 0x50014)
            #expect(rig.pageWord(BackingPageLayout.ldr) == 8)
            #expect(rig.pageWord(BackingPageLayout.spiv) == 0x1ff)
            let counters = rig.counters
            #expect(counters.sevStatus == 0x40005)
            #expect(counters.vcCount == 0 && counters.lastVC == nil)
            #expect(counters.forwardedCount == 0)
        }
    }
}
