internal import AgentFace

/// Runs the probes one after the other, each as often as asked for, and each by itself.
struct ProbeSeries {
    let options: CharacterizeOptions
    let bench: ProbeBench
    /// What runs in the guests.
    let agent: AgentImage

    /// Guests that die, or that never come up, cost the host more than others and tell the same
    /// each time.
    static let mostFailures = 3

    func run() -> Characterization {
        var found = Characterization(findings: [])
        for probe in Probe.all where options.names?.contains(probe.name) ?? true {
            guard !options.isStopped() else {
                found.isInterrupted = true
                break
            }
            let finding = run(probe, &found.isInterrupted)
            if finding.runs > 0 { found.findings.append(finding) }
        }
        return found
    }

    private func run(_ probe: Probe, _ isInterrupted: inout Bool) -> ProbeFinding {
        var order: [ProbeOutcome] = []
        var counts: [ProbeOutcome: Int] = [:]
        var failures = 0
        var stopped: String?
        for done in 0..<options.repeats {
            options.progress(probe.name, done)
            guard !options.isStopped(), let outcome = bench.run(probe) else {
                isInterrupted = true
                stopped = "interrupted"
                break
            }
            if counts[outcome] == nil { order.append(outcome) }
            counts[outcome, default: 0] += 1
            if outcome.kind == .death || outcome.kind == .failure { failures += 1 }
            if failures == Self.mostFailures, done + 1 < options.repeats {
                stopped = "given up after \(failures) runs that failed"
                break
            }
        }
        let ranked = order.enumerated().sorted {
            (counts[$0.element] ?? 0, $1.offset) > (counts[$1.element] ?? 0, $0.offset)
        }
        return ProbeFinding(
            name: probe.name, question: probe.question,
            digest: ProbeDigest.text(of: probe, agent), planned: options.repeats,
            outcomes: ranked.map {
                ProbeCount(outcome: $0.element, count: counts[$0.element] ?? 0)
            }, foreseen: Prediction.foreseen(probe), stopped: stopped)
    }
}
