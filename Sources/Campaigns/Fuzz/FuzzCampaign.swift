internal import InterruptModel
package import Lockstep
internal import Scenarios
package import Verdicts

/// Runs random scenarios in lockstep and makes the smallest reproducer of what differs.
package struct FuzzCampaign {
    private let options: FuzzOptions
    private let lockstep: Lockstep

    package init(_ options: FuzzOptions) {
        self.options = options
        var lockstep = LockstepOptions(
            design: options.design, irqchip: options.irqchip, kind: options.kind)
        lockstep.judges = false
        lockstep.strict = options.isStrict
        lockstep.kernelRules = options.kernelRules
        lockstep.isStopped = options.isStopped
        self.lockstep = Lockstep(lockstep)
    }

    /// Why no EOI can be seen in runs on this backend, where that is so.
    package static func reasonForNoEOIs(
        _ options: FuzzOptions, _ backend: any Backend
    ) -> String? {
        let setup = MachineSetup(kind: options.kind, irqchip: options.irqchip)
        return backend.hidden(on: setup).first { $0.field == .eoiExits }?.reason
    }

    /// What became of one run.
    package enum Outcome: Sendable {
        case agreed(Compared)
        case differs(FuzzDifference)
        /// The backend cannot run it.
        case skipped(String)
        /// The backend failed, when so much had been compared.
        case failed(String, Compared)
        case interrupted
    }

    /// Runs number `run` of the campaign.
    package func run(_ run: UInt64, on backend: inout any Backend) -> Outcome {
        let scenario = FuzzGenerator(options: options, backend: backend).scenario(run)
        let outcome = lockstep.run(scenario, on: &backend)
        if outcome.isInterrupted { return .interrupted }
        switch outcome.verdict {
        case .pass, .shown: return .agreed(outcome.compared)
        case .skip: return .skipped(outcome.skip?.reason ?? "no reason given")
        case .error, .timeout:
            return .failed(outcome.failure ?? "no reason given", outcome.compared)
        case .fail:
            let difference = FuzzDifference(outcome, of: scenario, run: run)
            return difference.map { .differs($0) } ?? .failed("no mismatch", outcome.compared)
        }
    }

    /// Shrinks what differs, and runs what has come of it again, as it stands in its file.
    package func finding(
        of difference: FuzzDifference, on backend: inout any Backend
    ) -> FuzzFinding {
        var shrinker = Shrinker(difference, lockstep, options)
        shrinker.shrink(on: &backend)
        var small = shrinker.scenario
        state(shrinker.broken, in: &small, but: difference.fingerprint.field)
        var repeats = 0
        var reproduced = 0
        let text = ScenarioWriter.text(of: small)
        let written = try? ScenarioLoader.load(Array(text.utf8), file: small.name).first
        while repeats < options.repeats, !options.isStopped() {
            repeats += 1
            // A text that nobody can read back shows nothing.
            guard let written else { continue }
            let outcome = lockstep.run(written, on: &backend)
            if Fingerprint(outcome) == difference.fingerprint { reproduced += 1 }
        }
        return FuzzFinding(
            run: difference.run, scenario: small,
            originalLength: difference.scenario.actions.count, reproduced: reproduced,
            repeats: repeats, mismatch: shrinker.mismatch)
    }

    /// Has a scenario say which invariants break in it before it comes to what was found, or `run`
    /// would take the first of them for the mismatch.
    private func state(_ broken: [String], in scenario: inout Scenario, but field: String) {
        guard !options.isStrict else { return }
        let names = broken.filter { $0 != field }
        let invariants = InvariantSet(names.compactMap(Invariant.init(name:)))
        guard !invariants.isEmpty else { return }
        let name = options.kind == .plain ? Scenario.plainDesign : options.design.name
        scenario.hazards = [name: invariants]
        if invariants.contains(InvariantSet(.memorySafety)) { scenario.danger = .host }
    }
}
