internal import Backends
internal import InterruptModel
internal import Lockstep

/// The backend of a run, and why it was taken.
struct ChosenBackend {
    var backend: any Backend
    var reason: String
    /// Why `/dev/kvm` is there and cannot be used, if so: whatever runs on it ends in this error.
    var refusal: String?

    init(
        _ choice: BackendChoice, timeout: UInt64, allowHostRisk: Bool, axes: PartialAssumptions
    ) {
        switch choice {
        case .model:
            self.init(backend: ModelBackend(), reason: "asked for")
        case .kvm:
            let backend = KVMBackend(limit: timeout, allowsHostRisk: allowHostRisk)
            self.init(backend: backend, reason: "asked for", refusal: backend.refusal)
        case .emulator:
            let backend = EmulatorBackend(limit: timeout)
            self.init(backend: backend, reason: "asked for", refusal: backend.refusal)
        case .savic:
            let backend = Self.savic(timeout, allowHostRisk, axes)
            self.init(backend: backend, reason: "asked for", refusal: backend.refusal)
        case .auto:
            let readiness = Readiness.current
            guard readiness.isReady(for: .savic) else {
                self.init(backend: ModelBackend(), reason: readiness.reason)
                return
            }
            let backend = Self.savic(timeout, allowHostRisk, axes)
            self.init(backend: backend, reason: readiness.reason, refusal: backend.refusal)
        }
    }

    private static func savic(
        _ timeout: UInt64, _ allowHostRisk: Bool, _ axes: PartialAssumptions
    ) -> SavicBackend {
        SavicBackend(
            lack: Readiness.current.lack(for: .savic), limit: timeout,
            allowsHostRisk: allowHostRisk, axes: axes)
    }

    init(backend: any Backend, reason: String, refusal: String? = nil) {
        self.backend = backend
        self.reason = reason
        self.refusal = refusal
    }
}
