import AgentFace
import InterruptModel
import KVMHost
import Lockstep
import Scenarios
import Simulation
import Testing
import Verdicts

/// Backend `savic` on a secure host that is played: all of it runs, but the hardware.
struct SavicRig {
    let host: SecureHost
    let kernel: SimulatedKernel
    var backend: SavicBackend

    init(
        _ role: SecureHost.Role = SecureHost.Role(), limit: UInt64 = 10,
        allowsHostRisk: Bool = false, axes: AxisOverrides = AxisOverrides(),
        calls: (SimulatedKernel) -> SystemCalls = \.calls
    ) {
        host = SecureHost(role)
        kernel = SimulatedKernel(machine: host)
        backend = SavicBackend(
            lack: nil, limit: limit, allowsHostRisk: allowsHostRisk, axes: axes,
            calls: calls(kernel), reader: SecureHost.reader, agent: role.agent)
    }

    /// Runs a scenario, and sees that nothing of it is left over.
    func run(
        _ scenario: Scenario, _ options: LockstepOptions = LockstepOptions(kind: .secure)
    ) -> Lockstep.Outcome {
        var backend: any Backend = backend
        return Lockstep(options).run(scenario, on: &backend)
    }
}

/// All tests whose secure guests run in an ordinary VM. One at a time: they share two processors.
@Suite(.serialized, .enabled(if: canPlayGuests, "needs a /dev/kvm with userspace MSR exits"))
enum OnPlayedHost {}

/// Whether an ordinary VM can leave its MSR accesses to userspace here.
let canPlayGuests: Bool = {
    let backend = EmulatorBackend()
    return backend.refusal == nil && backend.obstacleToProbes == nil
}()
