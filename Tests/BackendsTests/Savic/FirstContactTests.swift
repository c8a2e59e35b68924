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
    /// Hosts that are not as this tool expects them, and what is then said and done.
    @Suite("savic: first contact") struct FirstContactTests {
        private func level() throws -> Scenario { try scenario("assert 2, run, deassert 2, eoi") }
        private func edge() throws -> Scenario {
            try scenario(
                "assert 2, run, eoi", machine: "{pins: [{pin: 2, vector: 0x31, trigger: edge}]}")
        }

        // MARK: - How far the guest got

        @Test("A guest that shuts down says how far it got, in full")
        func shutdownSentence() throws {
            var role = SecureHost.Role()
            role.strike = (
                12,
                {
                    $0.exit_reason = UInt32(KVM_EXIT_SHUTDOWN)
                    return 0
                }
            )
            let failure = try #require(SavicRig(role).run(try level()).failure)
            #expect(
                failure.hasSuffix(
                    "; the guest agent: SEV_STATUS 0x40007, last command done SNAPSHOT, told EOI, "
                        + "no #VC"), "\(failure)")
        }

        @Test("A guest that dies while it comes up says that, and what its failure is about")
        func bootSentence() throws {
            var role = SecureHost.Role()
            role.refusals = [.msrRead(index: X2APICMSR.id): .malformed(.missingInput)]
            let failure = try #require(SavicRig(role).run(try level()).failure)
            #expect(
                failure.hasSuffix(
                    "; the guest agent: SEV_STATUS 0x40007, not up yet, no #VC, failure words 0x2 "
                        + "0x4"), "\(failure)")
        }

        @Test("The emulator's guest says it, too")
        func emulatedSentence() throws {
            let agent = AgentImage.secure
            // ALLOW becomes UD2 in its place.
            let table = agent.commandTableOffset
            let number = Int(AgentCommand.allow(0, .leave).number)
            let place = (0..<4).reduce(0) {
                $0 | Int(agent.bytes[table + 4 * number + $1]) << (8 * $1)
            }
            let mutant = agent.replacing(at: table + place, with: [0x0f, 0x0b])
            var backend: any Backend = EmulatorBackend(agent: mutant)
            let outcome = Lockstep(LockstepOptions(kind: .secure)).run(try level(), on: &backend)
            #expect(outcome.verdict == .error)
            #expect(
                outcome.failure?.hasSuffix(
                    "a defect of the guest agent or of this host's KVM; the guest agent: "
                        + "SEV_STATUS 0x40007, last command done none, told ALLOW 0x31, no "
                        + "#VC") == true,
                "\(outcome.failure ?? "")")
        }

        @Test("An intercepted SAVIC_CONTROL is named as that, with the patch")
        func interceptedControl() throws {
            var role = SecureHost.Role()
            role.interceptedMSRs = [SecureMSR.savicControl]
            let outcome = SavicRig(role).run(try level())
            #expect(outcome.verdict == .error)
            let failure = try #require(outcome.failure)
            #expect(failure.contains("the guest took exception 13"))
            #expect(
                failure.contains(
                    ": the last #VC was 0x7c at MSR 0xc0010138 (write, refused by KVM): the host "
                        + "intercepts SAVIC_CONTROL, and its KVM does not know it: patch 05 of the "
                        + "Secure AVIC series, which ends the intercept, is missing or was lost in "
                        + "a rebase; the guest agent: SEV_STATUS 0x40007"), "\(failure)")
        }

        @Test("So is any other MSR whose access KVM refuses")
        func refusedMSR() throws {
            var role = SecureHost.Role()
            role.interceptedMSRs = [X2APICMSR.tpr]
            role.refusals = [.msrWrite(index: X2APICMSR.tpr, value: 0x20): .exception]
            // TPR's #GP is an answer; the agent's own access has no such way out.
            let table = AgentImage.secure.commandTableOffset
            let number = Int(AgentCommand.tpr(0).number)
            let place = (0..<4).reduce(0) {
                $0 | Int(AgentImage.secure.bytes[table + 4 * number + $1]) << (8 * $1)
            }
            let bytes = AgentImage.secure.bytes
            #expect(bytes[table + place] == 0xb9)
            // MOV to ECX, to EAX, and WRMSR in its place.
            role.agent = AgentImage.secure.replacing(
                at: table + place,
                with: [0xb9, 0x08, 0x08, 0, 0, 0xb8, 0x20, 0, 0, 0, 0x31, 0xd2, 0x0f, 0x30])
            let failure = try #require(SavicRig(role).run(try scenario("tpr 0x20")).failure)
            #expect(
                failure.contains(
                    ": the last #VC was 0x7c at MSR 0x808 (write, refused by KVM), which the guest "
                        + "then got as #GP; the guest agent: "), "\(failure)")
        }

        @Test("With kvm.ignore_msrs an intercepted SAVIC_CONTROL reads back as something else")
        func swallowedControl() throws {
            var role = SecureHost.Role()
            role.interceptedMSRs = [SecureMSR.savicControl]
            let enabled = SecureLayout.backingPage | SecureMSR.savicControlEnable
            role.refusals = [
                .msrWrite(index: SecureMSR.savicControl, value: enabled): .done,
                .msrRead(index: SecureMSR.savicControl): .value(0),
            ]
            let failure = try #require(SavicRig(role).run(try level()).failure)
            #expect(failure.contains("SAVIC_CONTROL reads back as 0x0, not 0x7001: the host "))
            #expect(failure.contains("kvm.ignore_msrs"), "\(failure)")
        }

        // MARK: - The second lock

        @Test("An edge EOI that traps against all that is known is not forwarded")
        func edgeThatTraps() throws {
            for risk in [false, true] {
                var role = SecureHost.Role()
                role.space = WideSpace(breaking: .nativeEdgeEOIIsAccelerated)
                let rig = SavicRig(
                    role, allowsHostRisk: risk, axes: [.pageTMR: "accurate"])
                let outcome = rig.run(
                    try edge(),
                    LockstepOptions(kind: .secure, axes: [.pageTMR: "accurate"]))
                #expect(rig.host.seen.vectorMinusOnes == (risk ? 1 : 0), "\(outcome)")
                guard !risk else { continue }
                #expect(outcome.verdict == .error)
                let failure = try #require(outcome.failure)
                #expect(
                    failure.contains(
                        "not sent: the guest's WRMSR of EOI came to its #VC handler (error code "
                            + "0x402) with vector 0x31 in service, and KVM has noted nothing that "
                            + "it could end: an unfixed kernel would use vector −1"), "\(failure)")
                #expect(failure.contains("--allow-host-risk sends it"))
            }
        }

        @Test("A level EOI that traps against all that is known is not followed by a second one")
        func levelThatTrapsTwice() throws {
            let level = try scenario("assert 2, run, deassert 2, eoi")
            let axes: PartialAssumptions = [.pageTMR: "never", .guestEOI: "both"]
            for risk in [false, true] {
                var role = SecureHost.Role()
                role.assumptions.pageTMR = .never
                role.space = WideSpace(breaking: .nativeEdgeEOIIsAccelerated)
                let rig = SavicRig(role, allowsHostRisk: risk, axes: axes)
                let outcome = rig.run(level, LockstepOptions(kind: .secure, axes: axes))
                #expect(rig.host.seen.vectorMinusOnes == (risk ? 1 : 0), "\(outcome)")
                guard !risk else { continue }
                let failure = try #require(outcome.failure)
                #expect(failure.contains("behind its WRMSR of EOI, with vector 0x31"), "\(failure)")
            }
        }

        // MARK: - A shadow that cannot be read

        @Test(
            "Where KVM does not tell what it has noted, that is listed, and the rest is compared",
            arguments: [GHCBAnswer.exception, .value(0)], [IRQChip.split, .kernel])
        func hiddenShadow(answer: GHCBAnswer, irqchip: IRQChip) throws {
            var role = SecureHost.Role()
            role.hideShadow(behind: answer)
            for way in GuestEOI.allCases where way != .both {
                let axes: PartialAssumptions = [.pageTMR: "accurate", .guestEOI: way.rawValue]
                let rig = SavicRig(role, axes: axes, sight: nil)
                let options = LockstepOptions(irqchip: irqchip, kind: .secure, axes: axes)
                let outcome = rig.run(try level(), options)
                #expect(outcome.verdict == .pass, "\(way): \(outcome)")
                #expect(outcome.compared.eois == 1)
                let hidden = outcome.unobservable.map(\.field)
                for field in ["shadow ISR", "software IRR", "software TMR"] {
                    #expect(hidden.contains(field))
                }
                // One guest to find it out, one for the scenario.
                #expect(rig.host.seen.guests == 2 && rig.host.seen.vectorMinusOnes == 0)
            }
        }

        @Test(
            "There, what has not been handed off is not ended",
            arguments: [
                Action.spuriousEOI, .readEOI, .nonzeroEOI,
            ])
        func hiddenShadowGuards(action: Action) throws {
            var role = SecureHost.Role()
            role.hideShadow(behind: .value(0))
            let rig = SavicRig(role, sight: SecureSight(shadow: .empty))
            var observation = Observation()
            try rig.backend.prepare(
                MachineSetup(pins: [PinSetup(pin: 2, vector: 0x31)]), design: EOIDesigns.standard)
            defer { rig.backend.tearDown() }
            func refusal(of action: Action) -> String {
                do throws(BackendFailure) {
                    try rig.backend.perform(action, isAtomic: false, into: &observation)
                } catch { return "\(error)" }
                return ""
            }
            let sentence = refusal(of: action)
            #expect(
                sentence.contains(
                    "not sent: KVM does not tell what it has noted, and by what this tool has "
                        + "handed off and not seen ended that is –, and an unfixed kernel would "
                        + "use vector −1 and write outside its memory; --allow-host-risk sends it"),
                "\(sentence)")
            // With the vector handed off it is safe, once.
            for step in [Action.assert(pin: 2), .run, .deassert(pin: 2)] {
                #expect(refusal(of: step) == "")
            }
            #expect(refusal(of: action) == "")
            #expect(refusal(of: action).contains("not sent"))
            #expect(rig.host.seen.vectorMinusOnes == 0 && rig.host.seen.completions == 1)
        }

        @Test(
            "There, a vector that can have come another way counts no more",
            arguments: [
                Action.ipi(vector: 0x31), .msi(vector: 0x31), .disableAPIC,
            ])
        func doubt(action: Action) throws {
            var role = SecureHost.Role()
            role.hideShadow(behind: .value(0))
            let rig = SavicRig(role, sight: SecureSight(shadow: .empty))
            var observation = Observation()
            try rig.backend.prepare(
                MachineSetup(pins: [PinSetup(pin: 2, vector: 0x31)]), design: EOIDesigns.standard)
            defer { rig.backend.tearDown() }
            for step in [Action.assert(pin: 2), .run, action] {
                try rig.backend.perform(step, isAtomic: false, into: &observation)
            }
            #expect(throws: BackendFailure.self) {
                try rig.backend.perform(.spuriousEOI, isAtomic: false, into: &observation)
            }
        }

        // MARK: - PPR

        @Test("PPR is the guest's RDMSR: its TPR and what it has in service show in it")
        func ppr() throws {
            let rig = SavicRig()
            var observation = Observation()
            try rig.backend.prepare(
                rig.backend.actual(MachineSetup(pins: [PinSetup(pin: 2, vector: 0x31)])),
                design: EOIDesigns.standard)
            defer { rig.backend.tearDown() }
            let steps: [(Action, UInt8)] = [
                (.tpr(0x20), 0x20), (.assert(pin: 2), 0), (.run, 0x30), (.tpr(0x45), 0x40),
            ]
            for (step, ppr) in steps {
                try rig.backend.perform(step, isAtomic: false, into: &observation)
                let visible = rig.backend.visible(on: MachineSetup(), after: step)
                #expect(visible.contains(.ppr) == (step.actor == .guest))
                if visible.contains(.ppr) { #expect(observation.snapshot.ppr == ppr, "\(step)") }
            }
        }

        @Test("Where reading PPR is a #VC, it is not compared, and that is listed")
        func interceptedPPR() throws {
            var role = SecureHost.Role()
            role.interceptedMSRs = [X2APICMSR.ppr]
            let rig = SavicRig(role, sight: nil)
            let outcome = rig.run(
                try scenario("tpr 0x20, assert 2, run, deassert 2, eoi"))
            #expect(outcome.verdict == .pass, "\(outcome)")
            #expect(
                outcome.unobservable.contains {
                    $0.field == "PPR" && $0.reason.contains("RDMSR of PPR is a #VC here")
                })
        }

        // MARK: - Other kernels and firmware

        @Test(
            "A KVM that gives a protected VM no IOAPIC is a skip with --irqchip split",
            arguments: [ENOTTY, EINVAL], [SecureSight(), nil])
        func noIOAPIC(errno: Int32, sight: SecureSight?) throws {
            var role = SecureHost.Role()
            role.chipRefusal = errno
            let rig = SavicRig(role, sight: sight)
            let refused = rig.run(
                try level(), LockstepOptions(irqchip: .kernel, kind: .secure))
            #expect(refused.verdict == .skip && refused.failure == nil)
            #expect(
                refused.skip
                    == Skip(
                        reason: "needs KVM's own IOAPIC (KVM_CREATE_IRQCHIP), which this KVM "
                            + "refuses a protected VM (\(CallFailure.name(of: errno)))",
                        hint: "run it with --irqchip split"))
            #expect(rig.run(try level()).verdict == .pass)
        }

        @Test("So are resample irqfds", arguments: [ENOTTY, EINVAL])
        func noResampling(errno: Int32) throws {
            var role = SecureHost.Role()
            role.resampleRefusal = errno
            let outcome = SavicRig(role).run(
                try scenario(
                    "irqfd 2, run, eoi",
                    machine: "{pins: [{pin: 2, vector: 0x31, resampler: true}]}"),
                LockstepOptions(irqchip: .kernel, kind: .secure))
            #expect(outcome.verdict == .skip)
            #expect(outcome.skip?.reason.contains("a resample irqfd (KVM_IRQFD)") == true)
            #expect(outcome.skip?.hint == "run it with --irqchip split")
        }

        @Test("With NUMA balancing at work the guest keeps its backing page")
        func balancing() throws {
            var host = SimulatedHost()
            host.balancesNUMA = true
            #expect(SavicRig(simulated: host).run(try level()).verdict == .pass)
        }

        @Test("Hardware that delivers nothing is a failure that names what did not come")
        func noDelivery() throws {
            var role = SecureHost.Role()
            role.deliversInterrupts = false
            let outcome = SavicRig(role).run(try level())
            #expect(outcome.verdict == .fail && outcome.mismatch?.code == .interruptMissing)
        }

        @Test("A guest that dies takes no other with it")
        func oneDies() throws {
            var role = SecureHost.Role()
            role.struckGuest = 2
            role.strike = (
                5,
                {
                    $0.exit_reason = UInt32(KVM_EXIT_SHUTDOWN)
                    return 0
                }
            )
            let rig = SavicRig(role)
            let verdicts = try (0..<3).map { _ in rig.run(try level()).verdict }
            #expect(verdicts == [.pass, .error, .pass])
        }
    }
}
