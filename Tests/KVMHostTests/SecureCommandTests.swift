import AgentFace
import GuestAgent
import KVMHost
import Testing

extension OnKVM {
    @Suite("The secure agent's commands, EOI aside: what the host sees and what they leave")
    struct SecureCommandTests {
        private let page = SecureLayout.backingPage

        @Test(
            "Each command brings the host the events that it is for, and no others",
            arguments: [
                (AgentCommand.run, []), (.sti, [HostEvent.window]), (.cli, []),
                (.tpr(0x20), [.writeMSR(0x808, 0x20)]), (.selfIPI(0x41), [.writeMSR(0x83f, 0x41)]),
                (.icr(0x0000_0004_0000_0041), [.writeMSR(0x830, 0x0000_0004_0000_0041)]),
                (.spiv(0x1fe), [.kvmWrite(0x80f, 0x1fe)]),
                (.allow(0x51, .leave), []), (.disallow(0x51), []),
                (.snapshot, [.readMSR(X2APICMSR.ppr)]),
                (
                    .store(address: 0xfec0_0010, value: 0x8765_4321),
                    [.request(.mmioWrite(address: 0xfec0_0010, length: 4, data: 0x8765_4321))]
                ),
                (
                    .enable,
                    [
                        .request(.registerPage(gpa: 0x7000, apicID: nil)),
                        .writeMSR(0xc001_0138, 0x7001), .readMSR(0xc001_0138),
                    ]
                ),
            ])
        func doWhatTheySay(_ command: AgentCommand, _ events: [HostEvent]) throws {
            let rig = try SecureRig()
            let answer = try rig.perform(command).answer
            #expect(answer?.result == .done && answer?.acceptedVector == nil)
            #expect(answer?.isOpen == (command == .sti))
            #expect(rig.events == events + [.ready])
            #expect(try rig.perform(.run).answer?.result == .done)
        }

        /// KVM accepts fields that no request needs; the next KVM may not.
        @Test("No request marks a field of the GHCB that it does not need")
        func requestsHoldWhatTheyNeed() throws {
            let rig = try SecureRig()
            rig[BackingPageLayout.isr, 0x51] = true
            let commands: [AgentCommand] = [
                .enable, .sti, .snapshot(ofKVM: true), .spiv(0x1ff), .eoi(0, by: .both.conveying),
                .eoi(0, by: .ghcb), .store(address: 0xfec0_0000, value: 1), .reset(keepsTMR: false),
            ]
            for command in commands { try rig.perform(command) }
            #expect(rig.untidy == [])
        }

        @Test("SPIV goes to the page once the host has taken it, and not if it refuses")
        func spivGoesToThePageOnceTheHostHasIt() throws {
            let rig = try SecureRig()
            try rig.perform(.spiv(0x0ff))
            #expect(rig.pageWord(BackingPageLayout.spiv) == 0x0ff)
            rig.host.answers[.msrWrite(index: 0x80f, value: 1 << 32)] = .exception
            #expect(try rig.perform(.spiv(1 << 32)).answer?.result == .generalProtection)
            #expect(rig.pageWord(BackingPageLayout.spiv) == 0x0ff)
        }

        @Test("Allowing a vector sets, clears or leaves its page TMR, and touches no other")
        func allowedVectorsAndTheirTriggerMode() throws {
            let rig = try SecureRig()
            let (allowed, tmr) = (BackingPageLayout.allowedIRR, BackingPageLayout.tmr)
            for vector in UInt8(32)...255 { try rig.perform(.allow(vector, .set)) }
            #expect(rig.vectors(allowed) == Array(32...255))
            #expect(rig.vectors(tmr) == Array(32...255))
            try rig.perform(.disallow(0x51))
            #expect(!rig[allowed, 0x51] && rig[allowed, 0x50] && rig[tmr, 0x51])
            try rig.perform(.allow(0x51, .clear))
            #expect(rig[allowed, 0x51] && !rig[tmr, 0x51])
            try rig.perform(.allow(0x51, .leave))
            try rig.perform(.allow(0x52, .leave))
            #expect(!rig[tmr, 0x51] && rig[tmr, 0x52])
            #expect(rig.vectors(BackingPageLayout.irr) == [])
            #expect(rig.vectors(BackingPageLayout.isr) == [])
        }

