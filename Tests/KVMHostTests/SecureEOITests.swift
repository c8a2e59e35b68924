import AgentFace
import KVMHost
import Testing

extension OnKVM {
    @Suite("The secure agent's ways of EOI, and its #VC handler") struct SecureEOITests {
        /// A way and what the page says about the highest vector in service.
        struct Case: CustomTestStringConvertible {
            var way: EOIWay
            var isLevel: Bool

            var testDescription: String {
                "\(way.kind)\(way.conveysVector ? " conveying" : "")\(isLevel ? ", level" : "")"
            }

            static let all = EOIWay.Kind.allCases.flatMap { kind in
                [false, true].flatMap { conveys in
                    [false, true].map {
                        Case(way: EOIWay(kind, conveysVector: conveys), isLevel: $0)
                    }
                }
            }

            var forwarded: HostEvent {
                way.conveysVector ? .request(.specificEOI(vector: 0x51)) : .kvmWrite(0x80b, 0)
            }
            /// What the host sees of a native EOI: where the vector is level, hardware gives up.
            var native: [HostEvent] {
                isLevel
                    ? [.writeMSR(0x80b, 0), .vc(VCError.avicNoAccel), forwarded]
                    : [.writeMSR(0x80b, 0)]
            }
            var events: [HostEvent] {
                switch way.kind {
                case .native: native
                case .ghcb, .forward: [forwarded]
                case .linux, .linuxLevel: isLevel ? [forwarded] : native
                case .both: native + [forwarded]
                }
            }
        }

        @Test(
            "Each way of EOI ends the highest vector and brings the host its accesses",
            arguments: Case.all)
        func eachWay(_ test: Case) throws {
            let rig = try SecureRig()
            let (isr, tmr) = (BackingPageLayout.isr, BackingPageLayout.tmr)
            for vector in [UInt8(0x31), 0x51] { rig[isr, vector] = true }
            rig[tmr, 0x31] = !test.isLevel
            rig[tmr, 0x51] = test.isLevel
            let answer = try rig.perform(.eoi(0, by: test.way)).answer
            #expect(answer?.result == .done)
            #expect(rig.events == test.events + [.ready])
            #expect(rig.vectors(isr) == (test.way.kind == .forward ? [0x31, 0x51] : [0x31]))
            let count = test.events.count { $0 == test.forwarded }
            #expect(rig.counters.forwardedCount == UInt64(count))
        }

        @Test(
            "With nothing in service each way still brings the host what it says",
            arguments: Case.all)
        func withNothingInService(_ test: Case) throws {
            let rig = try SecureRig()
            rig[BackingPageLayout.tmr, 0] = test.isLevel
            let answer = try rig.perform(.eoi(0, by: test.way)).answer
            #expect(answer?.result == .done)
            let events: [HostEvent] =
                switch test.way.kind {
                case .native: [.writeMSR(0x80b, 0)]
                case .ghcb, .forward: [.kvmWrite(0x80b, 0)]
                case .linux, .linuxLevel: []
                case .both: [.writeMSR(0x80b, 0), .kvmWrite(0x80b, 0)]
                }
            #expect(rig.events == events + [.ready])
        }

        // Linux io_apic.c, ioapic_ack_level(): the page's TMR as it was before the EOI decides.
        @Test(
            "A level handler's EOI asks for the IOAPIC where TMR was clear",
            arguments: [false, true])
        func linuxLevel(isLevel: Bool) throws {
            let rig = try SecureRig()
            try rig.perform(.sti)
            rig[BackingPageLayout.isr, 0x51] = true
            rig[BackingPageLayout.tmr, 0x51] = isLevel
            let command = AgentCommand.eoi(0, by: .linuxLevel)
            let answer = try rig.perform(command).answer
            #expect(answer?.vectorLeft(by: command) == (isLevel ? nil : 0x51))
            // The guest is open, and yet there is no window: the IOAPIC comes first.
            let way = Case(way: .linux, isLevel: isLevel)
            #expect(answer?.isOpen == true && rig.events == way.events + [.ready])
            let none = try rig.perform(command).answer
            #expect(none?.result == .done && none?.vectorLeft(by: command) == nil)
        }

        @Test(
            "The vector conveyed and ended is the highest in service, in every register",
            arguments: [UInt8(0x20), 0x3f, 0x40, 0x7f, 0xa0, 0xff])
        func theHighestVectorIsFound(_ vector: UInt8) throws {
            let rig = try SecureRig()
            for lower in UInt8(0x20)...vector { rig[BackingPageLayout.isr, lower] = true }
            try rig.perform(.eoi(0, by: .ghcb.conveying))
            #expect(rig.events.first == .request(.specificEOI(vector: UInt64(vector))))
            #expect(rig.vectors(BackingPageLayout.isr) == (0x20..<vector).map { $0 })
        }

        @Test("An EOI's data goes along by WRMSR and by VMGEXIT")
        func dataGoesWhereTheEOIGoes() throws {
            let rig = try SecureRig()
            let data: UInt64 = 0x0000_0001_8000_0005
            try rig.perform(.eoi(data, by: .both))
            #expect(rig.events.prefix(2) == [.writeMSR(0x80b, data), .kvmWrite(0x80b, data)])
        }

        @Test(
            "An EOI that KVM refuses is a #GP, and no window follows it",
            arguments: [EOIWay.ghcb, .forward, .both])
        func aRefusedWriteIsAnAnswer(_ way: EOIWay) throws {
            let rig = try SecureRig()
            rig.host.answers[.msrWrite(index: 0x80b, value: 1)] = .exception
            #expect(try rig.perform(.eoi(1, by: way)).answer?.result == .generalProtection)
            // No WINDOW exit: it has not been an EOI.
            #expect(rig.events.suffix(2) == [.kvmWrite(0x80b, 1), .ready])
            #expect(try rig.perform(.run).answer?.result == .done)
        }

