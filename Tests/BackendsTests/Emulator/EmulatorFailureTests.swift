import AgentFace
import GuestAgent
import InterruptModel
import Lockstep
import TestSupport
import Testing
import Verdicts

extension OnEmulator {
    /// A guest that goes wrong is told of in words, whatever it does.
    @Suite("A guest that goes wrong on the emulator")
    struct FailureTests {
        /// Other machine code, and what a run says about it.
        struct WrongAgent: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var verdict: Verdict
            var says: [String]
            var makeAgent: @Sendable (AgentImage) throws -> AgentImage

            init(
                _ description: String, ending verdict: Verdict = .error, says: String...,
                makeAgent: @escaping @Sendable (AgentImage) throws -> AgentImage
            ) {
                testDescription = description
                self.verdict = verdict
                self.says = says
                self.makeAgent = makeAgent
            }

            /// One place of the code is another.
            init(
                _ description: String, _ code: [UInt8], _ other: [UInt8], says: String...
            ) {
                testDescription = description
                verdict = .error
                self.says = says
                makeAgent = { try $0.replacing(code, with: other) }
            }
        }

        /// `assert 2, run, deassert 2, eoi`: the EOI is the fourth step.
        static let steps = "assert 2, run, deassert 2, eoi"
        static let inEOI = "in step 4, “eoi”: "

