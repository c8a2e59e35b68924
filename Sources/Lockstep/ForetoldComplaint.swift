internal import InterruptModel

/// What the host's kernel may say because of something that the model has foretold.
enum ForetoldComplaint: Hashable, Sendable {
    /// A WARN of the series' own.
    case warning
    /// The access at vector −1: KASAN's report, or a page fault where no memory is there.
    case badAccess

    init?(_ event: Event) {
        switch event {
        case .hostWarning: self = .warning
        case .vectorMinusOne: self = .badAccess
        default: return nil
        }
    }

    /// Whether it is why the kernel says this. Each of them taints the kernel: a WARN by bit 9, a
    /// KASAN report by bit 5, an oops by bit 7.
    func explains(_ complaint: String) -> Bool {
        let starts: [String] =
            switch self {
            case .warning: ["WARNING: "]
            case .badAccess: ["BUG: KASAN: ", "BUG: unable to handle page fault", "Oops"]
            }
        let taints: Set<String> =
            switch self {
            case .warning: ["9"]
            case .badAccess: ["5", "7", "5, 7"]
            }
        return starts.contains { complaint.hasPrefix($0) }
            || taints.contains { complaint.hasSuffix("bit \($0)") }
    }
}
