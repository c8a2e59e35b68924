public import Verdicts

/// The formats in which a run can be written; the raw values are those of `--format`
/// (the article “reports”).
public enum OutputFormat: String, Sendable, CaseIterable {
    /// For people at a terminal.
    case text
    /// KTAP version 1, for kselftest runners and KernelCI.
    case ktap
    /// TAP version 14, for the harnesses of other test suites.
    case tap
    /// JUnit XML, for GitLab, Jenkins and GitHub.
    case junit
    /// Markdown, for the summary of a GitHub Actions job and for mails.
    case markdown
    /// Workflow commands and plain lines, for the log of a GitHub Actions step.
    case github
    /// A submission to KCIDB, the database of the kernel's CI systems.
    case kcidb
    /// Signals on the console of a device in a LAVA lab.
    case lava
    /// The results of a tmt test, which Testing Farm and Packit read.
    case tmt
    /// The `run` document of the JSON promise.
    case json
    /// What is in that document, a line at a time.
    case jsonl

    /// A recorder for one run; it is used up when it has seen `ended`.
    public func makeRecorder(options: RecorderOptions = RecorderOptions()) -> any Recorder {
        switch self {
        case .text: TextRecorder(options: options.text)
        case .ktap: KTAPRecorder(omitsVersion: options.omitsKTAPVersion)
        case .tap: TAPRecorder()
        case .junit: JUnitRecorder(hostName: options.hostName, startTime: options.startTime)
        case .markdown: MarkdownRecorder()
        case .github: GitHubRecorder()
        case .kcidb:
            KCIDBRecorder(options.kcidb, startTime: options.startTime, groups: options.groups)
        case .lava: LAVARecorder()
        case .tmt: TMTRecorder(groups: options.groups)
        case .json: JSONRecorder()
        case .jsonl: JSONLinesRecorder()
        }
    }
}

/// What recorders are told beside the events. Time, environment and terminal are looked at by
/// the caller, so that a recorder's output depends on its input alone.
public struct RecorderOptions: Equatable, Sendable {
    public var text = TextOptions()
    /// Set when `KSFT_TAP_LEVEL` is in the environment: the outer runner has written the version
    /// line already (reports §2).
    public var omitsKTAPVersion = false
    /// JUnit's `hostname`; left out when nil.
    public var hostName: String?
    /// When the run began, ISO 8601 in UTC without a zone: `2026-11-22T12:00:00`. JUnit's
    /// `timestamp` and KCIDB's `start_time`; left out when nil.
    public var startTime: String?
    /// The groups of the scenarios by their names, for those that never ran.
    public var groups: [String: String] = [:]
    /// Who reports what to KCIDB. A caller that is not told it writes no such report.
    public var kcidb = KCIDBIdentity(origin: "unknown", build: "unknown:unknown", run: "run")

    public init() {}
}

/// What the terminal shows: independent switches rather than a level, so that any mixture can
/// be asked for (reports §1).
public struct TextOptions: Equatable, Sendable {
    /// Backend, design, assumptions and seed before the first scenario.
    public var showHeader = true
    public var showPassed = true
    /// Passes that show a known hazard of the design.
    public var showHazards = true
    /// The steps that led to a hazard, under its line.
    public var showHazardSteps = false
    public var showFailed = true
    public var showSkipped = true
    public var showTimedOut = true
    public var showErrors = true
    /// The full report under a scenario that did not pass; else its reason and rerun command.
    public var showReports = true
    /// Wall-clock time behind each scenario's counts.
    public var showDurations = false
    /// Counts, all scenarios that did not pass, grouped skips.
    public var showFinal = true
    /// What to go on with. With it the end is a first screen, which begins with what was found;
    /// without it, it is for somebody who has seen every scenario.
    public var next: [Suggestion]?
    public var colour = false
    /// Columns of the terminal; text is wrapped or shortened to it, commands never are.
    public var width = 80
    /// Columns kept for names. Names are not known in advance, the caller may know the longest.
    public var nameWidth = 24

    public init() {}
}
