import InterruptModel
import KVMHost
import Lockstep
import Scenarios
import Simulation
import TestSupport
import Testing
import Verdicts

@testable import Backends

/// Backend `savic` on a secure host that is played, or on a kernel lab that is: all of it runs, but
/// the hardware.
struct SavicRig {
    let host: SecureHost
    let kernel: SimulatedKernel
    let backend: SavicBackend

    init(
        _ role: SecureHost.Role = SecureHost.Role(), limit: UInt64 = 10,
        allowsHostRisk: Bool = false, axes: PartialAssumptions = PartialAssumptions(),
        simulated: SimulatedHost = SimulatedHost(), known traits: HostTraits = HostTraits(),
        sight: SecureSight? = SecureSight(),
        findsPageTMR: Bool = false,
        calls: (SimulatedKernel) -> SystemCalls = \.calls
    ) {
        host = SecureHost(role)
        kernel = SimulatedKernel(simulated, machine: host)
        backend = SavicBackend(
            lack: nil, limit: limit, allowsHostRisk: allowsHostRisk, axes: axes,
            calls: calls(kernel),
            reader: simulated.lab == nil ? SecureHost.reader : SecureHost.blindReader,
            agent: role.agent,
            // Plain guests are nothing that the played host has.
            known: [.split: traits, .kernel: traits], sight: sight, findsPageTMR: findsPageTMR)
    }

    func run(
        _ scenario: Scenario, _ options: LockstepOptions = LockstepOptions(kind: .secure)
    ) -> ScenarioOutcome {
        var backend: any Backend = backend
        let outcome = Lockstep(options).run(scenario, on: &backend)
        #expect(kernel.isIdle, "\(scenario.name): something was not given back")
        return outcome
    }

    /// Runs it on a host that plays what the options predict.
    static func run(
        _ scenario: Scenario, _ options: LockstepOptions, allowsHostRisk: Bool = true
    ) -> (outcome: ScenarioOutcome, seen: SecureHost.Book) {
        var role = SecureHost.Role()
        role.design = options.design
        role.assumptions =
            options.axes.completed(by: PartialAssumptions(scenario.setup.assumptions)).assumptions
        let rig = SavicRig(role, allowsHostRisk: allowsHostRisk, axes: options.axes)
        let outcome = rig.run(scenario, options)
        #expect(rig.host.seen.failures.isEmpty, "\(scenario.name)")
        return (outcome, rig.host.seen)
    }
}

/// All tests whose secure guests run in an ordinary VM, one at a time.
@Suite(
    .serialized, .inTurnOnKVM,
    .enabled(if: canPlayGuests, "needs a /dev/kvm with userspace MSR exits"))
enum OnPlayedHost {}

/// Whether an ordinary VM can leave its MSR accesses to userspace here.
let canPlayGuests: Bool = {
    let backend = EmulatorBackend()
    return backend.refusal == nil && backend.obstacleToProbes(of: EOIDesigns.standard) == nil
}()

/// Scenarios that a secure machine can run with an irqchip, storms left out.
func secureScenarios(_ irqchip: IRQChip) -> [Scenario] {
    Combination.catalogue.filter {
        $0.machines.contains(.secure) && $0.irqchips.contains(irqchip)
            && !$0.groups.contains("storm") && $0.setup.vcpus == 1
    }
}
