import AgentFace
import KVMHost
import Testing

extension OnKVM {
    @Suite("Interrupts through a split irqchip, as the lockstep backend drives them")
    struct InterruptTests {
        @Test("A level interrupt's round trip brings one EOI exit, with its vector")
        func levelRoundTrip() throws {
            let rig = try Rig()
            try rig.machine.vm.setMSIRoutes([levelRoute])
            try rig.machine.vm.irqLine(gsi: 10, level: true)
            let pending = try rig.machine.vcpu.lapic()
            #expect(LAPICRegisters.vectors(in: pending.irr) == [0x51])
            #expect(LAPICRegisters.vectors(in: pending.tmr) == [0x51])
            #expect(try rig.answer(.run)?.acceptedVector == nil)
            let accepted = try rig.answer(.sti)
            #expect(accepted?.acceptedVector == 0x51 && accepted?.isOpen == false)
            try rig.perform(.eoi)
            #expect(rig.eois == [0x51])
            let after = try rig.machine.vcpu.lapic()
            #expect(LAPICRegisters.vectors(in: after.irr) == [])
            #expect(LAPICRegisters.vectors(in: after.isr) == [])
        }

        @Test("An accepted interrupt stays in service until the guest's EOI", .requiresInService)
        func staysInService() throws {
            let rig = try Rig()
            try rig.machine.vm.setMSIRoutes([levelRoute])
            try rig.machine.vm.irqLine(gsi: 10, level: true)
            try rig.perform(.sti)
            #expect(LAPICRegisters.vectors(in: try rig.machine.vcpu.lapic().isr) == [0x51])
            try rig.perform(.run)
            #expect(rig.eois == [])
            try rig.perform(.eoi)
            #expect(rig.eois == [0x51])
        }

        /// The same from the other side, and true on every KVM: what is in service ends at
        /// WRMSR 0x80B, the highest first, and only level vectors with a route exit.
        @Test("An EOI ends the highest vector, and exits only if that is a routed level one")
        func eoiEndsTheHighest() throws {
            let rig = try Rig()
            try rig.machine.vm.setMSIRoutes([levelRoute])
            try rig.perform(.run)  // The new route counts from the next entry on.
            try rig.putInService([0x51], level: true)
            try rig.putInService([0x61], level: false)
            try rig.perform(.run)
            try rig.perform(.eoi)
            #expect(rig.eois == [])
            #expect(LAPICRegisters.vectors(in: try rig.machine.vcpu.lapic().isr) == [0x51])
            try rig.perform(.eoi)
            #expect(rig.eois == [0x51])
            #expect(LAPICRegisters.vectors(in: try rig.machine.vcpu.lapic().isr) == [])
        }

        @Test("An interrupt waits while one of a higher class is in service")
        func waitsForAHigherClass() throws {
            let rig = try Rig()
            try rig.putInService([0x61], level: false)
            try rig.perform(.selfIPI(0x51))
            #expect(try rig.answer(.sti)?.acceptedVector == nil)
            #expect(try rig.answer(.eoi)?.acceptedVector == 0x51)
        }

        @Test("Guest and host read the same ISR, TMR, IRR, TPR and PPR")
        func guestAndHostSeeTheSameLAPIC() throws {
            let rig = try Rig()
            try rig.machine.vm.setMSIRoutes([levelRoute])
            try rig.putInService([0x61, 0xe0], level: false)
            try rig.machine.vm.irqLine(gsi: 10, level: true)
            try rig.perform(.tpr(0x20))
            try rig.perform(.selfIPI(0x22))
            #expect(try rig.answer(.snapshot)?.result == .done)
            let (guest, host) = (rig.snapshot, try rig.machine.vcpu.lapic())
            #expect(guest.isr == host.isr && guest.tmr == host.tmr && guest.irr == host.irr)
            #expect(guest.tpr == UInt32(host.tpr) && guest.ppr == UInt32(host.ppr))
            #expect(LAPICRegisters.highest(in: guest.isr) == 0xe0 && guest.ppr == 0xe0)
            #expect(LAPICRegisters.vectors(in: guest.irr) == [0x22, 0x51])
        }

        @Test("A line's rise says one delivery, its fall none")
        func linesSayWhatBecameOfThem() throws {
            let rig = try Rig()
            try rig.machine.vm.setMSIRoutes([levelRoute])
            #expect(try rig.machine.vm.irqLineStatus(gsi: 10, level: true) == 1)
            #expect(try rig.machine.vm.irqLineStatus(gsi: 10, level: false) == -1)
        }

        @Test("A signalled MSI is delivered without a route")
        func messagesNeedNoRoute() throws {
            let rig = try Rig()
            let delivered = try rig.machine.vm.signalMSI(
                destination: 0, vector: 0x71, level: false)
            #expect(delivered == 1)
            #expect(try rig.answer(.sti)?.acceptedVector == 0x71)
        }

        @Test(
            "5000 rounds each take the vector and end it, and the stack stays where it was",
            .timeLimit(.minutes(1)))
        func manyRoundsStayInOrder() throws {
            let rig = try Rig()
            try rig.machine.vm.setMSIRoutes([levelRoute])
            for round in UInt64(1)...5000 {
                try rig.machine.vm.irqLine(gsi: 10, level: true)
                let answer = try rig.answer(.sti)
                try #require(answer?.acceptedVector == 0x51 && answer?.acceptedCount == round)
                try rig.machine.vm.irqLine(gsi: 10, level: false)
                try #require(try rig.answer(.eoi)?.result == .done)
                try #require(rig.eois.count == Int(round))
            }
            #expect(rig.eois.allSatisfy { $0 == 0x51 })
            // No handler ever returned by IRETQ, and yet the stack is where it was.
            #expect(try rig.machine.vcpu.position().stack == PlainLayout.stackTop())
        }

        @Test("A resampling irqfd is refused on a split irqchip and taken on a full one")
        func resamplingNeedsTheKernelsIOAPIC() throws {
            let trigger = try EventFD()
            let resampler = try EventFD()
            let rig = try Rig()
            let error = #expect(throws: KVMError.self) {
                try rig.machine.vm.assignIRQFD(trigger, gsi: 10, resampler: resampler)
            }
            #expect(error?.explanation.errnoName == "EINVAL")
            #expect(error?.description.contains("split") == true)
            let full = try KVMSystem().createVM()
            try full.createIRQChip()
            try full.assignIRQFD(trigger, gsi: 16, resampler: resampler)
        }

        @Test(
            "A signalled eventfd raises its line, and the guest takes and ends it",
            .timeLimit(.minutes(1)))
        func anEventfdRaisesALine() throws {
            let trigger = try EventFD()
            let rig = try Rig()
            try rig.machine.vm.setMSIRoutes([levelRoute])
            try rig.machine.vm.assignIRQFD(trigger, gsi: 10)
            try trigger.signal()
            try rig.perform(.sti)
            // KVM may inject from a work queue, so a bounded number of rounds is allowed.
            var left = 10_000
            while rig.eois.isEmpty && left > 0 {
                try rig.perform(.eoi)
                try rig.perform(.sti)
                left -= 1
            }
            #expect(rig.eois.first == 0x51)
        }
    }
}
