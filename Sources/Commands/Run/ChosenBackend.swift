internal import Backends
internal import InterruptModel
internal import Lockstep
internal import Verdicts

/// The backend of a run, and why it was taken.
struct ChosenBackend {
    var backend: any Backend
    var reason: String
    /// Why `/dev/kvm` is there and cannot be used, if so: whatever runs on it ends in this error.
    var refusal: String?

    /// - Parameter kind: nil takes what this host is ready for.
    init(
        _ kind: BackendKind?, timeout: UInt64, allowHostRisk: Bool, axes: PartialAssumptions
    ) {
        let reason = kind == nil ? Readiness.current.reason : "asked for"
        switch kind ?? Readiness.current.backend {
        case .model:
            self.init(backend: ModelBackend(), reason: reason)
        case .kvm:
            let backend = KVMBackend(limit: timeout, allowsHostRisk: allowHostRisk)
            self.init(backend: backend, reason: reason, refusal: backend.refusal)
        case .emulator:
            let backend = EmulatorBackend(limit: timeout)
            self.init(backend: backend, reason: reason, refusal: backend.refusal)
        case .savic:
            let backend = SavicBackend(
                lack: Readiness.current.lack(for: .savic), limit: timeout,
                allowsHostRisk: allowHostRisk, axes: axes)
            self.init(backend: backend, reason: reason, refusal: backend.refusal)
        }
    }

    init(backend: any Backend, reason: String, refusal: String? = nil) {
        self.backend = backend
        self.reason = reason
        self.refusal = refusal
    }
}
