/// What is true of the whole run: printed first, embedded in every report.
public struct RunHeader: Equatable, Sendable {
    /// What is said of an axis, and of the design, that the run leaves to each scenario.
    public static let open = "as each scenario says"

    public var tool: Tool
    /// Facts about this host in a fixed order: kernel, CPU, modules.
    public var host: [(name: String, value: String)]
    public var backend: BackendKind
    /// Who plays the hardware that a backend of this kind ordinarily has; nil where nobody does.
    public var simulatedBy: String?
    /// Why this backend was taken.
    public var backendReason: String
    /// `split`, `kernel` or `both`.
    public var irqchip: String
    /// Name of the EOI design under test, or `open`.
    public var design: String
    /// The axes in a fixed order: `page-tmr`, …, `guest-eoi`; nil where the run leaves one to each
    /// scenario.
    public var assumptions: [(name: String, value: String?)]
    /// What the kernel is taken to do that not every kernel does, and where that is known from;
    /// empty where nobody asked.
    public var kernelRules: String
    /// How many scenarios are going to be reported.
    public var planned: Int
    /// Which of how many equal parts of what was asked for this run is; nil where it is all.
    public var shard: (number: Int, count: Int)?
    /// Whether a hazard that the design is known to have counts as a failure.
    public var strict: Bool
    /// Whether the scenarios run under the axes that they state their hazards for. Otherwise
    /// hazards are shown, but nobody has announced them.
    public var isJudged: Bool

    public init(
        tool: Tool, host: [(name: String, value: String)], backend: BackendKind,
        simulatedBy: String? = nil, backendReason: String, irqchip: String, design: String,
        assumptions: [(name: String, value: String?)], kernelRules: String = "", planned: Int,
        shard: (number: Int, count: Int)? = nil, strict: Bool = false, isJudged: Bool = true
    ) {
        self.tool = tool
        self.host = host
        self.backend = backend
        self.simulatedBy = simulatedBy
        self.backendReason = backendReason
        self.irqchip = irqchip
        self.design = design
        self.assumptions = assumptions
        self.kernelRules = kernelRules
        self.planned = planned
        self.shard = shard
        self.strict = strict
        self.isJudged = isJudged
    }

    /// The backend for people.
    public var shownBackend: String { backend.shown(simulatedBy: simulatedBy) }

    public static func == (one: RunHeader, other: RunHeader) -> Bool {
        one.tool == other.tool && one.backend == other.backend
            && one.simulatedBy == other.simulatedBy && one.backendReason == other.backendReason
            && one.irqchip == other.irqchip && one.design == other.design
            && one.kernelRules == other.kernelRules && one.planned == other.planned
            && one.strict == other.strict && one.isJudged == other.isJudged
            && one.shard?.number == other.shard?.number && one.shard?.count == other.shard?.count
            && one.host.elementsEqual(other.host, by: ==)
            && one.assumptions.elementsEqual(other.assumptions, by: ==)
    }
}

/// What became of one scenario.
public struct ScenarioOutcome: Equatable, Sendable {
    public var verdict: Verdict
    /// The kind of machine that it ran on, `secure` or `plain`; empty where it did not run.
    public var machine = ""
    public var compared: Compared
    /// Names of the invariants that the design under test is known to violate here, and did.
    public var hazards: [String]
    /// What was done, oldest first, as many steps as are kept: up to the last hazard, or all where
    /// the run could not go on, has nothing to judge, or is a replay. A mismatch has its own.
    public var steps: [HistoryLine] = []
    public var mismatch: Mismatch?
    public var skip: Skip?
    /// What went wrong where no mismatch says it: a failed call, a malformed message.
    public var failure: String?
    /// What the backend could not see, and why.
    public var unobservable: [Unobservable]
    /// The pin whose line is stuck at the end, as the scenario says.
    public var stuck: UInt8?
    /// Why what the scenario states was judged on the model and not on the backend, if it was: on
    /// this host it goes another way than it is written.
    public var judgedOnModel: String?
    /// Ctrl-C ended it: it has no verdict of its own.
    public var isInterrupted = false

