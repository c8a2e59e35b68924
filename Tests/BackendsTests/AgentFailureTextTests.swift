import AgentFace
import KVMHost
import Lockstep
import Testing

@testable import Backends

@Suite("Why a guest ended itself") struct AgentFailureTextTests {
    /// What the agent leaves: two details, and its last #VC.
    struct Case: Sendable, CustomTestStringConvertible {
        var code: UInt64
        var details: (UInt64, UInt64)
        var vc: (code: UInt32, msr: UInt32, flags: UInt32)?
        var sentence: String
        var testDescription: String { "code \(code)" }
    }

    static let cases: [Case] = [
        Case(
            code: 9, details: (0x7001, 0),
            sentence:
                "SAVIC_CONTROL reads back as 0x0, not 0x7001: there was no #VC at it, so this "
                + "is the processor's own answer"),
        Case(
            code: 9, details: (0x7001, 0), vc: (0x7c, 0xc001_0138, 2),
            sentence: "SAVIC_CONTROL reads back as 0x0, not 0x7001: the host intercepts it (#VC "
                + "0x7c at MSR 0xc0010138 (write)), and its KVM takes the access for nothing "
                + "(kvm.ignore_msrs): patch 05 of the Secure AVIC series, which ends the "
                + "intercept, is missing or was lost in a rebase"),
        Case(
            code: 10, details: (0x402, 0x31),
            sentence: "not sent: the guest's WRMSR of EOI came to its #VC handler (error code "
                + "0x402) with vector 0x31 in service, and KVM has noted nothing that it could "
                + "end: an unfixed kernel would use vector −1 and write outside its memory. That "
                + "such an EOI traps is not what is known of the hardware; --allow-host-risk sends "
                + "it"),
        Case(
            code: 10, details: (0, 0x31),
            sentence: "not sent: the guest ends each interrupt twice, and behind its WRMSR of EOI, "
                + "with vector 0x31 in service, KVM has noted nothing that the second EOI could "
                + "end: an unfixed kernel would use vector −1 and write outside its memory; "
                + "--allow-host-risk sends it"),
        Case(
            code: 10, details: (0x7c, .max),
            sentence: "not sent: the guest's WRMSR of EOI came to its #VC handler (error code "
                + "0x7c) with nothing in service, and KVM has noted nothing that it could end: an "
                + "unfixed kernel would use vector −1 and write outside its memory. That such an "
                + "EOI traps is not what is known of the hardware; --allow-host-risk sends it"),
    ]

    @Test("What a guest left when it ended itself is told in these words", arguments: cases)
    func sentence(_ test: Case) throws {
        let memory = try GuestMemory(count: SecureLayout.sharedSize)
        memory.store(test.details.0, at: 0xa8)
        memory.store(test.details.1, at: 0xb0)
        if let vc = test.vc {
            memory.store(UInt64(1), at: 0xb8)
            for (index, word) in [vc.code, vc.msr, vc.flags].enumerated() {
                memory.store(word, at: 0xc0 + 4 * UInt64(index))
            }
        }
        let request = 0x100 | 0xe << 12 | test.code << 16
        #expect(
            AgentFailure.sentence(of: request, memory, isSimulated: false) == test.sentence)
    }
}
