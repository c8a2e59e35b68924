import AgentFace
import GuestAgent
import Lockstep
import Scenarios
import TestSupport
import Testing
import Verdicts

extension AgentImage {
    /// The agent with other code in place of `code`, which it has to have exactly once.
    func replacing(_ code: [UInt8], with other: [UInt8]) throws -> AgentImage {
        try #require(code.count == other.count)
        let places = bytes.indices.filter { bytes[$0...].starts(with: code) }
        try #require(places.count == 1, "the agent's code has changed: look at \(code)")
        return replacing(at: places[0], with: other)
    }

    /// The agent with the code of one command in place of another's.
    func replacing(_ command: AgentCommand, by other: AgentCommand) -> AgentImage {
        let place = commandTableOffset + 4 * Int(other.number)
        return replacing(
            at: commandTableOffset + 4 * Int(command.number), with: Array(bytes[place..<place + 4]))
    }

    /// Where the code of a command begins.
    func offset(of command: AgentCommand) -> Int {
        let place = commandTableOffset + 4 * Int(command.number)
        let distance = bytes[place..<place + 4].reversed().reduce(UInt32(0)) {
            $0 << 8 | UInt32($1)
        }
        return commandTableOffset + Int(Int32(bitPattern: distance))
    }

    /// The agent with other code behind the gate of #VC.
    func replacingVC(with code: [UInt8]) -> AgentImage {
        replacing(at: stubTableOffset + stubSize * Int(VCError.vector), with: code)
    }
}

extension OnEmulator {
    /// Machine code that does something else than the agent's, and must be noticed.
    @Suite("The emulator with a mutated agent")
    struct AgentMutantTests {
        /// A command that no longer does anything, and who notices.
        struct Lost: Sendable, CustomTestStringConvertible {
            var command: AgentCommand
            var scenario: String
            var testDescription: String { "\(command): \(scenario)" }
        }

        static let lost = [
            Lost(command: .sti, scenario: "level-basic"),
            Lost(command: .cli, scenario: "interrupt-flag"),
            Lost(command: .eoi, scenario: "level-basic"),
            Lost(command: .readEOI, scenario: "read-eoi"),
            Lost(command: .tpr(0), scenario: "tpr-blocks"),
            Lost(command: .selfIPI(0), scenario: "ipi-basic"),
            Lost(command: .spiv(0), scenario: "disabled-apic"),
            Lost(command: .snapshot, scenario: "level-basic"),
            Lost(command: .store(address: 0, value: 0), scenario: "eoi-register"),
            Lost(command: .allow(0, .leave), scenario: "level-basic"),
            Lost(command: .disallow(0), scenario: "disallowed-vector"),
            Lost(command: .enable, scenario: "level-basic"),
            Lost(command: .reset(keepsTMR: false), scenario: "reset-in-service"),
        ]

        /// Commands that no scenario gives, each with who does.
        static let others: [AgentCommand] = [
            .run,  // does nothing to begin with
            .stop, .spin, .hlt, .fault,  // for tests of the host
            .icr(0),  // for tests of the #VC handler
        ]

        @Test("Every command is one of the two kinds")
        func isComplete() {
            let numbers = Self.lost.map(\.command.number) + Self.others.map(\.number)
            #expect(numbers.sorted() == Array(0..<UInt32(AGENT_COMMANDS)))
        }

        @Test("A command that does nothing fails a scenario", arguments: lost)
        func isNoticed(lost: Lost) throws {
            let mutant = AgentImage.secure.replacing(lost.command, by: .run)
            let scenario = try #require(
                Combination.catalogue.first { $0.name == lost.scenario })
            let irqchip = scenario.irqchips[0]
            let outcome = Emulation(irqchip: irqchip, agent: mutant).run(scenario)
            #expect(outcome.verdict == .fail, "\(outcome.trouble)")
            #expect(Emulation(irqchip: irqchip).run(scenario).verdict == .pass)
        }

        /// What the guest does about an EOI, by other code.
        struct WrongEOI: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var scenario: String
            var verdict: Verdict
            var makeAgent: @Sendable (AgentImage) throws -> AgentImage
        }

        static let wrongEOIs = [
            WrongEOI(
                testDescription: "the bit of the page's ISR stays set",
                scenario: "level-basic", verdict: .fail
            ) {
                // BTR of a bit of the ISR becomes BT.
                try $0.replacing(
                    [0x0F, 0xB3, 0x8F, 0x00, 0x01, 0x00, 0x00],
                    with: [0x0F, 0xA3, 0x8F, 0x00, 0x01, 0x00, 0x00])
            },
            WrongEOI(
                testDescription: "the handler of #VC forwards nothing",
                scenario: "two-eoi-paths", verdict: .fail
            ) {
                // Drops the error code and returns.
                $0.replacingVC(with: [0x48, 0x83, 0xC4, 0x08, 0x48, 0xCF])
            },
            WrongEOI(
                testDescription: "a #VC is taken for an interrupt", scenario: "two-eoi-paths",
                verdict: .error
            ) {
                // PUSH 0x41 stays what it is for 0x41, the jump is relative: as an INT 0x41.
                $0.replacingVC(with: [0xCD, 0x41])
            },
            WrongEOI(
                testDescription: "the handler of #VC is no code", scenario: "two-eoi-paths",
                verdict: .error
            ) { $0.replacingVC(with: [0x0F, 0x0B]) },
            WrongEOI(
                testDescription: "the handler of #VC does not come back",
                scenario: "two-eoi-paths", verdict: .timeout
            ) { $0.replacingVC(with: [0xEB, 0xFE]) },
            WrongEOI(
                testDescription: "the handler of #VC ends nothing that it can",
                scenario: "two-eoi-paths", verdict: .error
            ) { $0.replacingVC(with: [0x48, 0xCF]) },
        ]

        @Test("A wrong end of interrupt never passes and never hangs", arguments: wrongEOIs)
        func isNoticed(wrong: WrongEOI) throws {
            let mutant = try wrong.makeAgent(.secure)
            let outcome = try Emulation(agent: mutant, limit: 1).run(wrong.scenario)
            #expect(outcome.verdict == wrong.verdict, "\(outcome.trouble)")
            #expect(try Emulation().run(wrong.scenario).verdict == .pass)
        }
    }
}