    public init(
        _ verdict: Verdict, compared: Compared = Compared(), hazards: [String] = [],
        mismatch: Mismatch? = nil, skip: Skip? = nil, failure: String? = nil,
        unobservable: [Unobservable] = []
    ) {
        self.verdict = verdict
        self.compared = compared
        self.hazards = hazards
        self.mismatch = mismatch
        self.skip = skip
        self.failure = failure
        self.unobservable = unobservable
    }
}

/// How often a scenario ran.
public struct Runs: Equatable, Sendable {
    public var asked: Int
    /// Those that came to an end.
    public var done: Int
    /// Those of them that did not pass.
    public var failed: Int

    public init(asked: Int, done: Int, failed: Int) {
        (self.asked, self.done, self.failed) = (asked, done, failed)
    }
}

/// A scenario and what became of it, which is read as if it were the result's own.
@dynamicMemberLookup
public struct ScenarioResult: Equatable, Sendable {
    public var name: String
    public var summary: String
    /// First group of the scenario: JUnit's classname and the heading in lists.
    public var group: String
    public var outcome: ScenarioOutcome
    /// Wall-clock seconds.
    public var duration: Double
    /// How often it ran; nil where once was asked for.
    public var runs: Runs?
    /// The command that runs this scenario again, alone.
    public var rerun: String
    /// The command that draws it; empty where none can.
    public var picture: String

    public init(
        name: String, summary: String, group: String, _ outcome: ScenarioOutcome,
        duration: Double, runs: Runs? = nil, rerun: String, picture: String = ""
    ) {
        self.name = name
        self.summary = summary
        self.group = group
        self.outcome = outcome
        self.duration = duration
        self.runs = runs
        self.rerun = rerun
        self.picture = picture
    }

    public subscript<Value>(dynamicMember path: KeyPath<ScenarioOutcome, Value>) -> Value {
        outcome[keyPath: path]
    }
}

/// The sums at the end of a run.
public struct Totals: Equatable, Sendable {
    public private(set) var counts: [Verdict: Int] = [:]
    /// Scenarios that passed and showed a known hazard of the design.
    public private(set) var hazardous = 0
    public private(set) var compared = Compared()
    /// Wall-clock seconds of all scenarios.
    public private(set) var seconds = 0.0

    public init() {}

    public mutating func add(_ result: ScenarioResult) {
        counts[result.verdict, default: 0] += 1
        if !result.hazards.isEmpty { hazardous += 1 }
        compared += result.compared
        seconds += result.duration
    }

    public subscript(verdict: Verdict) -> Int { counts[verdict, default: 0] }

    /// All scenarios that were reported.
    public var total: Int { counts.values.reduce(0, +) }
}

/// The event stream that every recorder reads. Order: `began`, then for each scenario
/// `scenarioBegan` and `scenarioEnded`, then `ended` exactly once, also after an interruption.
public enum RunEvent: Sendable {
    case began(RunHeader)
    /// Written before the body runs, so that a death in the middle is still a named failure.
    case scenarioBegan(name: String)
    case scenarioEnded(ScenarioResult)
    /// `unfinished` names what an interruption or a spent budget kept from running.
    case ended(Totals, unfinished: [String])
}

/// What a run means to the caller's shell (command-line §5).
public enum ExitStatus: Int32, Sendable, CaseIterable {
    case passed = 0
    case failed = 1
    case nothingRan = 4
    case usage = 64
    case badInput = 65
    case noInput = 66
    case internalError = 70
    case cannotCreate = 73
    case cannotWrite = 74
    case budgetSpent = 75
    case interrupted = 130

    /// The status of a finished run; the worst verdict wins.
    /// - Parameters:
    ///   - interrupted: whether a signal ended it.
    ///   - budgetSpent: whether something did not run for want of time.
    public init(of totals: Totals, interrupted: Bool = false, budgetSpent: Bool = false) {
        self =
            if interrupted {
                .interrupted
            } else if totals[.error] > 0 {
                .internalError
            } else if totals[.fail] > 0 || totals[.timeout] > 0 {
                .failed
            } else if budgetSpent {
                .budgetSpent
            } else if totals[.pass] + totals[.shown] == 0 {
                .nothingRan
            } else {
                .passed
            }
    }

    /// The worse of two; the codes are in that order.
    public func worse(_ other: ExitStatus) -> ExitStatus {
        rawValue < other.rawValue ? other : self
    }
}