        @Test(
            "A read of EOI goes to KVM: its #GP, or its value where it takes the read (hazard B8)"
        )
        func readsAreRefusedByKVMItself() throws {
            let rig = try SecureRig()
            #expect(try rig.perform(.readEOI).answer?.result == .generalProtection)
            #expect(rig.events == [.kvmRead(0x80b), .ready])
            // A host that takes a read for an EOI (hazard B8) answers with a value.
            rig.host.answers[.msrRead(index: 0x80b)] = .value(0x1_0000_0002)
            #expect(try rig.perform(.readEOI).answer?.value == 0x1_0000_0002)
        }

        @Test(
            "An unaccelerated EOI ends one vector, whether hardware has cleared it or not",
            arguments: [false, true])
        func unaccelerated(_ hardwareClears: Bool) throws {
            let rig = try SecureRig()
            rig.host.clearsISRBeforeTrap = hardwareClears
            for vector in [UInt8(0x31), 0x51] {
                rig[BackingPageLayout.isr, vector] = true
                rig[BackingPageLayout.tmr, vector] = true
            }
            try rig.perform(.eoi)
            #expect(rig.vectors(BackingPageLayout.isr) == [0x31])
            let flags: AgentVCFlags = hardwareClears ? [.trap, .write] : [.trap, .write, .inISR]
            let counters = rig.counters
            #expect(counters.vcCount == 1 && counters.forwardedCount == 1)
            #expect(counters.lastVC == AgentVC(code: 0x402, msr: 0x80b, flags: flags))
            try rig.perform(.eoi)
            #expect(rig.vectors(BackingPageLayout.isr) == [])
            #expect(rig.counters.vcCount == 2)
        }

        /// Where each of KVM's in-service registers has a bit, or none: which of them are read.
        @Test(
            "The #VC handler forwards an EOI only if KVM has something noted",
            arguments: [UInt32?](arrayLiteral: nil) + (0..<8).map(Optional.init))
        func theSecondLock(notedWord: UInt32?) throws {
            let rig = try SecureRig()
            rig.host.allowsUnnoted = false
            rig[BackingPageLayout.isr, 0x51] = true
            rig[BackingPageLayout.tmr, 0x51] = true
            if let word = notedWord { rig.host.registers[X2APICMSR.isr + word] = 1 << 31 }
            let outcome = try rig.perform(.eoi)
            // 0x51 is in word 2; the others follow.
            let order = (0..<8).map { ($0 + 2) % 8 as UInt32 }
            let read = order.prefix((notedWord.flatMap(order.firstIndex) ?? 7) + 1)
            let start: [HostEvent] =
                [.writeMSR(0x80b, 0), .vc(VCError.avicNoAccel)]
                + read.map { .kvmRead(X2APICMSR.isr + $0) }
            #expect(rig.events.starts(with: start))
            #expect(rig.events.contains(.kvmWrite(0x80b, 0)) == (notedWord != nil))
            if notedWord == nil {
                let failure = try #require(outcome.failure)
                #expect(failure.reason == .unnoted)
                #expect(failure.detail == 0x402 && failure.secondDetail == 0x51)
            } else {
                #expect(outcome.answer?.result == .done)
            }
        }

        @Test("Of two EOIs the second is not sent where KVM has nothing noted behind the first")
        func theSecondOfBoth() throws {
            for word in [nil, UInt32(2)] {
                let rig = try SecureRig()
                rig.host.allowsUnnoted = false
                rig[BackingPageLayout.isr, 0x51] = true
                if let word { rig.host.registers[X2APICMSR.isr + word] = 1 << 17 }
                let outcome = try rig.perform(.eoi(0, by: .both))
                #expect(rig.events.starts(with: [.writeMSR(0x80b, 0), .kvmRead(0x812)]))
                #expect(rig.events.contains(.kvmWrite(0x80b, 0)) == (word != nil))
                guard word == nil else {
                    #expect(outcome.answer?.result == .done)
                    continue
                }
                let failure = try #require(outcome.failure)
                #expect(failure.reason == .unnoted)
                #expect(failure.detail == 0 && failure.secondDetail == 0x51)
            }
        }

        @Test("Registers that KVM refuses to tell count as empty; leave to send it asks nothing")
        func theSecondLockElsewhere() throws {
            let rig = try SecureRig()
            rig.host.allowsUnnoted = false
            rig.host.intercepted[X2APICMSR.eoi] = VCScript(code: VCError.msr, isTrap: false)
            for word in UInt32(0)..<8 {
                rig.host.answers[.msrRead(index: X2APICMSR.isr + word)] = .exception
            }
            rig.host.allowsUnnoted = true
            #expect(try rig.perform(.eoi).answer?.result == .done)
            #expect(!rig.events.contains(.kvmRead(X2APICMSR.isr)))
            rig.host.allowsUnnoted = false
            let failure = try rig.perform(.eoi).failure
            #expect(failure?.reason == .unnoted && failure?.detail == 0x7c)
            #expect(failure?.secondDetail == .max)
            #expect(!rig.events.contains(.kvmWrite(0x80b, 0)))
        }

        @Test("A refusal behind a #VC is the access's own #GP")
        func aRefusalBehindAVCIsTheAccessesOwn() throws {
            let rig = try SecureRig()
            rig[BackingPageLayout.isr, 0x51] = true
            rig[BackingPageLayout.tmr, 0x51] = true
            rig.host.answers[.msrWrite(index: 0x80b, value: 1)] = .exception
            #expect(try rig.perform(.eoi(1)).answer?.result == .generalProtection)
        }
    }
}
