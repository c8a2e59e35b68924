import KVMHost

/// A report of a campaign's shard that is right except for what a test makes of it.
struct SampleReport: Sendable {
    /// A finding and the steps of its reproducer.
    struct Finding: Sendable {
        var run: Int
        var code = "STATE"
        var field = "IRR"
        var steps = ["assert 2", "run"]

        fileprivate var text: String {
            let scenario = [
                "name: fuzz-7-\(run)", "summary: a line", "source: a test", "groups: [found]",
                "machine:", "  pins:", "    - {pin: 2, vector: 0x31}", "steps:",
            ]
            let text = (scenario + steps.map { "  - \($0)" }).map { $0 + "\\n" }.joined()
            return """
                {"run": \(run), "code": "\(code)", "mismatch": {"step": 1, "differences": [
                 {"field": "\(field)", "expected": "0x31", "observed": "none", "before": ""}],
                 "history": [], "omittedSteps": 0}, "steps": \(steps.count), "originalSteps": 24,
                 "reproduced": 10, "repeats": 10, "scenario": "\(text)"}
                """
        }
    }

    /// From 1, of three with ten runs: 4, 3 and 3.
    var shard = 1
    var performed: Int?
    var steps = 96
    var host = "6.19.0"
    var findings: [Finding] = []
    var duplicates = 0
    var failures: [String: Int] = [:]
    var isInterrupted = false

    /// Line 5 is the seed.
    var text: String {
        """
        {
          "schemaVersion": 2,
          "tool": {"version": "0.1.0"},
          "host": {"kernel": "\(host)", "cpu": "one"},
          "seed": 7,
          "backend": "emulator",
          "irqchip": "split",
          "design": "rfc-v2",
          "steps": 24,
          "runs": 10,
          "hostile": false,
          "routes": false,
          "strict": false,
          "shard": {"number": \(shard), "count": 3},
          "performed": \(performed ?? (shard == 1 ? 4 : 3)),
          "compared": {"steps": \(steps), "fields": \(steps * 10), "eois": \(steps / 10)},
          "findings": [\(findings.map(\.text).joined(separator: ",\n"))],
          "duplicates": \(duplicates),
          "failures": {\(failures.map { "\"\($0)\": \($1)" }.joined(separator: ", "))},
          "interrupted": \(isInterrupted)
        }

        """
    }
}

extension [SampleReport] {
    /// Writes each to a file of its own: `1.json` and so on.
    /// - Returns: their paths.
    func written(to folder: Folder) throws -> [String] {
        try enumerated().map { try folder.write($1.text, to: "\($0 + 1).json") }
    }
}
