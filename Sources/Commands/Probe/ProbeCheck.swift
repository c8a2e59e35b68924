internal import KVMHost
internal import Verdicts

/// One requirement and whether this host meets it.
struct ProbeCheck: Equatable, Sendable {
    enum Status: String, Sendable, CaseIterable {
        case found, missing, forbidden, unknown
    }

    var name: String
    /// The backend that needs it, and for `kvm` those that build on it.
    var level: BackendKind
    var status: Status
    /// What was looked at and found.
    var detail: String
    /// What to do about a miss; empty when nothing is to be done.
    var remedy: String
    /// A backend that builds on that one but does without this check.
    var sparedBy: BackendKind?

    /// Whether a backend wants it met: all but the model build on `kvm`.
    func isNeeded(by other: BackendKind) -> Bool {
        level == other || level == .kvm && other != .model && sparedBy != other
    }
}

extension ProbeCheck {
    /// A check of a fact that is either there or not.
    init<Value>(
        _ name: String, _ level: BackendKind, _ finding: Finding<Value>,
        where isMet: (Value) -> Bool,
        found: String, absent: String, remedy: String
    ) {
        var remedy = remedy
        let status: Status
        let detail: String
        switch finding {
        case .found(let value):
            status = isMet(value) ? .found : .missing
            detail = isMet(value) ? found : absent
        case .missing:
            status = .missing
            detail = absent
        case .forbidden(let errno):
            status = .forbidden
            detail = CallFailure.name(of: errno)
        case .unknown(let reason):
            status = .unknown
            detail = reason.phrase
            // Before /dev/kvm can be used there is nothing to say about what it would answer.
            if case .needsKVM = reason { remedy = "" }
        }
        self.init(
            name: name, level: level, status: status, detail: detail,
            remedy: status == .found ? "" : remedy)
    }
}

extension Finding.Reason {
    fileprivate var phrase: String {
        switch self {
        case .errno(let errno): CallFailure.name(of: errno)
        case .unreadable(let path): "\(path) does not say"
        case .needsKVM: "needs a usable /dev/kvm to know"
        }
    }
}
