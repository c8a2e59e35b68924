internal import Lockstep
internal import Scenarios
package import Verdicts

/// What a campaign, or its shard, has come to.
package struct FuzzReport {
    package let settings: FuzzSettings
    package let shard: Shard
    package let host: [(name: String, value: String)]
    /// Runs that were performed.
    package private(set) var performed = 0
    package private(set) var compared = Compared()
    /// One finding of each fingerprint, by its run.
    package private(set) var findings: [FuzzFinding] = []
    /// How many runs showed a fingerprint that was known already.
    package private(set) var duplicates = 0
    /// Runs that could not be judged, by their reason.
    package private(set) var failures: [String: Int] = [:]
    package var isInterrupted = false
    /// Why no EOI can be seen on this backend, where that is so.
    package var hidesEOIs: String?

    package init(settings: FuzzSettings, shard: Shard, host: [(name: String, value: String)]) {
        self.settings = settings
        self.shard = shard
        self.host = host
    }

    mutating func add(_ more: Compared) {
        performed += 1
        compared += more
    }

    /// Adds a run that the backend cannot do.
    mutating func add(skip reason: String) { add(failure: Self.skipped + reason, Compared()) }

    mutating func add(failure reason: String, _ more: Compared) {
        add(more)
        failures[reason, default: 0] += 1
    }

    /// Begins the reasons of runs that were skipped.
    private static let skipped = "skipped: "

    /// Adds a run that differs.
    /// - Returns: whether nothing like it is known yet.
    mutating func add(_ difference: FuzzDifference) -> Bool {
        add(difference.compared)
        let isKnown = findings.contains { $0.fingerprint == difference.fingerprint }
        if isKnown { duplicates += 1 }
        return !isKnown
    }

    /// Adds what has come of a run that differs.
    mutating func add(_ finding: FuzzFinding) { findings.append(finding) }

    /// Adds what a shard of the same campaign has come to. The order of the shards leaves no trace.
    mutating func add(_ part: FuzzReportFile) {
        performed += part.performed
        compared += Compared(steps: part.steps, fields: part.fields, eois: part.eois)
        duplicates += part.duplicates
        failures.merge(part.failures, uniquingKeysWith: +)
        isInterrupted = isInterrupted || part.isInterrupted
        for finding in part.findings {
            let known = findings.firstIndex { $0.fingerprint == finding.fingerprint }
            guard let known else {
                findings.append(finding)
                continue
            }
            duplicates += 1
            if finding.isHandier(than: findings[known]) { findings[known] = finding }
        }
        findings.sort { $0.run < $1.run }
    }

    /// What its runs say, were it interrupted or not.
    var outcome: ExitStatus {
        if !findings.isEmpty { return .failed }
        guard failures.keys.allSatisfy({ $0.hasPrefix(Self.skipped) }) else {
            return .internalError
        }
        return compared.steps == 0 ? .nothingRan : .passed
    }

    package var status: ExitStatus { isInterrupted ? .interrupted : outcome }
}

extension FuzzFinding {
    /// Whether its reproducer is the one to keep: the shorter one, and of two as short the one of
    /// the earlier run.
    fileprivate func isHandier(than other: FuzzFinding) -> Bool {
        (scenario.steps.count, run) < (other.scenario.steps.count, other.run)
    }
}
