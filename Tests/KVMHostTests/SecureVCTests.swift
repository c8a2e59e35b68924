import AgentFace
import KVMHost
import Testing

extension OnKVM {
    @Suite("The secure agent's #VC handler, EOI aside") struct SecureVCTests {
        private func host(_ register: UInt32, _ script: VCScript) -> ScriptedHost {
            var host = ScriptedHost()
            host.intercepted[register] = script
            return host
        }

        /// SPIV, LVTs and the timer are the host's.
        @Test(
            "A trapped write of the host's registers is forwarded",
            arguments: [UInt32(0x80f), 0x82f, 0x832, 0x835, 0x837, 0x838, 0x83e])
        func trappedWritesAreForwarded(_ register: UInt32) throws {
            let rig = try SecureRig.writing(register, host(register, VCScript()))
            #expect(try rig.perform(.tpr(0x7e)).answer?.result == .done)
            #expect(
                rig.events == [
                    .writeMSR(register, 0x7e), .vc(0x402), .kvmWrite(register, 0x7e), .ready,
                ])
            let vc = AgentVC(code: 0x402, msr: register, flags: [.trap, .write])
            #expect(rig.counters.lastVC == vc && rig.counters.forwardedCount == 0)
        }

        /// ID, TPR, LDR: the page has them, and the host does not want to know.
        @Test(
            "A trapped write of the page's registers is not forwarded",
            arguments: [UInt32(0x802), 0x808, 0x80d])
        func pageRegistersAreNot(_ register: UInt32) throws {
            let rig = try SecureRig.writing(register, host(register, VCScript()))
            #expect(try rig.perform(.tpr(0x7e)).answer?.result == .done)
            #expect(rig.events == [.writeMSR(register, 0x7e), .vc(0x402), .ready])
        }

