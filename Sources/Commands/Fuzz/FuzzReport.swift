internal import Lockstep
internal import Scenarios
internal import Verdicts

/// What a campaign, or its shard, has come to.
struct FuzzReport {
    let settings: FuzzSettings
    let shard: Shard
    let host: [(name: String, value: String)]
    /// Runs that were performed.
    private(set) var performed = 0
    private(set) var compared = Compared()
    /// One finding of each fingerprint, by its run.
    private(set) var findings: [ReportedFinding] = []
    /// How many runs showed a fingerprint that was known already.
    private(set) var duplicates = 0
    /// Runs that could not be judged, by their reason.
    private(set) var failures: [String: Int] = [:]
    var isInterrupted = false

    init(settings: FuzzSettings, shard: Shard, host: [(name: String, value: String)]) {
        self.settings = settings
        self.shard = shard
        self.host = host
    }

    mutating func add(_ more: Compared) {
        performed += 1
        compared += more
    }

    mutating func add(failure reason: String) {
        performed += 1
        failures[reason, default: 0] += 1
    }

    /// - Returns: whether it is new.
    mutating func add(_ finding: ReportedFinding) -> Bool {
        performed += 1
        guard !findings.contains(where: { $0.fingerprint == finding.fingerprint }) else {
            duplicates += 1
            return false
        }
        findings.append(finding)
        return true
    }

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
        if compared.steps == 0, failures.keys.allSatisfy({ $0.hasPrefix("skipped") }) {
            return .nothingRan
        }
        return failures.isEmpty ? .passed : .internalError
    }

    var status: ExitStatus { isInterrupted ? .interrupted : outcome }
}

extension ReportedFinding {
    init(_ finding: FuzzFinding) {
        let difference = finding.mismatch?.first
        self.init(
            run: finding.run,
            fingerprint: Fingerprint(
                code: finding.fingerprint.code.rawValue, field: finding.fingerprint.field),
            expected: difference?.expected, observed: difference?.observed,
            originalLength: finding.originalLength, reproduced: finding.reproduced,
            repeats: finding.repeats, scenario: finding.scenario)
    }

    /// Whether its reproducer is the one to keep: the shorter one, and of two as short the one of
    /// the earlier run.
    fileprivate func isHandier(than other: ReportedFinding) -> Bool {
        (scenario.steps.count, run) < (other.scenario.steps.count, other.run)
    }
}
