import Campaigns
import Glibc
import InterruptModel
import KVMHost
import Lockstep
import Scenarios
import Simulation
import Synchronization
import TestSupport
import Testing
import Verdicts

@testable import Backends

extension OnPlayedHost {
    /// The kernel lab: no SEV, and the processor and the design are what each VM is told.
    @Suite("savic: on the kernel lab") struct LabTests {
        /// A lab with all designs.
        static let whole = SimulatedHost.lab(designs: Set(EOIDesigns.all.map(\.name)))

        /// A rig whose own role is wrong wherever the lab is not told.
        static func rig(
            allowsHostRisk: Bool = true, axes: PartialAssumptions = PartialAssumptions(),
            on simulated: SimulatedHost = whole,
            calls: (SimulatedKernel) -> SystemCalls = \.calls
        ) -> SavicRig {
            var role = SecureHost.Role()
            role.design = EOIDesigns.all[0]
            // No default among them.
            role.assumptions = Assumptions.all[Assumptions.all.count - 1]
            return SavicRig(
                role, allowsHostRisk: allowsHostRisk, axes: axes, simulated: simulated,
                calls: calls)
        }

        /// The lab itself runs every scenario with every design (`.ci/lab`).
        @Test(
            "Every scenario passes under the designs that it meets, with exactly its hazards",
            arguments: [IRQChip.split, .kernel], EOIDesigns.all.map(\.name))
        func catalogue(irqchip: IRQChip, design: String) throws {
            let design = try #require(EOIDesigns.named(design))
            let options = LockstepOptions(
                design: design, irqchip: irqchip, kind: .secure, allowsHostRisk: true)
            var count = 0
            let all = secureScenarios(irqchip)
            #expect(Set(all.map(\.setup.assumptions)).count > 1)
            let scenarios = design.turns(among: all)
            for scenario in scenarios {
                let rig = Self.rig()
                let outcome = rig.run(scenario, options)
                #expect(rig.host.seen.failures.isEmpty, "\(scenario.name)")
                if outcome.verdict == .skip { continue }
                count += 1
                #expect(outcome.verdict == .pass, "\(scenario.name): \(outcome)")
                var setup = scenario.setup
                (setup.irqchip, setup.entersAfterExit) = (irqchip, true)
                let known = scenario.knownHazards(of: design.name, on: setup)
                #expect(outcome.hazards == known.members.map(\.name), "\(scenario.name)")
                let last = try #require(rig.host.seen.simulations.last)
                #expect(last.design == design.name)
                #expect(last.assumptions == scenario.setup.assumptions, "\(scenario.name)")
            }
            #expect(count > scenarios.count / 2)
        }

        @Test("What the options assume is what it plays", arguments: Assumptions.all)
        func assumed(assumptions: Assumptions) throws {
            let level = try scenario(
                "assert 2, run, deassert 2, eoi, assert 3, allow 0x41, run",
                machine: "{allowed: [0x31], pins: [{pin: 2, vector: 0x31}, {pin: 3, vector: 0x41}]}"
            )
            for irqchip in [IRQChip.split, .kernel] {
                let axes = PartialAssumptions(assumptions)
                let rig = Self.rig(axes: axes)
                let options = LockstepOptions(
                    irqchip: irqchip, kind: .secure, axes: axes, allowsHostRisk: true)
                let outcome = rig.run(level, options)
                let isAsPredicted =
                    [.pass, .shown].contains(outcome.verdict)
                    || outcome.mismatch?.code == .invariant
                #expect(isAsPredicted, "\(outcome)")
                #expect(rig.host.seen.simulations.last?.assumptions == assumptions)
            }
        }

        @Test("It says that it is simulated, and hardware does not")
        func name() {
            let lab = Self.rig().backend
            #expect(lab.kind == .savic && lab.simulatedBy == "lab")
            #expect(lab.shownName == "savic (simulated by the lab)")
            let hardware = SavicRig().backend
            #expect(hardware.kind == .savic && hardware.simulatedBy == nil)
            #expect(hardware.shownName == "savic")
        }

