package import Lockstep

extension Timeline {
    /// Steps that are shown where nobody says how many.
    private static let most = 24
    /// Of them, steps behind the first wrong one.
    private static let behind = 8

    /// The steps that a picture shows where nobody says which: all of a short run; of a long one
    /// the last before the first wrong one, and some behind it.
    package var interesting: ClosedRange<Int> {
        let count = max(1, steps.count)
        guard count > Self.most else { return 1...count }
        let last = min(count, (culprit?.number ?? count) + Self.behind)
        return max(1, last - Self.most + 1)...last
    }
}
