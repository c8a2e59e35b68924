public import Verdicts

/// Writes a run as the signals that LAVA reads off a device's console (reports §14): each
/// scenario runs between two, and a third has what came of it and the seconds that it took.
///
/// - A job in which an id comes twice is an error to LAVA, so every id is one of its own; and what
///   has a blank, a `=` or a `>` in it cannot be read.
/// - The report of what did not pass stands between the ends, where LAVA's page of the result links
///   to. No line of it is a signal.
/// - What went wrong in the tool, took too long or was kept from running is a failure: LAVA's
///   `unknown` is for what states nothing that could be judged, and makes no job fail.
public struct LAVARecorder: Recorder {
    private var names = AnnouncedNames(UniqueNames(before: "-", after: ""))
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
            return ([header.tool.name] + header.facts.map { "\($0.name): \($0.value)" })
                .map(Self.plain)
        case .scenarioBegan(let name):
            return ["<LAVA_SIGNAL_STARTTC \(names.announce(name, as: name.lavaName))>"]
        case .scenarioEnded(let result):
            return ended(result)
        case .ended(let totals, let unfinished):
            return unfinished.map { name in
                Self.signal(names.take(name, as: name.lavaName), "fail")
            } + [
                Self.plain(totals.sentence(place: simulation)),
                Self.plain(totals.counts(hazards: hazardous, unfinished: unfinished.count)),
            ]
        }
    }

    private mutating func ended(_ result: ScenarioResult) -> [String] {
        if result.isHazard { hazardous += 1 }
        let id = names.take(result.name, as: result.name.lavaName)
        let seconds = result.verdict == .skip ? nil : secondsText(result.duration)
        return about(result).map(Self.plain) + [
            "<LAVA_SIGNAL_ENDTC \(id)>",
            Self.signal(id, result.lavaResult, seconds: seconds),
        ]
    }

    private func about(_ result: ScenarioResult) -> [String] {
        let line = "\(result.word): \(result.gist)"
        guard result.isBad else { return [line] + (simulation.map { [$0] } ?? []) }
        let report = FailureReport(result: result, width: 100, simulation: simulation)
        return [line] + report.lines
    }

    private static func signal(_ id: String, _ result: String, seconds: String? = nil) -> String {
        let measured = seconds.map { " UNITS=seconds MEASUREMENT=\($0)" } ?? ""
        return "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=\(id) RESULT=\(result)\(measured)>"
    }

    /// A line in which LAVA finds nothing: all that it looks for begins with `<LAVA_`.
    private static func plain(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.printable.unicodeScalars {
            if scalar == "L", line.last == "<" { line.append(" ") }
            line.append(scalar)
        }
        return String(line)
    }
}

extension String {
    /// `level-basic`, `level-basic.kernel`.
    fileprivate var lavaName: String { nameParts.joined(separator: ".") }
}

extension ScenarioResult {
    fileprivate var lavaResult: String {
        switch outcome.verdict {
        case .pass: "pass"
        case .shown: "unknown"
        case .skip: "skip"
        case .fail, .timeout, .error: "fail"
        }
    }
}
