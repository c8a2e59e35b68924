internal import ArgumentParser
internal import Reporting

/// A part of a run's text, as `--show` names it.
enum TextPart: String, CaseIterable, Sendable {
    case header, passed, hazards, steps, failed, skipped, reports, durations, final

    /// The switch for it.
    var option: WritableKeyPath<TextOptions, Bool> {
        switch self {
        case .header: \.showHeader
        case .passed: \.showPassed
        case .hazards: \.showHazards
        case .steps: \.showHazardSteps
        case .failed: \.showFailed
        case .skipped: \.showSkipped
        case .reports: \.showReports
        case .durations: \.showDurations
        case .final: \.showFinal
        }
    }
}

/// `passed,durations`: what the text of a run is to show, and nothing else.
struct TextParts: ExpressibleByArgument, Sendable {
    private let parts: Set<TextPart>

    init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false)
        let parts = words.compactMap { TextPart(rawValue: String($0)) }
        guard parts.count == words.count else { return nil }
        self.parts = Set(parts)
    }

    static var allValueStrings: [String] { TextPart.allCases.map(\.rawValue) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }

    var defaultValueDescription: String {
        parts.map(\.rawValue).sorted().joined(separator: ",")
    }

    func apply(to options: inout TextOptions) {
        for part in TextPart.allCases { options[keyPath: part.option] = parts.contains(part) }
        // What ran out of time, or could not be done, did not pass either.
        options.showTimedOut = options.showFailed
        options.showErrors = options.showFailed
        options.next = nil
    }
}