        @Test(
            "RESET ends the old page and begins a new one, whose TMR stays if it is asked to",
            arguments: [false, true])
        func resetBeginsANewLife(_ keepsTMR: Bool) throws {
            let rig = try SecureRig()
            try rig.perform(.enable)
            try rig.perform(.sti)
            for vector in UInt8(32)...255 { try rig.perform(.allow(vector, .set)) }
            rig[BackingPageLayout.isr, 0x51] = true
            rig[BackingPageLayout.irr, 0x61] = true
            rig.machine.privateMemory.store(UInt32(0x70), at: page + BackingPageLayout.tpr)
            rig.machine.privateMemory.store(UInt64.max, at: page + 0xff8)
            let answer = try rig.perform(.reset(keepsTMR: keepsTMR)).answer
            #expect(answer?.result == .done && answer?.isOpen == false)
            #expect(
                rig.events == [
                    .writeMSR(SecureMSR.savicControl, 0), .readMSR(SecureMSR.savicControl),
                    .request(.unregisterPage(apicID: nil)),
                    .kvmRead(0x802), .kvmRead(0x803), .kvmRead(0x80d),
                ] + X2APICMSR.lvts.map { .kvmRead($0) } + [
                    .kvmWrite(0x80f, 0x1ff), .request(.registerPage(gpa: page, apicID: nil)),
                    .writeMSR(SecureMSR.savicControl, page | 1),
                    .readMSR(SecureMSR.savicControl), .ready,
                ])
            var expected = [UInt64: UInt32]()
            for word in UInt64(0)..<8 {
                let bits: UInt32 = word == 0 ? 0 : .max
                expected[BackingPageLayout.allowedIRR + 0x10 * word] = bits
                expected[BackingPageLayout.tmr + 0x10 * word] = keepsTMR ? bits : 0
            }
            expected[BackingPageLayout.id] = 3
            expected[BackingPageLayout.version] = 0x50014
            expected[BackingPageLayout.ldr] = 8
            expected[BackingPageLayout.spiv] = 0x1ff
            for offset in stride(from: UInt64(0), to: UInt64(BackingPageLayout.size), by: 4) {
                #expect(rig.pageWord(offset) == expected[offset] ?? 0, "\(offset)")
            }
        }

        @Test("A snapshot shows the page's registers, and asks KVM for none")
        func snapshotShowsThePage() throws {
            let rig = try SecureRig()
            try rig.perform(.sti)
            rig[BackingPageLayout.isr, 0x20] = true
            rig[BackingPageLayout.tmr, 0x41] = true
            rig[BackingPageLayout.irr, 0xff] = true
            rig[BackingPageLayout.allowedIRR, 0x62] = true
            rig.machine.privateMemory.store(UInt32(0x30), at: page + BackingPageLayout.tpr)
            #expect(try rig.perform(.snapshot).answer?.isOpen == true)
            #expect(rig.events == [.readMSR(X2APICMSR.ppr), .ready])
            let snapshot = rig.snapshot
            #expect(LAPICRegisters.vectors(in: snapshot.isr) == [0x20])
            #expect(LAPICRegisters.vectors(in: snapshot.tmr) == [0x41])
            #expect(LAPICRegisters.vectors(in: snapshot.irr) == [0xff])
            #expect(LAPICRegisters.vectors(in: snapshot.allowed) == [0x62])
            #expect(snapshot.tpr == 0x30 && snapshot.ppr == 0 && snapshot.isOwnPPR)
            #expect(snapshot.kvmISR == SIMD8() && snapshot.kvmIRR == SIMD8())
        }

