import AgentFace
import CKVM
import Glibc
import InterruptModel
import KVMHost
import Lockstep
import Scenarios
import Simulation
import TestSupport
import Testing
import Verdicts

@testable import Backends

extension OnPlayedHost {
    /// What a host can answer that is no interrupt: always an error that names it, never a pass.
    @Suite("savic: hosts that refuse") struct SavicFailureTests {
        /// A short way through everything that a guest step and a host step need.
        private func steps() throws -> Scenario {
            try scenario("assert 2, run, deassert 2, eoi, mask 3, sti")
        }

        /// A host, and words of the sentence that it leads to.
        struct Trouble: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var words: [String]
            var role: SecureHost.Role

            init(
                _ testDescription: String, _ words: [String],
                _ change: (inout SecureHost.Role) -> Void
            ) {
                (self.testDescription, self.words) = (testDescription, words)
                role = SecureHost.Role()
                change(&role)
            }
        }

        private static let page: GHCBRequest = .registerPage(
            gpa: SecureLayout.backingPage, apicID: nil)
        private static let registerGHCB: GHCBMSRRequest = .register(gfn: SecureLayout.ghcb >> 12)

        /// The guest says it, and ends itself.
        static let terminations: [Trouble] = [
            Trouble("no SNP", ["no SEV-SNP guest", "SEV_STATUS is 0x40003"]) {
                $0.sevStatus = 0x40003
            },
            Trouble("no Secure AVIC", ["not granted Secure AVIC", "0x7 without bit 18"]) {
                $0.sevStatus = 0x7
            },
            Trouble("GHCB protocol 1 only", ["no GHCB protocol version 2"]) {
                $0.protocolAnswers = [.sevInfo: GHCBMSRAnswer.sevInfo(versions: 1...1)]
            },
            Trouble("GHCB not registered", ["refused to register the GHCB"]) {
                $0.protocolAnswers = [registerGHCB: GHCBMSRAnswer.registered(gfn: 0xf_ffff)]
            },
            // As a mainline kernel does, which does not know the event.
            Trouble("page not registered", ["0x8000001A", "EXITINFO1 0x2, EXITINFO2 0x6"]) {
                $0.refusals = [page: .malformed(.invalidEvent)]
            },
            Trouble("page elsewhere", ["0x8000001A", "EXITINFO1 0x2, EXITINFO2 0x5"]) {
                $0.refusals = [page: .malformed(.invalidInput)]
            },
            Trouble("no ID", ["refused a GHCB request", "EXITINFO1 0x2, EXITINFO2 0x4"]) {
                $0.refusals = [.msrRead(index: X2APICMSR.id): .malformed(.missingInput)]
            },
            Trouble("no SPIV", ["refused a GHCB request", "EXITINFO1 0x1"]) {
                $0.refusals = [
                    .msrWrite(index: X2APICMSR.spiv, value: X2APICMSR.spivEnabled): .exception
                ]
            },
        ]

        @Test("A guest that ends itself says why", arguments: terminations)
        func guestEndsItself(trouble: Trouble) throws {
            let outcome = SavicRig(trouble.role).run(try steps())
            #expect(outcome.verdict == .error)
            for word in trouble.words {
                #expect(outcome.failure?.contains(word) == true, "\(outcome.failure ?? "")")
            }
        }

        /// What `KVM_RUN` comes to.
        private static func strike(
            _ name: String, _ words: [String],
            _ exit: @escaping @Sendable (inout kvm_run) -> Int32
        ) -> Trouble {
            Trouble(name, words) { $0.strike = (1, exit) }
        }

