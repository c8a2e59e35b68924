internal import InterruptModel

/// Who writes the page's TMR on this hardware, as a few runs of the probes tell: without it nearly
/// every level scenario would fail by the model's best case, on the first evening.
struct FoundPageTMR {
    /// Enough to go by; what happens now and then is for `characterize` to find.
    static let runs = 3

    /// Page TMR and nothing else; open where the probes do not tell.
    let axes: PartialAssumptions
    private let reason: String

    init(by found: Characterization) {
        axes = found.assumptions
        reason = found.reasonWhyUnknown(.pageTMR)
    }

    /// For the header.
    var remark: String {
        axes[.pageTMR].map { "page TMR \($0), found by \(Self.runs) runs of its probes" }
            ?? "who writes page TMR was not found out (\(reason)): run characterize"
    }
}
