/// How one scenario ended. The raw values are the names of the JSON promise
/// (command-line §4, reports §4).
public enum Verdict: String, Sendable, CaseIterable {
    /// The backend did what the model predicts and the scenario's own expectations hold.
    case pass
    /// It ran, and the scenario states nothing that could be judged: its steps are there to be
    /// looked at. No invariant was violated, and nothing differed from the prediction.
    case shown
    /// A mismatch with the prediction, or a violated expectation.
    case fail
    /// Nothing ran, and `Skip` says what was missing.
    case skip
    /// A bounded wait ran out; the mismatch-free part before it proves nothing.
    case timeout
    /// The tool could not do its work: a failed call, a malformed guest message,
    /// or a comparison that compared nothing.
    case error

    /// Whether it ran to its end and nothing is wrong.
    public var isGood: Bool { self == .pass || self == .shown }
}

/// Why a scenario did not run, and what would make it run.
public struct Skip: Equatable, Sendable {
    /// What is missing, as a clause: `needs /dev/kvm`.
    public var reason: String
    /// What to do about it; empty when nothing can be done on this host.
    public var hint: String

    public init(reason: String, hint: String = "") {
        self.reason = reason
        self.hint = hint
    }
}

/// How much was really compared. A scenario whose counts are zero is an `error`, never a pass.
public struct Compared: Equatable, Sendable {
    /// Steps after which the backend's observation was held against the prediction.
    public var steps: Int
    /// Single fields compared, over all steps.
    public var fields: Int
    /// EOIs that reached the IOAPIC and that the backend showed, over all steps: by an exit, an
    /// acknowledgement, a resample, or Remote IRR that fell.
    public var eois: Int
    /// Interrupts that the guest ended, whether their EOIs concern the IOAPIC or not.
    public var endings: Int
    /// Expectations that were not judged: they stand behind a violated invariant, or are stated
    /// for other axes or another kernel.
    public var unjudged: Int
    /// Steps that were left out because they were not enabled.
    public var leftOut: Int

    public init(
        steps: Int = 0, fields: Int = 0, eois: Int = 0, endings: Int = 0, unjudged: Int = 0,
        leftOut: Int = 0
    ) {
        self.steps = steps
        self.fields = fields
        self.eois = eois
        self.endings = endings
        self.unjudged = unjudged
        self.leftOut = leftOut
    }

    public static func += (total: inout Compared, more: Compared) {
        total.steps += more.steps
        total.fields += more.fields
        total.eois += more.eois
        total.endings += more.endings
        total.unjudged += more.unjudged
        total.leftOut += more.leftOut
    }
}
