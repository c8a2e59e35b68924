internal import Campaigns
internal import Reporting
internal import Scenarios
internal import Verdicts

/// A campaign for programs; `FuzzReportFile` reads it.
extension FuzzReport {
    /// - Parameter merged: of which shards it is merged, if it is.
    func document(merged: JSONText? = nil) -> JSONText {
        .document(
            by: settings.tool, on: host,
            [
                "seed": .unsigned(settings.seed),
                "backend": .string(settings.backend.rawValue),
                "simulatedBy": settings.simulatedBy.map { .string($0) },
                "irqchip": .string(settings.irqchip),
                "design": .string(settings.design),
                "kernelRules": settings.kernelRules.isEmpty ? nil : .string(settings.kernelRules),
                "steps": .int(settings.steps),
                "runs": .int(settings.runs),
                "hostile": .bool(settings.isHostile),
                "routes": .bool(settings.changesRoutes),
                "vcpus": .int(settings.vcpus),
                "strict": .bool(settings.isStrict),
                "shard": ["number": .int(shard.number), "count": .int(shard.count)],
                "merged": merged,
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
            ])
    }

    private func entry(_ finding: FuzzFinding) -> JSONText {
        [
            "run": .unsigned(finding.run),
            "code": .string(finding.fingerprint.code.rawValue),
            "field": .string(finding.fingerprint.field),
            "mismatch": finding.mismatch.json,
            "steps": .int(finding.scenario.steps.count),
            "originalSteps": .int(finding.originalLength),
            "reproduced": .int(finding.reproduced),
            "repeats": .int(finding.repeats),
            "scenario": .string(ScenarioWriter.text(of: finding.scenario)),
        ]
    }
}
