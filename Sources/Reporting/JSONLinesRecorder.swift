public import Verdicts

/// Writes a run as JSON lines (reports §16): an object on each line as soon as it is known,
/// so that a program can follow a run, and has what was found where the tool dies.
///
/// The lines hold what the one document of `JSONRecorder` holds, member by member.
public struct JSONLinesRecorder: Recorder {
    public init() {}

    public mutating func record(
        _ event: RunEvent, write: (String) throws -> Void
    ) rethrows {
        try write(Self.line(event).compact + "\n")
    }

    private static func line(_ event: RunEvent) -> JSONText {
        switch event {
        case .began(let header): header.json
        case .scenarioBegan(let name): ["begin": .string(name)]
        case .scenarioEnded(let result): result.json
        case .ended(let totals, let unfinished):
            ["unfinished": .strings(unfinished), "totals": totals.json]
        }
    }
}
