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
    /// The kernel lab runs on kernels that lack rules of newer ones (6.12 one of them).
    @Suite("savic: kernel rules") struct SavicKernelRuleTests {
        private static let grounds = [SimulatedHost(), LabTests.whole]

        private func run(
            _ scenario: Scenario, on old: PeculiarHostTests.OldKernel, known: KernelRules,
            _ simulated: SimulatedHost
        ) throws -> ScenarioOutcome {
            // The EOI of a message has to come to KVM, and the design to complete it: others do not
            // get as far as the stale vector.
            let isStale = old.lacks == .staleVectorForgotten
            let name = isStale ? "guest-conveys" : EOIDesigns.standard.name
            let design = try #require(EOIDesigns.named(name))
            var role = SecureHost.Role()
            role.design = design
            role.kernelRules = old.rules
            let rig = SavicRig(
                role, allowsHostRisk: true, simulated: simulated,
                known: HostTraits(kernelRules: known))
            let options = LockstepOptions(
                design: design, irqchip: old.irqchip, kind: .secure,
                axes: isStale ? [.guestEOI: "ghcb"] : [:], allowsHostRisk: true)
            return rig.run(scenario, options)
        }

        @Test("An older kernel passes by its own rules, and fails by those of a newer one")
        func older() throws {
            var shown: Set<KernelRule> = []
            for old in PeculiarHostTests.oldKernels {
                let scenario = try #require(Combination.catalogue.first { $0.name == old.name })
                guard scenario.machines.contains(.secure) else { continue }
                for ground in Self.grounds {
                    let own = try run(scenario, on: old, known: old.rules, ground)
                    #expect(own.verdict == .pass, "\(old): \(own)")
                    let reason = own.judgedOnModel ?? ""
                    #expect(reason.contains("lacks \(old.lacks.rawValue)"), "\(old)")
                    #expect(own.compared.steps > 0)
                    let other = try run(scenario, on: old, known: .newest, ground)
                    #expect(other.verdict == .fail, "\(old): \(other)")
                    shown.insert(old.lacks)
                }
            }
            #expect(shown == Set(KernelRule.allCases))
        }

        @Test("What a plain machine alone can show is not taken over")
        func secureTraits() {
            let traits = HostTraits(
                endsAtDelivery: true, kernelRules: KernelRules([.unmaskResamples]))
            for ground in Self.grounds {
                let backend = SavicRig(simulated: ground, known: traits).backend
                for irqchip in IRQChip.allCases {
                    let actual = backend.actual(MachineSetup(irqchip: irqchip))
                    #expect(actual.kernelRules == KernelRules([.unmaskResamples]))
                    #expect(actual.entersAfterExit)
                    #expect(!actual.endsAtDelivery)
                }
                #expect(backend.remarks.isEmpty)
            }
        }

        /// On the real /dev/kvm: the plain guests of backend `kvm`, by the same code.
        @Test("It finds the rules as backend kvm does", arguments: IRQChip.allCases)
        func finds(irqchip: IRQChip) throws {
            let counting = FaultyCalls(Fault(call: 0, errno: 0))
            let backend = SavicBackend(
                lack: nil, limit: 10, allowsHostRisk: false, axes: PartialAssumptions(),
                calls: counting.calls, reader: SecureHost.reader)
            #expect(backend.kernelRules(on: irqchip).isEmpty)
            try backend.look(at: irqchip)
            let made = counting.count
            #expect(counting.made.contains("KVM_RUN"))
            try backend.look(at: irqchip)
            #expect(counting.count == made)
            let kvm = KVMBackend()
            try kvm.look(at: irqchip)
            #expect(backend.kernelRules(on: irqchip) == kvm.kernelRules(on: irqchip))
            #expect(!backend.kernelRules(on: irqchip).isEmpty)
            let rules = kvm.traits(on: irqchip).kernelRules
            #expect(backend.actual(MachineSetup(irqchip: irqchip)).kernelRules == rules)
        }

        @Test("A look that fails is an error of the run, and no verdict")
        func fails() throws {
            let level = try #require(Combination.catalogue.first { $0.name == "level-basic" })
            let intact = FaultyCalls(Fault(call: 0, errno: 0))
            try backend(intact.calls).look(at: .split)
            for call in stride(from: 5, through: intact.count, by: 41) {
                let faulty = FaultyCalls(Fault(call: call, errno: 12))
                var backend: any Backend = backend(faulty.calls)
                let outcome = Lockstep(LockstepOptions(kind: .secure)).run(level, on: &backend)
                #expect(outcome.verdict == .error, "call \(call): \(intact.made[call - 1])")
                #expect(outcome.compared == Compared())
            }
        }

        @Test("Where something is lacking, nothing is looked at")
        func lacks() throws {
            let counting = FaultyCalls(Fault(call: 0, errno: 0))
            let backend = SavicBackend(
                lack: Skip(reason: "needs it"), limit: 10, allowsHostRisk: false,
                axes: PartialAssumptions(), calls: counting.calls, reader: SecureHost.reader)
            try backend.look(at: .split)
            #expect(!counting.made.contains("KVM_CREATE_VM"))
        }

        private func backend(_ calls: SystemCalls) -> SavicBackend {
            SavicBackend(
                lack: nil, limit: 10, allowsHostRisk: false, axes: PartialAssumptions(),
                calls: calls,
                reader: SecureHost.reader)
        }
    }
}