        @Test(
            "Random runs vary what it plays, and it does as predicted",
            arguments: [
                IRQChip.split, .kernel,
            ])
        func fuzz(irqchip: IRQChip) {
            let campaign = FuzzCampaign(
                FuzzOptions(
                    seed: 11, steps: 16, irqchip: irqchip, isHostile: true, changesRoutes: true))
            let rig = Self.rig(allowsHostRisk: false)
            var backend: any Backend = rig.backend
            for run in UInt64(0)..<40 {
                let outcome = campaign.run(run, on: &backend)
                guard case .agreed(let compared) = outcome else {
                    Issue.record("run \(run): \(outcome)")
                    continue
                }
                #expect(compared.steps > 0)
            }
            #expect(Set(rig.host.seen.simulations.map(\.flags)).count > 8)
            #expect(rig.host.seen.vectorMinusOnes == 0 && rig.kernel.isIdle)
        }

        /// Of the two designs each set of assumptions meets one, by a parity of which each design
        /// meets every value of every axis.
        @Test("It is characterized as what it is told to play", arguments: 0..<32)
        func characterize(index: Int) throws {
            let played = Assumptions.all[index]
            let isFirst = index.nonzeroBitCount % 2 == 0
            let (name, read) = isFirst ? ("rfc-v2", "taken") : ("hardened", "refused")
            let design = try #require(EOIDesigns.named(name))
            let rig = Self.rig()
            #expect(rig.backend.obstacleToProbes(of: design) == nil)
            let found = rig.backend.characterize(
                CharacterizeOptions(played: played, design: design))
            #expect(found.assumptions == PartialAssumptions(played))
            #expect(found.findings.last?.answer == read)
            #expect(rig.host.seen.vectorMinusOnes == 0 && rig.kernel.isIdle)
            let other = Self.rig(on: .lab(designs: ["rfc-v2"])).backend
            let hardened = try #require(EOIDesigns.named("hardened"))
            #expect(other.obstacleToProbes(of: hardened)?.reason.contains("hardened") == true)
        }

