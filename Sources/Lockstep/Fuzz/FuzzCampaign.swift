internal import InterruptModel
public import Scenarios
public import Verdicts

/// Runs random scenarios in lockstep and makes the shortest reproducer of what differs.
public struct FuzzCampaign {
    private let options: FuzzOptions
    private let lockstep: Lockstep

    public init(_ options: FuzzOptions) {
        self.options = options
        var lockstep = LockstepOptions(
            design: options.design, irqchip: options.irqchip, kind: options.kind)
        lockstep.judges = false
        lockstep.strict = options.isStrict
        self.lockstep = Lockstep(lockstep)
    }

    /// What became of one run.
    public enum Outcome: Sendable {
        case agreed(Compared)
        case found(FuzzFinding)
        /// The backend cannot run it, or failed.
        case failed(String)
        case interrupted
    }

    /// Runs number `run` of the campaign.
    public func run(_ run: UInt64, on backend: inout any Backend) -> Outcome {
        let current = backend
        let generator = FuzzGenerator(options: options) { current.actual($0) }
        let scenario = generator.scenario(run)
        let outcome = lockstep.run(scenario, on: &backend)
        if outcome.isInterrupted { return .interrupted }
        switch outcome.verdict {
        case .pass, .shown: return .agreed(outcome.compared)
        case .skip:
            return .failed(outcome.skip.map { "skipped: \($0.reason)" } ?? "skipped")
        case .error, .timeout: return .failed(outcome.failure ?? "no reason given")
        case .fail:
            guard let fingerprint = Fingerprint(outcome) else { return .failed("no mismatch") }
            return .found(shrunk(scenario, fingerprint, run, on: &backend))
        }
    }

    // MARK: - Shrinking

    private func shrunk(
        _ scenario: Scenario, _ fingerprint: Fingerprint, _ run: UInt64,
        on backend: inout any Backend
    ) -> FuzzFinding {
        func shows(_ candidate: Scenario, on backend: inout any Backend) -> Bool {
            Fingerprint(lockstep.run(candidate, on: &backend)) == fingerprint
        }
        var actions = scenario.actions
        let length = actions.count
        // Delta debugging (Zeller, Hildebrandt 2002): ever smaller pieces are left out, as long as
        // the same mismatch shows. Steps that the rest does not enable any more fall out with them.
        var pieces = 2
        while actions.count >= 2 {
            let size = (actions.count + pieces - 1) / pieces
            var start = 0
            var hasShrunk = false
            while start < actions.count {
                let end = min(start + size, actions.count)
                let rest = Array(actions[..<start] + actions[end...])
                if !rest.isEmpty, shows(scenario.with(rest), on: &backend) {
                    actions = rest
                    hasShrunk = true
                    pieces = max(2, pieces - 1)
                } else {
                    start = end
                }
            }
            if !hasShrunk {
                if size == 1 { break }
                pieces = min(actions.count, pieces * 2)
            }
        }
        var small = scenario.with(actions)
        small = withoutIdlePins(small) { shows($0, on: &backend) }
        var reproduced = 0
        for _ in 0..<options.repeats where shows(small, on: &backend) { reproduced += 1 }
        let last = lockstep.run(small, on: &backend)
        return FuzzFinding(
            run: run, fingerprint: fingerprint, scenario: small.performed(by: last),
            originalLength: length, reproduced: reproduced, repeats: options.repeats,
            mismatch: last.mismatch)
    }

    private func withoutIdlePins(
        _ scenario: Scenario, _ shows: (Scenario) -> Bool
    ) -> Scenario {
        var scenario = scenario
        for pin in scenario.setup.pins where scenario.setup.pins.count > 1 {
            var candidate = scenario
            candidate.setup.pins.removeAll { $0.pin == pin.pin }
            let mentions = scenario.actions.contains { $0.names(pin.pin) }
            if !mentions, shows(candidate) { scenario = candidate }
        }
        return scenario
    }
}

/// What makes two mismatches the same: the class and the first field that differs.
public struct Fingerprint: Hashable, Sendable {
    public let code: MismatchCode
    public let field: String

    init?(_ outcome: Lockstep.Outcome) {
        guard outcome.verdict == .fail, let mismatch = outcome.mismatch else { return nil }
        code = mismatch.code
        field = mismatch.first.field
    }
}

/// A mismatch and its smallest reproducer.
public struct FuzzFinding: Sendable {
    /// Number of the run that found it.
    public let run: UInt64
    public let fingerprint: Fingerprint
    /// The shortest scenario found that shows it.
    public let scenario: Scenario
    /// Steps before shrinking.
    public let originalLength: Int
    /// In how many of `repeats` runs the reproducer showed it.
    public let reproduced: Int
    public let repeats: Int
    public let mismatch: Mismatch?
}

extension Scenario {
    /// Its actions; a generated scenario has nothing else.
    var actions: [Action] {
        steps.compactMap { if case .action(let action, _, _) = $0 { action } else { nil } }
    }

    /// The same machine with other steps, each left out where it is not enabled.
    func with(_ actions: [Action]) -> Scenario {
        var scenario = self
        scenario.steps = actions.map { .action($0, isOptional: true, location) }
        return scenario
    }

    /// The same with the steps that were performed before the mismatch, none of them optional.
    fileprivate func performed(by outcome: Lockstep.Outcome) -> Scenario {
        guard let mismatch = outcome.mismatch, mismatch.omittedSteps == 0 else { return self }
        var rest = mismatch.history[...].map(\.text)
        var scenario = self
        scenario.steps = actions.compactMap { action in
            guard rest.first == action.spelling(in: WideSpace()) else { return nil }
            rest.removeFirst()
            return .action(action, isOptional: false, location)
        }
        return rest.isEmpty ? scenario : self
    }
}

extension Action {
    /// Whether it is about this pin.
    fileprivate func names(_ pin: UInt8) -> Bool {
        switch self {
        case .assert(let own), .reassert(let own), .deassert(let own), .assertStatus(let own),
            .irqfd(let own), .mask(let own), .unmask(let own), .rewrite(let own),
            .eoiRaising(let own):
            own == pin
        case .trigger(let own, _), .retarget(let own, _), .vector(let own, _): own == pin
        default: false
        }
    }
}