        static let commands = [
            WrongAgent(
                "never comes back", ending: .timeout, says: inEOI,
                "KVM_RUN took longer than 1000 ms"
            ) { $0.replacing(.eoi, by: .spin) },
            WrongAgent("halts", says: inEOI, "the guest came back with KVM_EXIT_HLT") {
                $0.replacing(.eoi, by: .hlt)
            },
            WrongAgent("leaves for good", says: inEOI, "left by itself: stop") {
                $0.replacing(.eoi, by: .stop)
            },
            WrongAgent(
                "executes no code", says: inEOI, "took exception 6, error code 0x0, at RIP 0x1"
            ) { $0.replacing(.eoi, by: .fault) },
            WrongAgent("does not know the command", says: inEOI, "does not know the command") {
                // To where EAX becomes AGENT_UNKNOWN, which stands before `succeed`.
                let distance = $0.offset(of: .run) - 7 - $0.commandTableOffset
                return $0.replacing(
                    at: $0.commandTableOffset + 4 * Int(AgentCommand.eoi.number),
                    with: (0..<4).map { UInt8(truncatingIfNeeded: distance >> (8 * $0)) })
            },
            WrongAgent(
                "leaves again and again", ending: .timeout, says: inEOI,
                "the guest left 1001 times without an answer"
            ) { agent in
                // STOP leaves by its port for ever: now by the port of the window.
                let stop = agent.offset(of: .stop)
                let port = try #require(
                    agent.bytes[stop..<stop + 5].firstIndex(of: UInt8(AGENT_STOP_PORT)))
                return agent.replacing(at: port, with: [UInt8(AGENT_WINDOW_PORT)])
                    .replacing(.eoi, by: .stop)
            },
            WrongAgent(
                "takes the same #VC again and again", ending: .timeout, says: inEOI,
                "accessed MSRs 1000 times without leaving"
            ) {
                // Drops the error code, goes back by the two bytes of WRMSR, and returns.
                $0.replacingVC(
                    with: [0x48, 0x83, 0xC4, 0x08, 0x48, 0x83, 0x2C, 0x24, 0x02, 0x48, 0xCF])
            },
        ]

        static let messages = [
            WrongAgent(
                "the magic is another", [0x48, 0xB8, 0x53, 0x41], [0x48, 0xB8, 0x53, 0x42],
                says: "malformed", "magic"),
            WrongAgent(
                "the version is another", [0xC7, 0x43, 0x08, UInt8(MAILBOX_VERSION)],
                [0xC7, 0x43, 0x08, 0], says: "malformed", "version(0)"),
            WrongAgent(
                "the first result is none", [0xC7, 0x43, 0x48, 0, 0, 0, 0],
                [0xC7, 0x43, 0x48, 9, 0, 0, 0], says: "malformed", "result(9)"),
            WrongAgent(
                "the answer is to another sequence", [0x48, 0x8B, 0x43, 0x10],
                [0x48, 0x8B, 0x43, 0x08], says: "malformed", "sequence(expected: 1,"),
            WrongAgent(
                "the answer is to another command", [0x89, 0x43, 0x64], [0x90, 0x90, 0x90],
                says: "malformed", "command(expected: \(AGENT_ALLOW), found: 0)"),
            WrongAgent(
                "the interrupt taken is none", [0x8B, 0x04, 0x24, 0x89, 0x43, 0x60],
                [0xB0, 0x05, 0x90, 0x89, 0x43, 0x60], says: "malformed", "vector("),
        ]

        static let terminations = [
            WrongAgent(
                "no SEV-SNP", [0x48, 0x0F, 0xBA, 0xE2, 2], [0x48, 0x0F, 0xBA, 0xE2, 40],
                says: "is no SEV-SNP guest: SEV_STATUS is 0x40007 without bit 2"),
            WrongAgent(
                "no Secure AVIC", [0x48, 0x0F, 0xBA, 0xE2, 18], [0x48, 0x0F, 0xBA, 0xE2, 40],
                says: "was not granted Secure AVIC: SEV_STATUS is 0x40007 without bit 18"),
            WrongAgent(
                "no protocol", [0x83, 0xFF, 0x02, 0x0F, 0x82], [0x83, 0xFF, 0x7F, 0x0F, 0x82],
                says: "no GHCB protocol version 2"),
            WrongAgent(
                "no GHCB", [0x49, 0x8D, 0x7D, 0x13], [0x49, 0x8D, 0x7D, 0x14],
                says: "refused to register the GHCB: its answer is 0x21013"),
            WrongAgent(
                "no backing page: another event", [0xB8, 0x1A, 0x00, 0x00, 0x80],
                [0xB8, 0x1F, 0x00, 0x00, 0x80],
                says: "refused the APIC backing page", "EXITINFO1 0x2, EXITINFO2 0x6"),
            WrongAgent(
                "an event refused", [0x90, 0x03, 0x00, 0x00, 0x7B], [0x90, 0x03, 0x00, 0x00, 0x7A],
                says: "refused a GHCB request", "EXITINFO1 0x2, EXITINFO2 0x6"),
            WrongAgent(
                "an exception without a GHCB", [0xB9, 0x31, 0x01, 0x01, 0xC0],
                [0xB9, 0x33, 0x01, 0x01, 0xC0],
                says: "took exception 13 at RIP 0x1", "while it could not report it"),
            WrongAgent(
                "a #VC that nobody handles", [0x48, 0x81, 0xFF, 0x02, 0x04],
                [0x48, 0x81, 0xFF, 0x03, 0x04],
                says: "a #VC with error code 0x402 at RIP 0x1"),
            WrongAgent(
                "SAVIC_CONTROL is another", [0x4C, 0x39, 0xC0, 0x75], [0x4C, 0x39, 0xC0, 0xEB],
                says: "SAVIC_CONTROL reads back as 0x7001, not 0x7001"),
        ]

        @Test("A command that goes wrong", arguments: commands)
        func inCommand(wrong: WrongAgent) throws { try expect(wrong) }

        @Test("A message that is none", arguments: messages)
        func inMessage(wrong: WrongAgent) throws { try expect(wrong) }

        @Test("A guest that asks to be terminated, by its reason", arguments: terminations)
        func byTermination(wrong: WrongAgent) throws { try expect(wrong) }

        @Test("A reason that is not the agent's, such as Linux'")
        func foreign() throws {
            try expect(
                WrongAgent("", says: "reason set 1, code 1, which are not this tool's") {
                    // No SEV-SNP, told by another reason set than this tool's.
                    try $0.replacing(
                        [0x48, 0x0F, 0xBA, 0xE2, 2], with: [0x48, 0x0F, 0xBA, 0xE2, 40]
                    ).replacing(
                        [0x8D, 0xB0, 0x00, 0xE1, 0x00, 0x00],
                        with: [0x8D, 0xB0, 0x00, 0x11, 0x00, 0x00])
                })
        }

        private func expect(_ wrong: WrongAgent) throws {
            let agent = try wrong.makeAgent(.secure)
            let start = ContinuousClock.now
            let outcome = Emulation(
                axes: [.guestEOI: "native"], agent: agent, limit: 1
            ).run(try scenario(Self.steps))
            #expect(outcome.verdict == wrong.verdict)
            for words in wrong.says {
                #expect(outcome.failure?.contains(words) == true, "\(outcome.trouble)")
            }
            #expect(start.duration(to: .now) < .seconds(20))
        }

        @Test("The same steps pass with the agent as it is")
        func intact() throws {
            let outcome = Emulation(axes: [.guestEOI: "native"])
                .run(try scenario(Self.steps))
            #expect(outcome.verdict == .pass, "\(outcome.trouble)")
        }
    }
}
