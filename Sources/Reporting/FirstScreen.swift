internal import InterruptModel
import Verdicts

/// A command to go on with.
public struct Suggestion: Equatable, Sendable {
    public var command: String
    /// What comes of it, in a few words.
    public var meaning: String

    public init(command: String, meaning: String) {
        self.command = command
        self.meaning = meaning
    }
}

/// The end of a run of many scenarios, as one screen (reports §1): what was found in one
/// sentence, what did not pass, what is known to go wrong and what that means, what to look at and
/// what to go on with, the sums.
struct FirstScreen {
    let header: RunHeader?
    let block: FinalBlock
    let next: [Suggestion]
    let width: Int
    let palette: Palette

    /// Rows of invariants at most.
    private static let mostRows = 7
    /// Letters of the longest bar.
    private static let bar = 7

    // MARK: - Above the scenarios

    /// Who ran, and on what; of assumptions only those that somebody has chosen.
    static func beginning(_ header: RunHeader, width: Int, _ palette: Palette) -> [String] {
        let name = header.tool.name.printable
        let first =
            palette.paint(name, .strong)
            + ", design \(header.design.printable), irqchip \(header.irqchip.printable)"
        let isOpen = header.assumptions.allSatisfy { $0.value == nil }
        let rest = header.facts.filter { fact in
            !["design", "irqchip"].contains(fact.name) && !(fact.name == "assumptions" && isOpen)
        }
        return [first] + rest.flatMap { "\($0.name) \($0.value)".wrapped(at: width) }
    }

    // MARK: - Below them

    func lines(_ totals: Totals, unfinished: [String]) -> [String] {
        let headline = RunHeadline(
            header, design: header?.design.printable, totals, unfinished: unfinished.count,
            block.hazards)
        let finding = headline.text.wrapped(at: width)
            .map { palette.paint($0, headline.isClean ? .good : .bad) }
        // Where all is as known the sentence above says whose the hazards are.
        let isSaid = block.failed.isEmpty && unfinished.isEmpty && header?.isJudged == true
        return finding + block.entries(width, palette) + tallies(isSaid) + [""] + ways
            + block.gaps(unfinished: unfinished, width)
            + block.sums(totals, unfinished: unfinished.count, width, palette)
    }

    /// - Parameter isSaid: whether it is said already that all are the design's own.
    private func tallies(_ isSaid: Bool) -> [String] {
        let groups = block.hazards.groups(
            design: header?.design ?? "", isJudged: header?.isJudged ?? true)
        let isBare = isSaid && groups.map(\.owner) == [.design]
        return groups.flatMap { (isBare ? [] : ["\($0.heading):"]) + rows(of: $0) }
    }

    /// The most frequent first. Where there are many, the last ones share a line.
    private func rows(of group: HazardTally.Group) -> [String] {
        let sorted = group.rows.sorted { ($1.count, $0.invariant) < ($0.count, $1.invariant) }
        let kept = sorted.count > Self.mostRows ? Self.mostRows - 1 : sorted.count
        let longest = max(1, sorted.first?.count ?? 1)
        var table = Columns([.left, .right])
        for row in sorted.prefix(kept) {
            let bar = String(repeating: "█", count: max(1, row.count * Self.bar / longest))
            let breach = Invariant(name: row.invariant)?.breach ?? ""
            table.add(row.invariant, "\(row.count)", bar, breach)
        }
        let lines = table.lines(indent: 2, width: width) { _, column, cell in
            column == 2 ? palette.paint(cell, .hazard) : cell
        }
        let rest = sorted.dropFirst(kept).map { "\($0.invariant) \($0.count)" }
        guard !rest.isEmpty else { return lines }
        return lines + rest.joined(separator: ", ").wrapped(at: width - 2).map { "  " + $0 }
    }

    /// What to look at and what to go on with, in the same columns.
    private var ways: [String] {
        let looks = block.failed.isEmpty ? worst : failures
        let all = looks + next
        let used = 2 + (all.map { $0.command.printable.count }.max() ?? 0) + 2
        func lines(_ ways: [Suggestion]) -> [String] {
            ways.map { way in
                let room = width - used
                let meaning = room < 12 ? "" : way.meaning.printable.truncated(to: room)
                return ("  " + way.command.printable.padded(to: used - 2) + meaning).trimmedAtEnd
            }
        }
        let heading = block.failed.isEmpty ? "See the worst" : "See what went wrong"
        return (looks.isEmpty ? [] : [palette.paint(heading, .strong)] + lines(looks))
            + [palette.paint("Go on; -v shows every scenario", .strong)] + lines(next)
    }

    /// Pictures of what did not pass, and what the first of them means.
    private var failures: [Suggestion] {
        let seen = block.failed.filter { $0.mismatch != nil }
        let pictures = seen.filter { !$0.picture.isEmpty }.prefix(2)
            .map { Suggestion(command: $0.picture, meaning: $0.summary) }
        let code = seen.first?.mismatch.map {
            Suggestion(command: "savic-eoi explain \($0.code.rawValue)", meaning: "what that is")
        }
        return pictures + (code.map { [$0] } ?? [])
    }

    private var worst: [Suggestion] {
        Self.worst(of: block.hazardous, most: 2)
            .map { Suggestion(command: $0.picture, meaning: $0.summary) }
    }

    /// What shows most of what goes wrong in the fewest pictures: the scenario whose invariants are
    /// violated most often in this run, their counts added up; then the one that adds the most by
    /// invariants that no one before it shows. Of equals it is the one of the fewest steps, which
    /// is the easiest to read, and then the one that ran first.
    static func worst(of results: [ScenarioResult], most: Int) -> [ScenarioResult] {
        var left: [String: Int] = [:]
        for invariant in results.flatMap(\.hazards) { left[invariant, default: 0] += 1 }
        func weight(_ result: ScenarioResult) -> Int {
            result.hazards.reduce(0) { $0 + left[$1, default: 0] }
        }
        let drawn = results.filter { !$0.picture.isEmpty }
        var found: [ScenarioResult] = []
        while found.count < most,
            let next = drawn.min(by: {
                (-weight($0), $0.compared.steps) < (-weight($1), $1.compared.steps)
            }), weight(next) > 0
        {
            found.append(next)
            for invariant in next.hazards { left[invariant] = 0 }
        }
        return found
    }
}
