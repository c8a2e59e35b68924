public import Verdicts

/// Writes a run as the log of a GitHub Actions step (reports §8): a plain line for each
/// scenario, and workflow commands for what is to be seen without opening the log.
///
/// - GitHub shows ten errors of a step and drops the others without a word, and ten notices. So
///   there are ten annotations at most, the last of them for all that have no room of their own.
/// - What did not pass is an error, with its report in a group that can be unfolded. One notice has
///   the known hazards and the skips: both leave a run green that a reader may want to doubt.
/// - The beginning of a scenario is a debug message, which a log shows on request.
/// - No annotation names a file: a scenario does not know where it is written.
public struct GitHubRecorder: Recorder {
    /// Errors that stand alone. Three more annotations may follow: for all other errors, for what
    /// did not run, and the notice.
    static let lonelyErrors = 7

    /// Characters of a title, which GitHub cuts at 255, and of what a message says or lists.
    private static let titleLength = 200
    private static let listLength = 2000

    private var header: RunHeader?
    private var errors = 0
    private var others: [String] = []
    private var hazards = HazardTally()
    private var skips = SkipTally()

    public init() {}

    public mutating func record(
        _ event: RunEvent, write: (String) throws -> Void
    ) rethrows {
        try write(lines(for: event).joined(separator: "\n") + "\n")
    }

    private mutating func lines(for event: RunEvent) -> [String] {
        switch event {
        case .began(let header):
            self.header = header
            return ([header.tool.name] + header.facts.map { "\($0.name): \($0.value)" })
                .map { GitHubText.plain($0) }
        case .scenarioBegan(let name):
            return [GitHubText.command("debug", "started \(name.printable)")]
        case .scenarioEnded(let result):
            hazards.add(result)
            skips.add(result)
            return result.isBad ? problem(result) : [plain(result)]
        case .ended(let totals, let unfinished):
            return ended(totals, unfinished)
        }
    }

    private func plain(_ result: ScenarioResult) -> String {
        GitHubText.plain("\(result.word) \(result.name): \(result.gist)")
    }

    private mutating func problem(_ result: ScenarioResult) -> [String] {
        let title = "\(result.word): \(result.name)"
        let report = FailureReport(result: result, width: 100, simulation: header?.simulation)
        let group =
            [GitHubText.command("group", "\(title.printable): \(result.reason.printable)")]
            + report.lines.map { GitHubText.plain($0) } + [GitHubText.command("endgroup")]
        guard errors < Self.lonelyErrors else {
            others.append(result.name)
            return group
        }
        errors += 1
        let reason = result.reason.truncated(to: Self.listLength)
        let message = [reason, header?.simulation, "rerun: \(result.rerun)"]
        return [annotation("error", title, message.compactMap(\.self))] + group
    }

    private func ended(_ totals: Totals, _ unfinished: [String]) -> [String] {
        var lines: [String] = []
        if !others.isEmpty {
            lines.append(list("error", "\(others.count) more did not pass", others))
        }
        if !unfinished.isEmpty {
            lines.append(list("error", "\(unfinished.count) not run or not finished", unfinished))
        }
        lines += notice(totals, unfinished: unfinished.count)
        let counts = totals.counts(hazards: hazards.passes, unfinished: unfinished.count)
        let sum = totals.sentence(place: header?.simulation)
        return lines + [GitHubText.plain("\(sum): \(counts)")]
    }

    /// What a green run does not show. Where nothing ran it is a warning, and says why.
    private func notice(_ totals: Totals, unfinished: Int) -> [String] {
        let groups = hazards.groups(
            design: header?.design ?? "", isJudged: header?.isJudged ?? true)
        let lines =
            groups.map { "\($0.heading): \($0.list)" }
            + skips.rows.map { "\($0.count) skipped: \($0.text)" }
        let place = header?.simulation.map { [$0] } ?? []
        let isEmpty = totals.total == skips.total && unfinished == 0
        if isEmpty { return [annotation("warning", "nothing ran", lines + place)] }
        guard !lines.isEmpty else { return [] }
        let found = hazards.passes > 0 ? ["\(hazards.passes) passed with a known hazard"] : []
        let shown = groups.isEmpty || hazards.passes > 0 ? [] : ["invariants violated"]
        let skipped = skips.total > 0 ? ["\(skips.total) skipped"] : []
        let title = (found + shown + skipped).joined(separator: ", ")
        return [annotation("notice", title, lines + place)]
    }

    private func list(_ level: String, _ title: String, _ names: [String]) -> String {
        let text = names.joined(separator: ", ").truncated(to: Self.listLength)
        return annotation(level, title, [text] + (header?.simulation.map { [$0] } ?? []))
    }

    private func annotation(_ level: String, _ title: String, _ lines: [String]) -> String {
        let title = title.printable.truncated(to: Self.titleLength)
        let message = lines.isEmpty ? title : lines.map(\.printable).joined(separator: "\n")
        return GitHubText.command(level, [("title", title)], message)
    }
}