        /// A PPR that comes by way of the #VC handler is KVM's, and the look is no event of the
        /// guest's: what is known of its last #VC stays.
        @Test("A snapshot tells whose PPR it has, and its #VC leaves the counters as they were")
        func aSnapshotTellsWhosePPRItIs() throws {
            let rig = try SecureRig()
            rig.host.intercepted[X2APICMSR.eoi] = VCScript(code: VCError.msr, isTrap: false)
            try rig.perform(.eoi)
            let before = rig.counters
            #expect(before.vcCount == 1 && before.lastVC?.msr == X2APICMSR.eoi)
            rig.host.intercepted[X2APICMSR.ppr] = VCScript(code: VCError.avicNoAccel, isTrap: false)
            rig.host.registers[X2APICMSR.ppr] = 0x30
            try rig.perform(.snapshot)
            #expect(rig.events.contains(.kvmRead(X2APICMSR.ppr)))
            #expect(rig.snapshot.ppr == 0x30 && !rig.snapshot.isOwnPPR)
            #expect(rig.counters == before)
            // KVM may refuse it, or the processor itself: the rest of the snapshot is told.
            rig.host.answers[.msrRead(index: X2APICMSR.ppr)] = .exception
            #expect(try rig.perform(.snapshot(ofKVM: true)).answer?.result == .done)
            #expect(!rig.snapshot.isOwnPPR && rig.counters == before)
            rig.host.intercepted[X2APICMSR.ppr] = nil
            rig.host.forbidden = [X2APICMSR.ppr]
            #expect(try rig.perform(.snapshot).answer?.result == .done)
            #expect(!rig.snapshot.isOwnPPR && rig.counters == before)
        }

        @Test("The page's LVTs are KVM's where it tells them, else 0")
        func theLVTsAreKVMsWhereItTellsThem() throws {
            var host = ScriptedHost()
            for lvt in X2APICMSR.lvts { host.registers[lvt] = 0x10000 | UInt64(lvt & 0xff) }
            host.answers[.msrRead(index: X2APICMSR.lint0)] = .exception
            let rig = try SecureRig(host)
            for lvt in X2APICMSR.lvts {
                let offset = UInt64(lvt - X2APICMSR.all.lowerBound) << 4
                let value = lvt == X2APICMSR.lint0 ? 0 : 0x10000 | (lvt & 0xff)
                #expect(rig.pageWord(offset) == value)
            }
        }

