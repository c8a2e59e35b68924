internal import Lockstep
internal import Verdicts

/// The backend of a run, and why it was taken.
struct ChosenBackend {
    var backend: any Backend
    var reason: String

    /// Errors: where `/dev/kvm` is there and refuses, once for the whole run.
    init(_ choice: BackendChoice, timeout: UInt64, allowHostRisk: Bool) throws {
        switch choice {
        case .model:
            self.init(backend: ModelBackend(), reason: "asked for")
        case .kvm:
            let backend = KVMBackend(limit: timeout, allowsHostRisk: allowHostRisk)
            if let refusal = backend.refusal {
                throw CommandFailure(status: .internalError, message: refusal)
            }
            self.init(
                backend: backend,
                reason: ["asked for", backend.remark].compactMap { $0 }.joined(separator: "; "))
        case .emulator:
            let backend = EmulatorBackend(limit: timeout)
            if let refusal = backend.refusal {
                throw CommandFailure(status: .internalError, message: refusal)
            }
            self.init(backend: backend, reason: "asked for")
        case .auto:
            self.init(backend: ModelBackend(), reason: Readiness.current.reasonForModel)
        }
    }

    private init(backend: any Backend, reason: String) {
        self.backend = backend
        self.reason = reason
    }
}
