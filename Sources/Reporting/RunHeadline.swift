import Verdicts

/// What a run found, in one sentence, for reports that begin with it.
struct RunHeadline {
    /// `rfc-v2 goes wrong, as known, in 42 of 114 scenarios`.
    let text: String
    /// Whether something ran and nothing went wrong.
    let isClean: Bool

    /// - Parameters:
    ///   - header: nil where the run ended before it began.
    ///   - design: the design's name as the format spells it.
    init(
        _ header: RunHeader?, design: String?, _ totals: Totals, unfinished: Int,
        _ hazards: HazardTally
    ) {
        let ran = totals.total - totals[.skip]
        let bad = totals[.fail] + totals[.timeout] + totals[.error]
        let wrong =
            (bad > 0 ? ["\(bad) of \(counted(ran, "scenario")) did not pass"] : [])
            + (unfinished > 0 ? ["\(unfinished) not run or not finished"] : [])
        isClean = wrong.isEmpty && ran > 0 && hazards.total == 0
        if !wrong.isEmpty {
            text = wrong.joined(separator: ", ")
        } else if ran == 0 {
            text = totals[.skip] > 0 ? "nothing could run" : "nothing to run"
        } else if hazards.total > 0 {
            let sum = "in \(hazards.total) of \(counted(ran, "scenario"))"
            text = Self.violated(header, design, hazards) + " " + sum
        } else {
            let shown = totals[.shown]
            let rest = shown > 0 ? ", \(shown) with nothing that could be judged" : ""
            text = "\(counted(ran, "scenario")) ran, and nothing went wrong\(rest)"
        }
    }

    /// Names the design where all that was violated is its own, and announced.
    private static func violated(
        _ header: RunHeader?, _ design: String?, _ hazards: HazardTally
    ) -> String {
        let isJudged = header?.isJudged ?? true
        let owners = hazards.groups(design: "", isJudged: isJudged).map(\.owner)
        if isJudged, owners == [.design], let design, header?.design != RunHeader.open {
            return "\(design) goes wrong, as known,"
        }
        let isKnown = !owners.contains(.host) && (isJudged || owners == [.plain])
        return "invariants are violated\(isKnown ? ", as known," : "")"
    }
}
