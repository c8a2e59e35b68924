internal import InterruptModel
internal import Reporting
internal import Searches

/// The first page of `explore --report`.
extension ExploreReport {
    func page(drawing draw: PanelDrawing) -> SearchPage {
        for way in ways {
            _ = draw(
                way.name,
                TracePanel.Use(text: way.sentence, remarks: way.ending.map { [$0] } ?? []))
        }
        return SearchPage(
            title: "\(subject) on \(plan.name)", headline: headline,
            isWrong: !ways.isEmpty || !isWhole,
            sentences: [reach] + (kept.map { [$0] } ?? [])
                + (liveness.map { ["liveness: \($0)"] } ?? []) + lost,
            facts: facts + [("searched", figures)], again: plan.command)
    }

    /// Whose actions were searched.
    private var subject: String {
        plan.search.setup.kind == .plain ? "a plain machine" : plan.design.name
    }

    /// What was found, in one sentence.
    private var headline: String {
        let broken = ways.flatMap(\.invariants).map(\.name)
        var names: [String] = []
        for name in broken where !names.contains(name) { names.append(name) }
        let pins = ways.compactMap { $0.stuck.map { "\($0.pin)" } }.joined(separator: ", ")
        let parts =
            (names.isEmpty ? [] : ["violates \(names.joined(separator: ", "))"])
            + (pins.isEmpty ? [] : ["leaves pin \(pins) without service"])
        guard parts.isEmpty else { return "\(subject) \(parts.joined(separator: ", and "))" }
        return isWhole
            ? "\(subject) violates nothing in any reachable state"
            : "nothing was found, but not all was looked at"
    }

    /// Ways of which only the length is known.
    private var lost: [String] {
        ways.filter { $0.way.actions == nil }.map {
            "\($0.sentence): the search was stopped before the way was found again"
        }
    }
}
