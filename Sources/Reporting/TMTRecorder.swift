public import Verdicts

/// Writes a run as the `results.yaml` of a tmt test with `result: custom` (reports §15).
///
/// - tmt takes what it finds for all that there is. So the document is written at the end: a run
///   that dies leaves none, which is an error to tmt, and not the passes before.
/// - A known hazard is a `pass` with a note: `warn` counts as a failure. What states nothing that
///   could be judged is `info`, a soft pass.
/// - A duration has whole seconds, so the exact one is in the note.
public struct TMTRecorder: Recorder {
    private let groups: [String: String]
    private var simulation: String?
    private var names = UniqueNames(before: "-", after: "")
    private var results: [JSONText] = []

    /// - Parameter groups: those of the scenarios, by their names.
    public init(groups: [String: String] = [:]) {
        self.groups = groups
    }

    public mutating func record(
        _ event: RunEvent, write: (String) throws -> Void
    ) rethrows {
        switch event {
        case .began(let header): simulation = header.simulation
        case .scenarioBegan: break
        case .scenarioEnded(let result): add(result)
        case .ended(_, let unfinished):
            for name in unfinished {
                add(
                    name, group: groups.group(of: name), result: "error",
                    ["not run or not finished"])
            }
            try write(JSONText.array(results).yaml.map { $0 + "\n" }.joined())
        }
    }

    private mutating func add(_ result: ScenarioResult) {
        let time = result.verdict == .skip ? [] : ["\(secondsText(result.duration)) s"]
        add(
            result.name, group: result.group, result: result.tmtResult,
            notes(result) + time + (result.isBad ? ["rerun: \(result.rerun)"] : []),
            duration: result.verdict == .skip ? nil : Self.clock(result.duration))
    }

    private func notes(_ result: ScenarioResult) -> [String] {
        if result.verdict == .skip { return [result.gist] }
        let reason = result.isBad ? [result.reason] : []
        return reason + result.account
    }

    private mutating func add(
        _ name: String, group: String?, result: String, _ notes: [String], duration: String? = nil
    ) {
        let parts = (group?.nameParts ?? []) + name.nameParts
        results.append([
            "name": .string("/" + names.next(parts.joined(separator: "/"))),
            "result": .string(result),
            "note": .strings(notes + (simulation.map { [$0] } ?? [])),
            "duration": duration.map { .string($0) },
        ])
    }

    /// `00:00:09`.
    private static func clock(_ seconds: Double) -> String {
        let bounded = seconds.isFinite ? min(max(seconds, 0), 1e9) : 0
        let whole = Int(bounded.rounded())
        return [whole / 3600, whole / 60 % 60, whole % 60].map { number in
            number < 10 ? "0\(number)" : "\(number)"
        }.joined(separator: ":")
    }
}

extension ScenarioResult {
    fileprivate var tmtResult: String {
        switch outcome.verdict {
        case .pass: "pass"
        case .shown: "info"
        case .fail: "fail"
        case .skip: "skip"
        case .timeout, .error: "error"
        }
    }
}