        /// LVR, PPR, ISR, TMR, IRR, TMCCT; and what is no APIC register.
        @Test(
            "A faulting write is forwarded, and the instruction skipped",
            arguments: [UInt32(0x803), 0x80a, 0x810, 0x81f, 0x820, 0x839, 0x840, 0xc001_0138])
        func faultingWrites(_ register: UInt32) throws {
            for code in [VCError.avicNoAccel, VCError.msr] {
                let script = VCScript(code: code, isTrap: false)
                let rig = try SecureRig.writing(register, host(register, script))
                #expect(try rig.perform(.tpr(0x7e)).answer?.result == .done)
                #expect(
                    rig.events == [
                        .writeMSR(register, 0x7e), .vc(code), .kvmWrite(register, 0x7e), .ready,
                    ])
                #expect(rig.counters.lastVC?.flags == .write)
            }
        }

        /// AMD's own guest expects #GP from writes of read-only registers (secure-avic §4.1).
        @Test("A forwarded write that the host refuses is a #GP at the access")
        func aRefusedWriteIsAGPAtTheAccess() throws {
            var script = host(0x803, VCScript(isTrap: false))
            script.answers[.msrWrite(index: 0x803, value: 0x7e)] = .exception
            let rig = try SecureRig.writing(0x803, script)
            #expect(try rig.perform(.tpr(0x7e)).answer?.result == .generalProtection)
            #expect(try rig.perform(.run).answer?.result == .done)
        }

        /// Both halves of ENABLE's register access: the value that is read comes from the host.
        @Test(
            "A faulting read gets the host's value, both halves",
            arguments: [VCError.msr, VCError.avicNoAccel])
        func faultingReadsAreAnsweredByTheHost(_ code: UInt32) throws {
            let rig = try SecureRig()
            rig.host.intercepted[SecureMSR.savicControl] = VCScript(code: code, isTrap: false)
            rig.host.registers[SecureMSR.savicControl] = 0x7001
            #expect(try rig.perform(.enable).answer?.result == .done)
            #expect(
                rig.events == [
                    .request(.registerPage(gpa: 0x7000, apicID: nil)),
                    .writeMSR(SecureMSR.savicControl, 0x7001), .vc(code),
                    .kvmWrite(SecureMSR.savicControl, 0x7001),
                    .readMSR(SecureMSR.savicControl), .vc(code),
                    .kvmRead(SecureMSR.savicControl), .ready,
                ])
            #expect(rig.counters.lastVC?.flags == [])
            rig.host.registers[SecureMSR.savicControl] = 0x8_0000_7001
            let failure = try rig.perform(.enable).failure
            #expect(failure?.reason == .control && failure?.secondDetail == 0x8_0000_7001)
        }

        /// What KVM does where it intercepts SAVIC_CONTROL: a #GP that no command provides for.
        @Test("A refused access in ENABLE is reported as #GP at its WRMSR")
        func aRefusedReadIsReportedAtTheAccess() throws {
            let rig = try SecureRig()
            rig.host.intercepted[SecureMSR.savicControl] =
                VCScript(code: VCError.msr, isTrap: false)
            rig.host.answers[.msrWrite(index: SecureMSR.savicControl, value: 0x7001)] = .exception
            let exception = try #require(try rig.perform(.enable).exception)
            #expect(exception.vector == 13 && exception.errorCode == 0)
            let code: UInt16 = rig.machine.privateMemory.load(at: exception.instruction)
            #expect(code == 0x300f)
        }

        /// An ICR value, and whether it addresses this APIC, whose id is 3.
        @Test(
            "A trapped ICR write sets the page's IRR if it addresses this APIC, and is forwarded",
            arguments: [
                (UInt64(0x0000_0000_0004_0041), true),  // self
                (0x0000_0000_0008_0041, true),  // all
                (0x0000_0000_000c_0041, false),  // all but self
                (0x0000_0003_0000_0041, true), (0x0000_0004_0000_0041, false),
                (0xffff_ffff_0000_0041, true),  // physical broadcast
                (0x0000_0003_0000_0841, false),  // logical
                (0x0000_0003_0000_0441, false),  // NMI
            ])
        func icrSetsThePagesIRRAndWakes(_ value: UInt64, _ isOwn: Bool) throws {
            for code in [VCError.avicIncompleteIPI, VCError.avicNoAccel] {
                let rig = try SecureRig(host(X2APICMSR.icr, VCScript(code: code)))
                #expect(try rig.perform(.icr(value)).answer?.result == .done)
                #expect(
                    rig.events == [
                        .writeMSR(0x830, value), .vc(code), .kvmWrite(0x830, value), .ready,
                    ])
                #expect(rig.vectors(BackingPageLayout.irr) == (isOwn ? [0x41] : []))
                let vc = AgentVC(code: code, msr: 0x830, flags: [.trap, .write])
                #expect(rig.counters.lastVC == vc)
            }
        }

        /// Before Secure AVIC is enabled every access is an ordinary intercept.
        @Test("Before Secure AVIC is enabled, accesses are forwarded and leave the page alone")
        func theAPICBeforeItsPageCounts() throws {
            let rig = try SecureRig()
            for register in [X2APICMSR.eoi, X2APICMSR.icr, X2APICMSR.selfIPI] {
                rig.host.intercepted[register] = VCScript(code: VCError.msr, isTrap: false)
            }
            rig[BackingPageLayout.isr, 0x51] = true
            try rig.perform(.eoi)
            #expect(
                rig.events == [
                    .writeMSR(0x80b, 0), .vc(VCError.msr), .kvmWrite(0x80b, 0), .ready,
                ])
            #expect(rig.counters.forwardedCount == 1)
            #expect(rig.vectors(BackingPageLayout.isr) == [0x51])
            try rig.perform(.icr(0x40041))
            try rig.perform(.selfIPI(0x42))
            #expect(rig.events.contains(.kvmWrite(0x83f, 0x42)))
            #expect(rig.vectors(BackingPageLayout.irr) == [])
        }

        @Test("An incomplete IPI at another register than ICR ends the guest")
        func otherIncompleteIPI() throws {
            let script = VCScript(code: VCError.avicIncompleteIPI)
            let rig = try SecureRig(host(X2APICMSR.tpr, script))
            #expect(try rig.perform(.tpr(0)).failure?.reason == .vc)
        }
    }
}
