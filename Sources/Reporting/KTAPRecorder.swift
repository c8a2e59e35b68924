public import Verdicts

/// Writes a run as KTAP version 1 (reports §2): a flat list, name first, each event's
/// lines written when it happens and complete, so that a death in the middle leaves a valid
/// prefix whose last diagnostic names the scenario that was running.
///
/// - A known hazard is a diagnostic line *before* the result line, and the result is a plain
///   `ok`. KTAP has no directive for it: `XFAIL` would say that the test failed, which it did
///   not, and would move the count; an own word behind `#` would be an unknown directive.
/// - Free text after the `#` of a result line begins in lower case (`step 5: …`), so that no
///   parser can take it for a directive.
/// - The totals line of kselftest has no timeouts: they count as `fail`, as the exit status has
///   it. What an interruption kept from running is `not ok … # ERROR`: the plan is fulfilled,
///   and no reader can take a stopped run for a green one.
public struct KTAPRecorder: Recorder {
    private let omitsVersion: Bool
    private var names = AnnouncedNames()
    private var number = 0
    private var hazardous = 0
    private var design = ""
    private var simulation: String?

    /// - Parameter omitsVersion: under a runner that sets `KSFT_TAP_LEVEL` and has written the
    ///   version line itself.
    public init(omitsVersion: Bool = false) {
        self.omitsVersion = omitsVersion
    }

    public mutating func record(
        _ event: RunEvent, write: (String) throws -> Void
    ) rethrows {
        try write(lines(for: event).joined(separator: "\n") + "\n")
    }

    private mutating func lines(for event: RunEvent) -> [String] {
        switch event {
        case .began(let header):
            design = header.design
            simulation = header.simulation
            return began(header)
        case .scenarioBegan(let name):
            return [note(names.announce(name, as: name.hashless.resultName), "started")]
        case .scenarioEnded(let result):
            return ended(result)
        case .ended(let totals, let unfinished):
            return ended(totals, unfinished)
        }
    }

    private func began(_ header: RunHeader) -> [String] {
        (omitsVersion ? [] : ["KTAP version 1"]) + [header.plan, note(header.tool.name)]
            + header.facts.map { note($0.name, $0.value) }
    }

    private mutating func ended(_ result: ScenarioResult) -> [String] {
        let name = takeName(result.name)
        var lines: [String] = []
        if result.isHazard { hazardous += 1 }
        if result.verdict != .skip { lines += result.account.map { note(name, $0) } }
        switch result.verdict {
        case .pass, .shown:
            lines.append(line("ok", name))
        case .skip:
            if let hint = result.skip?.hint, !hint.isEmpty { lines.append(note(name, hint)) }
            lines.append(line("ok", name, "SKIP \(result.reason)"))
        case .fail:
            lines += report(result, name)
            let text = result.mismatch.map { $0.headline } ?? "reason: \(result.reason)"
            lines.append(line("not ok", name, text))
        case .timeout:
            lines += report(result, name)
            lines.append(line("not ok", name, "TIMEOUT \(result.reason)"))
        case .error:
            lines += report(result, name)
            lines.append(line("not ok", name, "ERROR \(result.reason)"))
        }
        return lines
    }

    private mutating func ended(_ totals: Totals, _ unfinished: [String]) -> [String] {
        var lines: [String] = []
        for scenario in unfinished {
            let name = takeName(scenario)
            lines.append(line("not ok", name, "ERROR not run or not finished"))
        }
        if hazardous > 0 {
            let sum = "\(hazardous) of \(totals[.pass])"
            lines.append(note("passes with a known hazard of \(design)", sum))
        }
        let failed = totals[.fail] + totals[.timeout]
        let errors = totals[.error] + unfinished.count
        return lines + [
            note((simulation.map { "\($0): " } ?? "") + totals.compared.full),
            note(
                "Totals",
                "pass:\(totals[.pass] + totals[.shown]) fail:\(failed) xfail:0 xpass:0"
                    + " skip:\(totals[.skip]) error:\(errors)"),
        ]
    }

    private mutating func line(_ status: String, _ name: String, _ text: String = "") -> String {
        number += 1
        return "\(status) \(number) \(name)" + (text.isEmpty ? "" : " # \(text.hashless)")
    }

    private func note(_ text: String) -> String { "# \(text.hashless)".trimmedAtEnd }

    private func note(_ name: String, _ text: String) -> String { note("\(name): \(text)") }

    private func report(_ result: ScenarioResult, _ name: String) -> [String] {
        FailureReport(result: result, width: 100, simulation: simulation)
            .lines.map { note(name, $0) }
    }

    /// A description may not contain `#`; `%23` keeps two names apart that differ only in it.
    private mutating func takeName(_ name: String) -> String {
        names.take(name, as: name.hashless.resultName)
    }
}

extension String {
    /// One line, nothing in it to obey, and no `#`: readers disagree on whether the first or the
    /// last one on a line begins the directive.
    fileprivate var hashless: String {
        printable.split(separator: "#", omittingEmptySubsequences: false).joined(separator: "%23")
    }
}
