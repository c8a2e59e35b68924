public import Verdicts

/// Writes a run as TAP version 14 (reports §7): the plan first, each event's lines written
/// when it happens and complete, so that a death in the middle leaves a prefix whose last comment
/// names the scenario that was running, and a plan that is not fulfilled.
///
/// - A known hazard is a plain `ok`, and its diagnostics name it. TAP's directive for known
///   failures would say that the test failed and ought to pass one day; it passed.
/// - What was kept from running is `not ok`, each scenario by its name, and not one `Bail out!`:
///   a harness would drop the names, and would stop all other programs too, also where a run ended
///   because `--fail-fast` was given.
/// - Every comment begins with a word of ours: `# Subtest` would begin a nested document.
public struct TAPRecorder: Recorder {
    private var names = AnnouncedNames()
    private var number = 0
    private var hazardous = 0
    private var simulation: String?

    public init() {}

    public mutating func record(
        _ event: RunEvent, write: (String) throws -> Void
    ) rethrows {
        try write(lines(for: event).joined(separator: "\n") + "\n")
    }

    private mutating func lines(for event: RunEvent) -> [String] {
        switch event {
        case .began(let header):
            simulation = header.simulation
            return began(header)
        case .scenarioBegan(let name):
            return [comment("started", names.announce(name, as: name.printable.resultName))]
        case .scenarioEnded(let result):
            return ended(result)
        case .ended(let totals, let unfinished):
            return ended(totals, unfinished)
        }
    }

    private func began(_ header: RunHeader) -> [String] {
        ["TAP version 14", header.plan, comment("tool", header.tool.name)]
            + header.facts.map { comment($0.name, $0.value) }
    }

    private mutating func ended(_ result: ScenarioResult) -> [String] {
        if result.isHazard { hazardous += 1 }
        if result.verdict == .skip {
            let reason = TAPText.escaped(result.skip?.text ?? result.reason)
            return [point("ok", result.name) + " # SKIP \(reason)"]
        }
        return [point(result.verdict.isGood ? "ok" : "not ok", result.name)]
            + TAPText.block(diagnostics(result))
    }

    private mutating func ended(_ totals: Totals, _ unfinished: [String]) -> [String] {
        let diagnostics: JSONText = [
            "message": "not run or not finished", "verdict": "unfinished",
        ]
        return unfinished.flatMap { name in
            [point("not ok", name)] + TAPText.block(diagnostics.members)
        } + [
            comment("ran", totals.sentence(place: simulation)),
            comment("sums", totals.counts(hazards: hazardous, unfinished: unfinished.count)),
        ]
    }

    /// What the JSON document has of a scenario, but for what the result line says, and with the
    /// members of a mismatch among the others: `code`, `step`, `expected`, `observed`.
    private func diagnostics(_ result: ScenarioResult) -> [JSONText.Member] {
        let message = result.isBad ? result.reason : result.account.joined(separator: "; ")
        let members = result.json.members.flatMap { member -> [JSONText.Member] in
            switch member.name {
            case "name": []
            case "mismatch": member.value.members
            default: member.value == [] ? [] : [member]
            }
        }
        return [JSONText.Member("message", .string(message))] + members
            + (simulation.map { [JSONText.Member("place", .string($0))] } ?? [])
    }

    private mutating func point(_ status: String, _ name: String) -> String {
        number += 1
        let unique = names.take(name, as: name.printable.resultName)
        return "\(status) \(number) - \(TAPText.escaped(unique))"
    }

    private func comment(_ word: String, _ text: String) -> String {
        "# \(word): \(text.printable)".trimmedAtEnd
    }
}