        static let strikes: [Trouble] = [
            strike("EINVAL", ["KVM_RUN", "EINVAL"]) { _ in EINVAL },
            strike("EIO", ["KVM_RUN", "EIO"]) { _ in EIO },
            strike("EFAULT without an exit", ["KVM_RUN", "EFAULT"]) { _ in EFAULT },
            strike("memory fault", ["KVM_EXIT_MEMORY_FAULT", "0x21000"]) {
                $0.leave(byFaultAt: 0x21000)
            },
            strike("shutdown", ["KVM_EXIT_SHUTDOWN"]) {
                $0.exit_reason = UInt32(KVM_EXIT_SHUTDOWN)
                return 0
            },
            strike("invalid state", ["KVM_EXIT_FAIL_ENTRY", "VMEXIT_INVALID"]) {
                $0.exit_reason = UInt32(KVM_EXIT_FAIL_ENTRY)
                $0.fail_entry.hardware_entry_failure_reason = .max
                return 0
            },
            // Up to the RFC's base, exit_code is 32 bits wide.
            strike("invalid state, 32 bits", ["KVM_EXIT_FAIL_ENTRY", "VMEXIT_INVALID"]) {
                $0.exit_reason = UInt32(KVM_EXIT_FAIL_ENTRY)
                $0.fail_entry.hardware_entry_failure_reason = 0xffff_ffff
                return 0
            },
            strike("busy", ["KVM_EXIT_INTERNAL_ERROR", "VMEXIT_BUSY"]) {
                $0.exit_reason = UInt32(KVM_EXIT_INTERNAL_ERROR)
                $0.internal.suberror = 4
                $0.internal.ndata = 2
                $0.internal.data.0 = UInt64(bitPattern: -2)
                return 0
            },
            strike("unknown exit", ["77"]) {
                $0.exit_reason = 77
                return 0
            },
            strike("foreign port", ["port 128, which nobody has"]) {
                $0.leave(byPort: 0x80, value: 0)
                return 0
            },
            strike("foreign store", ["KVM_EXIT_MMIO", "0xfed00000"]) {
                $0.leave(byStoreAt: 0xfed0_0000, 4, 0)
            },
            strike("foreign reason", ["reason set 0, code 1"]) {
                $0.leave(byTermination: 0x1_0100)
            },
            strike("an exit of the emulator", ["nobody has"]) { $0.leave(by: .vmgexit) },
            strike("STOP", ["stopped by itself"]) { $0.leave(by: .stop) },
            strike("no answer", ["malformed"]) { $0.leave(by: .ready) },
        ]

        @Test("What KVM_RUN comes to is named, at boot and later", arguments: strikes)
        func runFails(trouble: Trouble) throws {
            for run in [1, 12] {
                var role = trouble.role
                role.strike?.run = run
                let outcome = SavicRig(role).run(try steps())
                #expect(outcome.verdict == .error)
                let isUp = "; the guest agent: SEV_STATUS 0x40007, last command done "
                let progress = run == 1 ? "; the guest agent had not started" : isUp
                for word in trouble.words + [progress] {
                    #expect(outcome.failure?.contains(word) == true, "\(outcome.failure ?? "")")
                }
            }
        }

        @Test("A guest that does not come back is a timeout")
        func hang() throws {
            var role = SecureHost.Role()
            role.strike = (3, { _ in EINTR })
            let outcome = SavicRig(role, limit: 1).run(try steps())
            #expect(outcome.verdict == .timeout)
            #expect(outcome.failure?.contains("; the guest agent: SEV_STATUS 0x40007") == true)
        }

        @Test("A guest that leaves again and again is a timeout, too")
        func endless() throws {
            var role = SecureHost.Role()
            role.strike = (12, { $0.leave(by: .window) })
            let outcome = SavicRig(role).run(try steps())
            #expect(outcome.verdict == .timeout)
        }

        // MARK: - Every call fails in turn

        private func outcome(_ fault: Fault, _ options: LockstepOptions) throws -> (
            ScenarioOutcome, FaultyCalls
        ) {
            var faulty: FaultyCalls?
            let rig = SavicRig(calls: { kernel in
                let calls = FaultyCalls(fault, on: kernel.calls)
                faulty = calls
                return calls.calls
            })
            let outcome = rig.run(try steps(), options)
            return (outcome, try #require(faulty))
        }

        @Test(
            "Whatever call fails, it is said and nothing is leaked",
            arguments: [
                IRQChip.split, .kernel,
            ])
        func sweep(irqchip: IRQChip) throws {
            let options = LockstepOptions(irqchip: irqchip, kind: .secure)
            let (intact, all) = try outcome(Fault(call: 0, errno: 0), options)
            #expect(intact.verdict == .pass, "\(intact)")
            let names = all.made
            #expect(names.count > 40)
            for (index, name) in names.enumerated() {
                // The runs of the guest are all alike: some of them will do.
                if name == "KVM_RUN", index % 7 != 0 { continue }
                for errno in [EINVAL, ENOMEM, EIO] {
                    let (outcome, _) = try outcome(
                        Fault(call: index + 1, errno: errno, lasts: true), options)
                    if name == "KVM_CREATE_IRQCHIP", errno == EINVAL {
                        #expect(outcome.verdict == .skip, "a KVM without an IOAPIC")
                        continue
                    }
                    #expect(
                        outcome.verdict == .error, "\(name) \(errno): \(outcome.verdict)")
                    #expect(outcome.failure?.isEmpty == false)
                }
            }
        }
    }
}