        @Test("Its sentences are of a simulation, and send nobody to the BIOS")
        func sentences() throws {
            let plain = try scenario("run", "machines: [plain]")
            #expect(
                Self.rig().run(plain, LockstepOptions()).skip?.reason.contains("simulated") == true)
            #expect(
                SavicRig().run(plain, LockstepOptions()).skip?.reason.contains("simulated") == false
            )
            for (status, word) in [(UInt64(0x4_0003), "bit 2"), (0x7, "bit 18")] {
                var role = SecureHost.Role()
                role.sevStatus = status
                let outcome = SavicRig(role, simulated: Self.whole).run(try scenario("run"))
                let text = outcome.failure ?? ""
                #expect(text.contains("without \(word); whoever simulates the processor"))
                #expect(!text.contains("dmesg") && !text.contains("kvm_amd"))
            }
            // A scenario that fails on the model alone, because an older kernel goes another way.
            let wrong = try scenario(
                "assert 2, run, deassert 2, retarget 2 1, eoi",
                "expect: {deliveries: {0x31: 77}}")
            let rig = SavicRig(
                simulated: Self.whole, known: HostTraits(kernelRules: []))
            #expect(
                rig.run(wrong).mismatch?.note
                    == "found on the model alone; backend savic (simulated by the lab) was not run")
        }

        @Test("An EOI that KVM has nothing noted for is not sent, whatever the model says")
        func isGuarded() throws {
            for allowsHostRisk in [false, true] {
                let rig = Self.rig(allowsHostRisk: allowsHostRisk)
                var observation = Observation()
                try rig.backend.prepare(
                    MachineSetup(pins: [PinSetup(pin: 2, vector: 0x31)]),
                    design: EOIDesigns.standard)
                defer { rig.backend.tearDown() }
                var refusal = ""
                do throws(BackendFailure) {
                    try rig.backend.perform(.spuriousEOI, isAtomic: false, into: &observation)
                } catch { refusal = "\(error)" }
                #expect(refusal.contains("not sent: KVM has noted –") == !allowsHostRisk)
                #expect(rig.host.seen.vectorMinusOnes == (allowsHostRisk ? 1 : 0))
            }
        }

        // MARK: - Designs

        @Test("A design that the lab does not have is a skip, and asked for once")
        func missingDesign() throws {
            let options = LockstepOptions(
                design: try #require(EOIDesigns.named("reevaluate-all")), kind: .secure)
            let counting = Counting()
            let rig = Self.rig(on: .lab(designs: ["rfc-v2", "hardened"]), calls: counting.calls)
            let basic = try scenario("assert 2, run, deassert 2, eoi")
            for _ in 0..<3 {
                let outcome = rig.run(basic, options)
                #expect(outcome.verdict == .skip)
                #expect(
                    outcome.skip?.reason
                        == "needs EOI design reevaluate-all, which the kernel lab does not have")
                #expect(outcome.skip?.hint.contains("hosttests/savic-kernel") == true)
            }
            #expect(counting.made.count { $0 == "KVM_CREATE_VM" } == 1)
            for _ in 0..<3 { #expect(rig.run(basic).verdict != .skip) }
            // One more question, and three guests.
            #expect(counting.made.count { $0 == "KVM_CREATE_VM" } == 5)
            #expect(rig.host.seen.simulations.map(\.design) == Array(repeating: "rfc-v2", count: 4))
        }

        /// Calls of which all of one name fail, as they do from the first one on.
        private static func failing(_ name: String) throws -> Counting {
            let intact = Counting()
            _ = rig(calls: intact.calls).run(
                try scenario("run"), LockstepOptions(irqchip: .kernel, kind: .secure))
            let index = try #require(intact.made.firstIndex(of: name))
            return Counting(Fault(call: index + 1, errno: EPERM, lasts: true))
        }

        @Test("Where the question fails, nothing is known to be missing, and the guest says why")
        func questionFails() throws {
            let rig = Self.rig(calls: try Self.failing("KVM_ENABLE_CAP").calls)
            let outcome = rig.run(
                try scenario("run"), LockstepOptions(irqchip: .kernel, kind: .secure))
            #expect(outcome.verdict == .error)
            #expect(outcome.failure?.contains("the kernel lab's capability") == true)
        }

        @Test("A lab of another version, and a KVM that does not say, are errors")
        func otherVersion() throws {
            for (rig, words) in [
                (Self.rig(on: .lab(version: 9, designs: [])), "kernel lab of version 9"),
                (Self.rig(calls: try Self.failing("KVM_CHECK_EXTENSION").calls), "KVM_CHECK_EXT"),
            ] {
                #expect(rig.backend.simulatedBy == nil)
                let outcome = rig.run(try scenario("run"))
                #expect(outcome.verdict == .error)
                #expect(outcome.failure?.contains(words) == true, "\(outcome.failure ?? "")")
            }
        }

        @Test("Hardware is not asked for designs")
        func hardware() throws {
            let counting = Counting()
            let rig = SavicRig(calls: counting.calls)
            for design in EOIDesigns.all {
                let scenario = try scenario("run")
                let skip = rig.backend.obstacle(to: scenario, scenario.setup, design)
                #expect(skip == nil)
            }
            #expect(!counting.made.contains("KVM_CREATE_VM"))
        }

        // MARK: - Danger

        /// An edge that is ended by a GHCB write where the page says “level”: on hardware that is
        /// open, on the lab the scenario says it.
        @Test("What can hurt the lab's kernel is kept out, by what it is told to play")
        func danger() throws {
            func outcome(_ tmr: String, risk: Bool = false) throws -> ScenarioOutcome {
                let edge = try scenario(
                    "assert 2, run, eoi",
                    machine:
                        "{page-tmr: \(tmr), pins: [{pin: 2, vector: 0x31, trigger: edge}]}")
                return Self.rig(allowsHostRisk: risk).run(edge)
            }
            #expect(try outcome("accurate").verdict == .pass)
            #expect(try outcome("accurate").skip == nil)
            let kept = try outcome("always")
            #expect(kept.verdict == .skip)
            #expect(kept.skip?.reason.hasPrefix("can hurt an unfixed host kernel") == true)
            #expect(kept.skip?.hint.contains("characterize") == false)
            #expect(try outcome("always", risk: true).verdict != .skip)
        }
    }
}

/// The calls of a rig by their names, of which some fail.
final class Counting: Sendable {
    private let fault: Fault
    private let book = Mutex<FaultyCalls?>(nil)

    /// - Parameter fault: none of the calls, unless given.
    init(_ fault: Fault = Fault(call: 0, errno: 0)) { self.fault = fault }

    var made: [String] { book.withLock { $0?.made ?? [] } }

    /// For one rig.
    func calls(_ kernel: SimulatedKernel) -> SystemCalls {
        let counting = FaultyCalls(fault, on: kernel.calls)
        book.withLock { $0 = counting }
        return counting.calls
    }
}
