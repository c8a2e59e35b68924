public import InterruptModel
public import Scenarios
public import Verdicts

/// What a run holds fixed while it goes through its scenarios.
public struct LockstepOptions: Sendable {
    /// The EOI design that the hypervisor of a secure machine has.
    public var design: EOIDesignEntry
    public var irqchip: IRQChip
    /// The kind of machine to run on where a scenario leaves the choice; nil takes the
    /// scenario's preferred one that the backend can run.
    public var kind: MachineKind?
    /// What is assumed instead of what the scenario says.
    public var axes: PartialAssumptions
    /// What the kernel is taken to do; nil leaves it to what the backend has found, or else to
    /// the scenario.
    public var kernelRules: KernelRules?
    /// A hazard that the design is known to have is a failure too.
    public var strict: Bool
    /// Whether a scenario is held to the hazards that it states. Random steps state none, and
    /// only what a design rules out by its construction fails.
    public var judges = true
    /// Scenarios marked `danger: host` may run on a real kernel.
    public var allowsHostRisk: Bool
    /// Every step is kept for the outcome, and not only those that led to what was found.
    public var keepsSteps = false
    /// Every step is kept as data, for `record`.
    var keepsTimeline = false
    /// What a difference is like is looked for: that takes as long as a hundred runs of the model.
    public var seeksLikeness = false
    /// An invariant that nobody has announced does not end the run.
    var goesOn = false
    /// The longest time that one scenario may take.
    public var limit: Duration = .seconds(30)
    /// Whether somebody wants the run to end before its time.
    public var isStopped: @Sendable () -> Bool = { false }
    /// The space of the prediction: with one rule broken where a test asks what the scenarios'
    /// own statements notice.
    package var space = WideSpace()

    public init(
        design: EOIDesignEntry = EOIDesigns.standard, irqchip: IRQChip = .split,
        kind: MachineKind? = nil, axes: PartialAssumptions = PartialAssumptions(),
        strict: Bool = false, allowsHostRisk: Bool = false
    ) {
        self.design = design
        self.irqchip = irqchip
        self.kind = kind
        self.axes = axes
        self.strict = strict
        self.allowsHostRisk = allowsHostRisk
    }
}

/// Runs one scenario on a backend and the model side by side and holds them against each other
/// after every step.
public struct Lockstep {
    private let options: LockstepOptions

    public init(_ options: LockstepOptions) { self.options = options }

    public func run(_ scenario: Scenario, on backend: inout any Backend) -> ScenarioOutcome {
        judge(scenario, on: &backend).outcome
    }

    /// Runs a scenario as `run` does, and keeps every step as data.
    /// - Parameter goesOn: whether an invariant that nobody has announced does not end it: for who
    ///   wants to see what comes of it.
    /// - Returns: no timeline where the backend did not come to perform a step.
    public func record(
        _ scenario: Scenario, on backend: inout any Backend, goesOn: Bool = true
    ) -> (outcome: ScenarioOutcome, timeline: Timeline?) {
        var options = options
        options.keepsTimeline = true
        options.goesOn = goesOn
        var run = Lockstep(options).judge(scenario, on: &backend)
        run.timeline?.outcome = run.outcome
        return (run.outcome, run.timeline)
    }

    /// What became of a run.
    private struct Run {
        var outcome: ScenarioOutcome
        var foretold: Set<ForetoldComplaint> = []
        var timeline: Timeline?
    }

    private func judge(_ scenario: Scenario, on backend: inout any Backend) -> Run {
        do {
            try backend.look(at: options.irqchip)
        } catch {
            return Run(outcome: ScenarioOutcome(error))
        }
        let setup: MachineSetup
        switch choose(scenario, backend) {
        case .success(let found): setup = found
        case .failure(let obstacle):
            return Run(outcome: ScenarioOutcome(.skip, skip: obstacle.skip))
        }
        let written = scenario.machine(like: setup)
        let deviation = Deviation(from: written, to: setup)
        guard let deviation, deviation.shows(in: scenario, options.design) else {
            return run(scenario, setup, on: &backend, isAsWritten: true)
        }

        // The host is held against a model that is like it, for which the scenario is not written.
        // That the scenario is right is the model's to show.
        var model: any Backend = ModelBackend()
        let onModel = run(scenario, written, on: &model, isAsWritten: true)
        var alone = onModel.outcome
        // Random steps were drawn for the host, and need not be possible elsewhere.
        let isDrawn = !options.judges && alone.verdict == .error
        guard alone.verdict == .pass || alone.verdict == .shown || isDrawn else {
            alone.compared = Compared()
            alone.judgedOnModel = deviation.sentence
            let note = "found on the model alone; backend \(backend.shownName) was not run"
            if alone.mismatch != nil { alone.mismatch?.note = note }
            alone.failure = alone.failure.map { "\(note): \($0)" }
            return Run(outcome: alone, timeline: onModel.timeline)
        }
        var onHost = run(scenario, setup, on: &backend, isAsWritten: false)
        var outcome = onHost.outcome
        outcome.judgedOnModel = deviation.sentence
        // On the model it is shown how a host goes; what is stated has been judged.
        if outcome.verdict == .shown { outcome.verdict = alone.verdict }
        outcome.compared.unjudged = alone.compared.unjudged
        if setup.endsAtDelivery {
            outcome.hazards = alone.hazards
            outcome.steps = alone.steps
        }
        onHost.outcome = outcome
        return onHost
    }

