internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// What a campaign, or its shard, has come to.
struct FuzzReport {
    let seed: UInt64
    let backend: String
    let irqchip: String
    let design: String
    let steps: Int
    let runs: Int
    let shard: Shard
    let isHostile: Bool
    let changesRoutes: Bool
    /// Runs that were performed.
    private(set) var performed = 0
    private(set) var compared = Compared()
    /// The first finding of each fingerprint.
    private(set) var findings: [FuzzFinding] = []
    /// How many runs showed a fingerprint that was known already.
    private(set) var duplicates = 0
    /// Runs that could not be judged, by their reason.
    private(set) var failures: [String: Int] = [:]
    private(set) var firstFailure: (run: UInt64, reason: String)?
    var isInterrupted = false

    init(
        seed: UInt64, backend: String, irqchip: String, design: String, steps: Int, runs: Int,
        shard: Shard, isHostile: Bool, changesRoutes: Bool
    ) {
        self.seed = seed
        self.backend = backend
        self.irqchip = irqchip
        self.design = design
        self.steps = steps
        self.runs = runs
        self.shard = shard
        self.isHostile = isHostile
        self.changesRoutes = changesRoutes
    }

    mutating func add(_ more: Compared) {
        performed += 1
        compared += more
    }

    mutating func add(failure reason: String, ofRun run: UInt64) {
        performed += 1
        failures[reason, default: 0] += 1
        if firstFailure == nil { firstFailure = (run, reason) }
    }

    /// - Returns: whether it is new.
    mutating func add(_ finding: FuzzFinding) -> Bool {
        performed += 1
        guard !findings.contains(where: { $0.fingerprint == finding.fingerprint }) else {
            duplicates += 1
            return false
        }
        findings.append(finding)
        return true
    }

    var status: ExitStatus {
        if isInterrupted { return .interrupted }
        if !findings.isEmpty { return .failed }
        if compared.steps == 0, failures.keys.allSatisfy({ $0.hasPrefix("skipped") }) {
            return .nothingRan
        }
        return failures.isEmpty ? .passed : .internalError
    }

    // MARK: - Text

    var heading: String {
        "\(Tool.name)\nseed     \(seed)\n"
            + "backend  \(backend), irqchip \(irqchip), design \(design)\n"
            + "runs     \(runs) of \(steps) steps, shard \(shard.number)/\(shard.count)"
            + (isHostile ? ", hostile guests" : "") + (changesRoutes ? ", changing routes" : "")
            + "\n"
    }

    func text(of finding: FuzzFinding, file: String?) -> String {
        var text = "\n\(finding.fingerprint.code.rawValue) in \(finding.fingerprint.field), run "
            + "\(finding.run): \(finding.scenario.steps.count) steps of \(finding.originalLength), "
            + "\(finding.reproduced) of \(finding.repeats) runs reproduce it\n"
        if let first = finding.mismatch?.first {
            text += "  expected \(first.expected), observed \(first.observed)\n"
        }
        for line in ScenarioWriter.text(of: finding.scenario).split(separator: "\n") {
            text += "  | \(line)\n"
        }
        if let file {
            text += "  again: savic-eoi run \(file) --backend \(backend) --design \(design)\n"
        }
        return text
    }

    var summary: String {
        var text = "\n\(performed) runs, compared \(compared.steps) steps, "
            + "\(compared.fields) fields, \(compared.eois) EOIs: "
        text += findings.isEmpty
            ? "no difference from the model\n"
            : "\(findings.count) different findings, \(duplicates) runs show them again\n"
        for (reason, count) in failures.sorted(by: { $0.key < $1.key }) {
            text += "\(count) runs without a result: \(reason)\n"
        }
        if isInterrupted { text += "interrupted\n" }
        return text
    }

    // MARK: - JSON

    var document: JSONText {
        [
            "schemaVersion": .int(1),
            "tool": .string(Tool.name),
            "host": .object(HostReport.list.map { JSONText.Member($0.name, .string($0.value)) }),
            "seed": .string("\(seed)"),
            "backend": .string(backend),
            "irqchip": .string(irqchip),
            "design": .string(design),
            "steps": .int(steps),
            "runs": .int(runs),
            "hostile": .bool(isHostile),
            "routes": .bool(changesRoutes),
            "shard": ["number": .int(shard.number), "count": .int(shard.count)],
            "performed": .int(performed),
            "compared": [
                "steps": .int(compared.steps), "fields": .int(compared.fields),
                "eois": .int(compared.eois),
            ],
            "findings": .array(findings.map(entry)),
            "duplicates": .int(duplicates),
            "failures": .object(
                failures.sorted { $0.key < $1.key }.map {
                    JSONText.Member($0.key, .int($0.value))
                }),
            "interrupted": .bool(isInterrupted),
        ]
    }

    private func entry(_ finding: FuzzFinding) -> JSONText {
        [
            "run": .string("\(finding.run)"),
            "code": .string(finding.fingerprint.code.rawValue),
            "field": .string(finding.fingerprint.field),
            "steps": .int(finding.scenario.steps.count),
            "originalSteps": .int(finding.originalLength),
            "reproduced": .int(finding.reproduced),
            "repeats": .int(finding.repeats),
            "scenario": .string(ScenarioWriter.text(of: finding.scenario)),
        ]
    }
}