        @Test("A snapshot of KVM reads its ISR, TMR and IRR, and a refused one is a #GP")
        func snapshotCanAskKVMToo() throws {
            let rig = try SecureRig()
            let indices = X2APICMSR.isr..<X2APICMSR.irr + 8
            for index in indices { rig.host.registers[index] = UInt64(index) << 8 }
            try rig.perform(.snapshot(ofKVM: true))
            #expect(
                rig.events == [.readMSR(X2APICMSR.ppr)] + indices.map { .kvmRead($0) } + [.ready])
            for word in UInt32(0)..<8 {
                #expect(rig.snapshot.kvmISR[Int(word)] == (X2APICMSR.isr + word) << 8)
                #expect(rig.snapshot.kvmTMR[Int(word)] == (X2APICMSR.tmr + word) << 8)
                #expect(rig.snapshot.kvmIRR[Int(word)] == (X2APICMSR.irr + word) << 8)
            }
            try rig.perform(.sti)
            rig.host.answers[.msrRead(index: X2APICMSR.irr)] = .exception
            let refused = try rig.perform(.snapshot(ofKVM: true))
            #expect(refused.answer?.result == .generalProtection)
            #expect(!rig.events.contains(.window))
        }

        /// Hardware that delivers in STI's shadow, at a re-entry: the request is still in the GHCB.
        @Test("An interrupt before the window's exit is taken and counted as early")
        func earlyInterrupt() throws {
            let rig = try SecureRig()
            try rig.perform(.sti)
            let request = UInt64(AGENT_WINDOW_PORT) << 16 | 1 << 4 | 1 << 9
            let window = GHCBRequest.ioio(
                port: UInt16(AGENT_WINDOW_PORT), size: 1, isOut: true, value: 0)
            rig.host.details[window] = [request, 0]
            rig.interrupt(0x51)
            let answer = try rig.perform(.run).answer
            #expect(answer?.acceptedVector == 0x51 && answer?.isOpen == false)
            #expect(rig.counters.earlyCount == 1)
            // Without an interrupt it is no answer.
            #expect(try rig.perform(.sti).failure?.reason == .event)
        }

        @Test("An open window takes one interrupt behind its exit; closed, it waits")
        func window() throws {
            let rig = try SecureRig()
            rig.interrupt(0x51)
            // Closed: it waits, however long.
            for _ in 0..<3 { #expect(try rig.perform(.run).answer?.acceptedVector == nil) }
            let answer = try rig.perform(.sti).answer
            #expect(answer?.acceptedVector == 0x51 && answer?.isOpen == false)
            #expect(answer?.acceptedCount == 1)
            #expect(rig.events == [.window, .interrupt(0x51), .ready])
            rig.interrupt(0x61)
            #expect(try rig.perform(.run).answer?.acceptedVector == nil)
            #expect(rig.pending == 0x61)
            #expect(try rig.perform(.sti).answer?.acceptedVector == 0x61)
        }

        /// The answer to the WINDOW exit is looked at, taken interrupt or not.
        @Test(
            "A refused WINDOW exit ends the guest, with an interrupt taken or without",
            arguments: [false, true])
        func windowIsCheckedLikeAnyExit(_ taken: Bool) throws {
            let window = GHCBRequest.ioio(port: 0xe0, size: 1, isOut: true, value: 0)
            let rig = try SecureRig()
            rig.host.answers[window] = .malformed(.usage)
            if taken { rig.interrupt(0x51) }
            let failure = try rig.perform(.sti).failure
            #expect(failure?.reason == .event && failure?.secondDetail == 2)
        }

        @Test("2000 interrupts need no more than one frame of stack", .timeLimit(.minutes(1)))
        func manyInterruptsNeedOneStack() throws {
            let rig = try SecureRig()
            for round in UInt64(1)...2000 {
                rig.interrupt(0x51)
                try #require(try rig.perform(.sti).answer?.acceptedCount == round)
                try #require(try rig.perform(.eoi).answer?.result == .done)
            }
            #expect(rig.vectors(BackingPageLayout.isr) == [])
            #expect(try rig.machine.vcpu.position().stack > SecureLayout.stackTop - 64)
        }

        @Test("A native write that the processor refuses is a #GP, and no EOI is sent for it")
        func nativeWritesCanBeRefused() throws {
            let rig = try SecureRig()
            rig.host.forbidden = [X2APICMSR.tpr, X2APICMSR.eoi]
            #expect(try rig.perform(.tpr(0)).answer?.result == .generalProtection)
            #expect(try rig.perform(.eoi).answer?.result == .generalProtection)
            #expect(rig.events == [.writeMSR(0x80b, 0), .ready])
        }

        @Test("Another exception is reported with its vector, however often the guest runs on")
        func otherExceptionsAreReported() throws {
            let rig = try SecureRig()
            let fault = try rig.perform(.fault)
            #expect(fault.exception?.vector == 6 && rig.events == [.exception])
            #expect(try rig.runAgain().exception == fault.exception)
            // No answer of ENABLE is a #GP: half of it would have been done.
            let second = try SecureRig()
            second.host.forbidden = [SecureMSR.savicControl]
            #expect(try second.perform(.enable).exception?.vector == 13)
        }

        @Test("An unknown command and an unknown way of EOI are answered as unknown")
        func unknownOnesAreTold() throws {
            let rig = try SecureRig()
            let command = try rig.perform(.run) {
                $0.storeBytes(
                    of: UInt32(AGENT_COMMANDS), toByteOffset: Int(MAILBOX_COMMAND_OFFSET),
                    as: UInt32.self)
            }
            #expect(
                command
                    == .report(
                        .malformed(.command(expected: 0, found: UInt32(AGENT_COMMANDS)))))
            let way = try rig.perform(.eoi) {
                $0.storeBytes(
                    of: 6, toByteOffset: Int(MAILBOX_WAY_OFFSET), as: UInt32.self)
            }
            #expect(way.answer?.result == .unknownCommand)
            #expect(rig.events == [.ready])
        }

        @Test("STOP ends the guest for good, HLT leaves by its exit")
        func stopAndHalt() throws {
            let rig = try SecureRig()
            #expect(try rig.perform(.stop) == .stopped)
            #expect(try rig.runAgain() == .stopped)
            let second = try SecureRig()
            #expect(throws: KVMError.unexpectedExit(.hlt)) { try second.perform(.hlt) }
        }
    }
}
