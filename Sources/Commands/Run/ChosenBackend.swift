internal import Lockstep
internal import Verdicts

/// The backend of a run, and why it was taken.
struct ChosenBackend {
    var backend: any Backend
    var reason: String

    /// Errors: where `/dev/kvm` is there and refuses, once for the whole run.
    init(
        _ choice: BackendChoice, timeout: UInt64, allowHostRisk: Bool, axes: AxisOverrides
    ) throws {
        switch choice {
        case .model:
            self.init(backend: ModelBackend(), reason: "asked for")
        case .kvm:
            let backend = KVMBackend(limit: timeout, allowsHostRisk: allowHostRisk)
            try Self.check(backend.refusal)
            self.init(backend: backend, reason: "asked for")
        case .emulator:
            let backend = EmulatorBackend(limit: timeout)
            try Self.check(backend.refusal)
            self.init(backend: backend, reason: "asked for")
        case .savic:
            let backend = Self.savic(timeout, allowHostRisk, axes)
            try Self.check(backend.refusal)
            self.init(backend: backend, reason: "asked for")
        case .auto:
            let readiness = Readiness.current
            guard readiness.isReady(for: .savic) else {
                self.init(backend: ModelBackend(), reason: readiness.reason)
                return
            }
            let backend = Self.savic(timeout, allowHostRisk, axes)
            try Self.check(backend.refusal)
            self.init(backend: backend, reason: readiness.reason)
        }
    }

    private static func savic(
        _ timeout: UInt64, _ allowHostRisk: Bool, _ axes: AxisOverrides
    ) -> SavicBackend {
        SavicBackend(
            lack: Readiness.current.lack(for: .savic), limit: timeout,
            allowsHostRisk: allowHostRisk, axes: axes)
    }

    private static func check(_ refusal: String?) throws {
        if let refusal { throw CommandFailure(status: .internalError, message: refusal) }
    }

    private init(backend: any Backend, reason: String) {
        self.backend = backend
        self.reason = reason
    }
}
