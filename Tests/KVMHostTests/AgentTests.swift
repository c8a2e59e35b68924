import AgentFace
import KVMHost
import Testing

extension OnKVM {
    @Suite("The plain agent's machine code on a real vCPU") struct AgentTests {
        @Test("The agent greets with its magic, and its x2APIC is enabled")
        func greets() throws {
            let rig = try Rig()
            guard case .ready(let hello) = rig.greeting else {
                Issue.record("\(rig.greeting)")
                return
            }
            #expect(hello.result == .done && hello.acceptedCount == 0 && !hello.isOpen)
            #expect(try rig.machine.vcpu.lapic().spiv == 0x1ff)
            #expect(try rig.machine.vcpu.apicBase() & 0xc00 == 0xc00)
        }

        /// KVM's software LAPIC checks only the upper half of an EOI's data; hardware checks all.
        @Test(
            "Each command has its answer, and the next one finds the agent in order",
            arguments: [
                (AgentCommand.run, AgentResult.done, false), (.sti, .done, true),
                (.cli, .done, false),
                (.eoi, .done, false), (.eoi(1 << 32), .generalProtection, false),
                (.readEOI, .generalProtection, false), (.tpr(0x20), .done, false),
                (.selfIPI(0x41), .done, false), (.spiv(0x1ff), .done, false),
                (.snapshot, .done, false),
            ])
        func answersEachCommand(
            _ command: AgentCommand, _ result: AgentResult, _ isOpen: Bool
        ) throws {
            let rig = try Rig()
            let answer = try rig.answer(command)
            #expect(answer?.result == result && answer?.isOpen == isOpen)
            #expect(answer?.acceptedVector == nil)
            // The round after it is in order too: a fixup leaves nothing behind.
            #expect(try rig.answer(.run)?.result == .done)
        }

        @Test("What the agent writes to TPR and SPIV the host reads from the LAPIC")
        func setsRegistersThatTheHostSees() throws {
            let rig = try Rig()
            try rig.perform(.tpr(0x30))
            #expect(try rig.machine.vcpu.lapic().tpr == 0x30)
            try rig.perform(.spiv(0x1fe))
            #expect(try rig.machine.vcpu.lapic().spiv == 0x1fe)
        }

        @Test("An open guest leaves by WINDOW once a command, a closed one never")
        func opensWindows() throws {
            let rig = try Rig()
            try rig.perform(.run)
            #expect(rig.windows == 0)
            try rig.perform(.sti)
            try rig.perform(.run)
            #expect(rig.windows == 2)
            try rig.perform(.cli)
            #expect(rig.windows == 2)
        }

        @Test("An exception is reported with its vector and an address in the image")
        func reportsAnExceptionWithItsPlace() throws {
            let rig = try Rig()
            guard case .exception(let exception) = try rig.perform(.fault) else {
                Issue.record("no exception report")
                return
            }
            let image = PlainLayout.image..<PlainLayout.image + UInt64(Rig.payload.image.count)
            #expect(exception.vector == 6 && exception.errorCode == 0)
            #expect(image.contains(exception.instruction))
        }

        @Test("STOP leaves by a port of its own")
        func stopsByItsOwnPort() throws {
            let rig = try Rig()
            rig.machine.memory.withMutableBytes(at: PlainLayout.mailbox(), count: Mailbox.size) {
                Mailbox.post(.stop, sequence: 7, into: &$0)
            }
            #expect(try rig.runToPort(.standard) == .stop)
        }

        @Test("A command that the agent does not know is answered with result 2")
        func tellsAnUnknownCommand() throws {
            let rig = try Rig()
            // The command's number alone is overwritten: the mailbox has it at offset 0x18.
            rig.machine.memory.store(UInt32(999), at: PlainLayout.mailbox() + 0x18)
            _ = try rig.runToPort(.standard)
            #expect(rig.machine.memory.load(UInt32.self, at: PlainLayout.mailbox() + 0x48) == 2)
        }
    }
}
