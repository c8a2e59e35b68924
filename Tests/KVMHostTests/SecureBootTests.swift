import AgentFace
import GuestAgent
import KVMHost
import Testing

extension OnKVM {
    @Suite("The secure agent from its first instruction to its first report")
    struct SecureBootTests {
        @Test("Boot asks for SEV status, protocol, GHCB and APIC registers, in this order")
        func asksTheHostForEverythingInOrder() throws {
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
                ] + X2APICMSR.lvts.map { .kvmRead($0) } + [
                    .kvmWrite(0x80f, 0x1ff),
                    .ready,
                ])
        }

        @Test("Boot fills the backing page with what KVM told, and the mailbox's counters")
        func fillsItsPageAndTheMailbox() throws {
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

extension OnKVM {
    @Suite("What ends a secure guest, and what it says then") struct SecureFailureTests {
        private func failure(
            _ change: (inout ScriptedHost) -> Void
        ) throws -> AgentFailure? {
            var host = ScriptedHost()
            change(&host)
            let rig = try SecureRig(host)
            let failure = rig.boot.failure
            // However often it is run again, there is nothing behind.
            #expect(try rig.runAgain().failure == failure)
            return failure
        }

        @Test("A guest without SNP or Secure AVIC ends with the SEV status that says so")
        func anotherGuestThanItIsWrittenFor() throws {
            let neither = try failure { $0.sevStatus = 0x40001 }
            #expect(neither?.reason == .noSNP && neither?.detail == 0x40001)
            let noSecureAVIC = try failure { $0.sevStatus = 0x5 }
            #expect(noSecureAVIC?.reason == .noSecureAVIC && noSecureAVIC?.detail == 5)
        }

        @Test("An exception before there is a GHCB is told with its vector and its place")
        func anExceptionBeforeThereIsAGHCB() throws {
            let failure = try failure { $0.sevStatus = nil }
            let image = SecureLayout.image..<SecureLayout.image + 0x1000
            #expect(failure?.reason == .exception && failure?.detail == 13)
            #expect(image.contains(failure?.secondDetail ?? 0))
        }

        @Test(
            "A host that does not speak GHCB version 2 is told with its answer",
            arguments: [
                GHCBMSRAnswer.sevInfo(versions: 1...1), GHCBMSRAnswer.sevInfo(versions: 3...4),
                0x002,
            ])
        func aHostWithoutTheProtocol(_ answer: UInt64) throws {
            let failure = try failure { $0.protocolAnswers[.sevInfo] = answer }
            #expect(failure?.reason == .noProtocol && failure?.detail == answer)
        }

        @Test(
            "A GHCB that the host does not register as asked is told with its answer",
            arguments: [
                GHCBMSRAnswer.registered(gfn: 0xf_ffff_ffff_ffff), GHCBMSRAnswer.registered(gfn: 1),
                SecureLayout.ghcb | 0x012,
            ])
        func aRefusedGHCB(_ answer: UInt64) throws {
            let request = GHCBMSRRequest.register(gfn: SecureLayout.ghcb >> 12)
            let failure = try failure { $0.protocolAnswers[request] = answer }
            #expect(failure?.reason == .ghcbNotRegistered && failure?.detail == answer)
        }

        @Test(
            "A register that the host refuses at boot is told with the host's reason",
            arguments: [
                GHCBRequest.msrRead(index: 0x802), .msrRead(index: 0x803), .msrRead(index: 0x80d),
                .msrWrite(index: 0x80f, value: 0x1ff),
            ])
        func aRefusedRegisterAtBoot(_ request: GHCBRequest) throws {
            let exception = try failure { $0.answers[request] = .exception }
            #expect(exception?.reason == .event && exception?.detail == 1)
            #expect(exception?.secondDetail == 0x8000_030d)
            let malformed = try failure { $0.answers[request] = .malformed(.notRegistered) }
            #expect(malformed?.reason == .event && malformed?.detail == 2)
            #expect(malformed?.secondDetail == 1)
        }

        @Test("A port exit that the host refuses is told with the host's reason")
        func aRefusedExit() throws {
            let ready = GHCBRequest.ioio(port: 0xe1, size: 1, isOut: true, value: 0)
            let failure = try failure { $0.answers[ready] = .malformed(.invalidEvent) }
            #expect(failure?.reason == .event && failure?.secondDetail == 6)
        }

        /// Not even #VC: its handler would overwrite the request.
        @Test(
            "An exception while the GHCB is in use is told with its vector",
            arguments: [UInt8(6), VCError.vector])
        func anExceptionInTheUseOfTheGHCB(_ vector: UInt8) throws {
            let ready = GHCBRequest.ioio(port: 0xe1, size: 1, isOut: true, value: 0)
            let failure = try failure { $0.exceptions[ready] = vector }
            #expect(failure?.reason == .exception && failure?.detail == UInt64(vector))
        }

        /// The last way out is tried for as long as it takes, on one and the same stack.
        @Test(
            "A way out that fails 2000 times is tried again, and what was first is told",
            .timeLimit(.minutes(1)))
        func anExceptionOnTheWayOut() throws {
            let failure = try failure {
                $0.sevStatus = 0x5
                $0.refusedGHCBWrites = 2000
            }
            #expect(failure?.reason == .exception)
            // Of what was the matter, not of what came on top.
            #expect(failure?.detail == 5)
        }

        /// KVM answers a refused access with #GP, with or without mention of its error code.
        @Test(
            "Only an answer that is #GP is the access's #GP; all others end the guest",
            arguments: [
                (UInt64(0x8000_030d), true), (0x8000_0b0d, true), (0x8000_0306, false),
                (0x0000_030d, false), (0x8000_020d, false),
            ])
        func exceptionsThatAreNoAnswer(_ info: UInt64, _ isGP: Bool) throws {
            let rig = try SecureRig()
            rig.host.details[.msrRead(index: 0x80b)] = SIMD2(1, info)
            let outcome = try rig.perform(.readEOI)
            #expect(outcome.answer?.result == (isGP ? .generalProtection : nil))
            #expect(outcome.failure?.reason == (isGP ? nil : .event))
            #expect(isGP || outcome.failure?.secondDetail == info)
        }

        @Test("A backing page that the host refuses is told with the host's reason")
        func aRefusedPage() throws {
            let rig = try SecureRig()
            let request = GHCBRequest.registerPage(gpa: SecureLayout.backingPage, apicID: nil)
            // What KVM without Secure AVIC answers (kvm-snp-uapi §3.4).
            rig.host.answers[request] = .malformed(.invalidEvent)
            let failure = try rig.perform(.enable).failure
            #expect(failure?.reason == .page)
            #expect(failure?.detail == 2 && failure?.secondDetail == 6)
        }

        @Test("A SAVIC_CONTROL that does not keep its value is told with both values")
        func aControlRegisterThatForgets() throws {
            let rig = try SecureRig()
            rig.host.control = 0
            let failure = try rig.perform(.enable).failure
            #expect(failure?.reason == .control)
            #expect(failure?.detail == SecureLayout.backingPage | 1)
            #expect(failure?.secondDetail == 0)
        }

        @Test("A refused MMIO write and a refused specific EOI are told with the host's reason")
        func refusedRequests() throws {
            let store = GHCBRequest.mmioWrite(address: 0xfec0_0000, length: 4, data: 1)
            let rig = try SecureRig()
            rig.host.answers[store] = .malformed(.scratch)
            let failure = try rig.perform(.store(address: 0xfec0_0000, value: 1)).failure
            #expect(failure?.reason == .event && failure?.secondDetail == 3)

            let second = try SecureRig()
            second[BackingPageLayout.isr, 0x51] = true
            second.host.answers[.specificEOI(vector: 0x51)] = .malformed(.invalidEvent)
            let refused = try second.perform(.eoi(0, by: .forward.conveying)).failure
            #expect(refused?.reason == .event && refused?.secondDetail == 6)
        }

        @Test("A #VC that nobody handles is told with its code and an address in the image")
        func aVCThatNobodyHandles() throws {
            let rig = try SecureRig()
            rig.host.intercepted[X2APICMSR.tpr] = VCScript(code: 0x72)
            let failure = try rig.perform(.tpr(0)).failure
            #expect(failure?.reason == .vc && failure?.detail == 0x72)
            #expect(failure?.secondDetail ?? 0 > SecureLayout.image)
        }

        @Test("A termination with another's reason keeps its set and code")
        func foreignReasonsStayNumbers() {
            let page = [UInt8](repeating: 0, count: Mailbox.size)
            // SAFETY: integers have no padding to be read.
            let linux = unsafe AgentFailure(terminateRequest: 0xc1100, page.span.bytes)
            #expect(linux?.reason == .foreign(set: 1, code: 12))
            let later = unsafe AgentFailure(terminateRequest: 0xffe100, page.span.bytes)
            #expect(later?.reason == .foreign(set: 0xe, code: 0xff))
            let none = unsafe AgentFailure(terminateRequest: 0x2000, page.span.bytes)
            #expect(none == nil)
        }
    }
}