    /// Runs it, and looks at the host's kernel before and behind it.
    private func run(
        _ scenario: Scenario, _ setup: MachineSetup, on backend: inout any Backend,
        isAsWritten: Bool
    ) -> Run {
        // What came before is not this scenario's.
        _ = backend.hostComplaints()
        var run = perform(scenario, setup, on: &backend, isAsWritten: isAsWritten)
        // Of what the model has foretold, the scenario says so itself.
        let complaints = backend.hostComplaints().filter { complaint in
            !run.foretold.contains { $0.explains(complaint) }
        }
        guard !complaints.isEmpty else { return run }
        let found = run.outcome.failure.map { "; \($0)" } ?? ""
        run.outcome.failure =
            "the host's kernel complained while this ran, be it of this or of anything else: "
            + complaints.joined(separator: " | ") + found
        run.outcome.verdict = .error
        return run
    }

    private func perform(
        _ scenario: Scenario, _ setup: MachineSetup, on backend: inout any Backend,
        isAsWritten: Bool
    ) -> Run {
        do {
            try backend.prepare(setup, design: options.design)
        } catch {
            backend.tearDown()
            return Run(outcome: ScenarioOutcome(error))
        }
        defer { backend.tearDown() }
        var run = ScenarioRun(scenario, setup, options, backend, isAsWritten: isAsWritten)
        let outcome = run.outcome(on: &backend)
        return Run(outcome: outcome, foretold: run.foretold, timeline: run.timeline)
    }

    /// Why a scenario does not run on a backend, as far as that shows before anything is
    /// performed; nil where nothing is in its way.
    public func obstacle(
        to scenario: Scenario, on backend: inout any Backend
    ) throws(BackendFailure) -> Skip? {
        try backend.look(at: options.irqchip)
        guard case .failure(let obstacle) = choose(scenario, backend) else { return nil }
        return obstacle.skip
    }

    private struct Obstacle: Error { var skip: Skip }

    /// The machine to run on: the first kind that the scenario and the backend both can.
    private func choose(
        _ scenario: Scenario, _ backend: any Backend
    ) -> Result<MachineSetup, Obstacle> {
        func missing(_ reason: String, _ hint: String = "") -> Result<MachineSetup, Obstacle> {
            .failure(Obstacle(skip: Skip(reason: reason, hint: hint)))
        }
        guard scenario.irqchips.contains(options.irqchip) else {
            return missing(
                "needs irqchip \(scenario.irqchips[0].rawValue)",
                "run with --irqchip \(scenario.irqchips[0].rawValue)")
        }
        let kinds = scenario.machines.filter { options.kind == nil || options.kind == $0 }
        var setup = scenario.setup
        setup.irqchip = options.irqchip
        options.axes.apply(to: &setup)
        if let rules = options.kernelRules { setup.kernelRules = rules }
        // The last kind that was tried is the one that comes closest to the backend.
        var obstacle: Skip?
        for kind in kinds {
            setup.kind = kind
            guard let skip = backend.obstacle(to: scenario, setup, options.design) else {
                var actual = backend.actual(setup)
                if let rules = options.kernelRules { actual.kernelRules = rules }
                // Single actions are all that there is; no entry comes with them.
                if scenario.granularity == .atomic { actual.entersAfterExit = false }
                return .success(actual)
            }
            obstacle = skip
        }
        if let obstacle { return .failure(Obstacle(skip: obstacle)) }
        return missing("needs a \(scenario.machines[0].rawValue) machine")
    }
}

extension ScenarioOutcome {
    /// The end of a run in which the backend failed.
    init(_ failure: BackendFailure) {
        switch failure {
        case .timeout(let message): self.init(.timeout, failure: message)
        case .failed(let message): self.init(.error, failure: message)
        case .lacking(let skip): self.init(.skip, skip: skip)
        case .interrupted:
            self.init(.error, failure: "interrupted")
            isInterrupted = true
        }
    }
}
