internal import InterruptModel
internal import Scenarios
internal import Verdicts

/// One scenario under way: prediction, observation, and what has been found so far.
struct ScenarioRun {
    /// Why a run ends before its last step.
    enum End: Error {
        case mismatch(Mismatch)
        /// The scenario cannot be performed as it is written.
        case error(String)
        case backend(BackendFailure)
    }

    private let scenario: Scenario
    private let setup: MachineSetup
    private let options: LockstepOptions
    private let model: RunningMachine
    private var comparison: Comparison
    /// What the backend can see of this machine, if not after every step.
    private let visible: FieldSet
    private let unobservable: [Unobservable]
    /// The backend is the model too: only what the scenario states can fail.
    private let comparesWithItself: Bool
    /// Whether anything that is stated, or that the design promises, is held against the run.
    private let isHeld: Bool
    /// Whether the run's axes are those that the scenario states its hazards and expectations
    /// for. Otherwise it is not held to them: the design's own promises and the comparison are
    /// what is left, and steps that the other course of events does not enable are left out.
    private let isJudged: Bool
    /// Invariants that may be violated.
    private let tolerated: InvariantSet
    /// Invariants that have to be violated.
    private let promised: InvariantSet

    /// What the model has foretold that the host's kernel may complain of.
    private(set) var foretold: Set<ForetoldComplaint> = []
    private var predicted = Observation()
    private var observed = Observation()
    private var facts: RunFacts
    private var history: History
    /// What was performed, where somebody wants to know what a difference is like.
    private var likeness: Likeness?
    /// Every step as data, where somebody wants to look at it.
    private(set) var timeline: Timeline?
    /// The latest step for it, which the backend may not have performed yet.
    private var recorded: RecordedStep?
    /// The step that the backend was last told to perform.
    private var under: (step: Int, action: Action)?
    private var broken: InvariantSet = []
    /// What the scenario calls stuck at its end, and the line that was found to be.
    private var stuckLine: StuckLine?
    private var stuck: UInt8?
    /// Under `strict`, the first step that broke an invariant.
    private var firstHazard: Mismatch?
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    /// Steps of all kinds, performed or not.
    private var ticks = 0
    private var compared = Compared()

    /// - Parameter isAsWritten: whether the host makes the scenario go as on the machine that it is
    ///   written for; otherwise nothing that it states is stated for this run.
    init(
        _ scenario: Scenario, _ setup: MachineSetup, _ options: LockstepOptions,
        _ backend: any Backend, isAsWritten: Bool
    ) {
        self.scenario = scenario
        self.setup = setup
        self.options = options
        model = RunningMachine(setup, design: options.design, space: options.space)
        visible = backend.visible(on: setup)
        comparison = Comparison(visible: visible, kind: setup.kind, irqchip: setup.irqchip)
        unobservable = backend.unobservable(on: setup)
        comparesWithItself = backend.isPrediction
        facts = RunFacts(model.snapshot)
        history = History(depth: options.keepsSteps ? History.whole : History.standard)
        if options.seeksLikeness {
            likeness = Likeness(
                setup, options.design, isAtomic: scenario.granularity == .atomic)
        }
        if options.keepsTimeline {
            timeline = Timeline(
                name: scenario.name, summary: scenario.summary, backend: backend.kind,
                simulatedBy: backend.simulatedBy,
                design: setup.kind == .plain ? Scenario.plainDesign : options.design.name,
                setup: setup, granularity: scenario.granularity, start: model.portrait)
        }
        stuckLine = scenario.stuck.map { StuckLine(pin: $0) }
        start = clock.now
        let hasItsAxes =
            setup.kind == .plain
            || setup.assumptions == scenario.setup.assumptions
                && setup.guestEOI == scenario.setup.guestEOI
        isJudged = options.judges && hasItsAxes && isAsWritten
        let design = setup.kind == .plain ? Scenario.plainDesign : options.design.name
        promised = isJudged ? scenario.knownHazards(of: design, on: setup) : []
        let ruledOut = setup.kind == .plain ? InvariantSet() : options.design.rulesOut(on: setup)
        isHeld = isJudged ? scenario.states(on: setup.kind) : !ruledOut.isEmpty
        let unannounced =
            options.judges || !options.strict
            ? InvariantSet(Invariant.allCases).subtracting(ruledOut) : []
        tolerated =
            options.goesOn
            ? InvariantSet(Invariant.allCases) : isJudged ? promised : unannounced
    }

    /// Goes through the scenario, on a backend that has prepared the machine.
    mutating func outcome(on backend: inout any Backend) -> ScenarioOutcome {
        do {
            try perform(scenario.steps, on: &backend)
            try finish()
            return outcome(goodEnd)
        } catch {
            switch error {
            case .mismatch(let mismatch): return outcome(.fail, mismatch: mismatch)
            case .error(let message): return outcome(.error, failure: message)
            case .backend(let failure):
                var outcome = ScenarioOutcome(failure)
                outcome.compared = compared
                outcome.failure = outcome.failure.map { place + $0 }
                return outcome
            }
        }
    }

    /// Where the run is, for failures that are no mismatch: the step that was not finished.
    private var place: String {
        under.map { "in step \($0.step), “\($0.action)”: " } ?? ""
    }

    private mutating func perform(
        _ steps: [ScenarioStep], on backend: inout any Backend
    ) throws(End) {
        for step in steps {
            try keepTime()
            switch step {
            case .action(let action, let isOptional, let location):
                try perform(action, isOptional: isOptional, location, on: &backend)
            case .expect(let expectations):
                try check(expectations)
            case .repeat(let times, let steps):
                for _ in 0..<times { try perform(steps, on: &backend) }
            }
        }
    }

    private mutating func perform(
        _ action: Action, isOptional: Bool, _ location: SourceLocation,
        on backend: inout any Backend
    ) throws(End) {
        let before = model.snapshot
        let isAtomic = scenario.granularity == .atomic
        guard let violations = predict(action, isAtomic: isAtomic) else {
            let reason = model.refusal(of: action)
            guard isOptional || !isJudged else {
                throw .error(
                    "\(location): “\(action)” is not enabled here: "
                        + "\(reason); write “?” behind the verb if it may be left out")
            }
            history.leaveOut(action, reason)
            timeline?.leaveOut(action, reason)
            compared.leftOut += 1
            return
        }
        for event in predicted.events {
            if let complaint = ForetoldComplaint(event) { foretold.insert(complaint) }
        }
        do {
            under = (history.count + 1, action)
            try backend.perform(action, isAtomic: isAtomic, into: &observed)
        } catch {
            throw .backend(error)
        }
        if let recorded { timeline?.add(action, recorded, before: broken) }
        comparison.visible = backend.visible(of: visible, after: action)
        likeness?.add(action, visible: comparison.visible)
        let agrees = comparison.agrees(predicted, observed)
        // Where both agree, the model's events are the same and tell more.
        history.add(action, agrees ? predicted.events : observed.events)
        guard agrees else {
            let mismatch = divergence(before)
            timeline?.note(observed: observed, mismatch.differences)
            throw .mismatch(mismatch)
        }
        compared.steps += 1
        compared.fields += comparison.fields(of: predicted.snapshot.vcpus)
        compared.eois += comparison.eois(in: predicted, before: before)
        compared.endings += predicted.events.count { if case .ended = $0 { true } else { false } }
        facts.add(predicted, on: action.vcpu)
        stuckLine?.note(action)
        try watch(violations)
    }

    /// Has the model perform a step.
    /// - Returns: what it violates; nil where it is not enabled.
    private mutating func predict(_ action: Action, isAtomic: Bool) -> InvariantSet? {
        guard timeline != nil else {
            return model.step(action, isAtomic: isAtomic, into: &predicted)
        }
        recorded = model.record(action, isAtomic: isAtomic)
        if let recorded { predicted = recorded.observation }
        return recorded?.violations
    }

    /// Ends the run when its time is spent, or at Ctrl-C. The clock costs more than a step of the
    /// model, so it is looked at now and then.
    private mutating func keepTime() throws(End) {
        ticks += 1
        guard ticks % 64 == 0 else { return }
        if options.isStopped() { throw .backend(.interrupted) }
        if start.duration(to: clock.now) > options.limit { throw timeout }
    }

    private var timeout: End {
        .backend(.timeout("the scenario took longer than \(options.limit)"))
    }

    private func divergence(_ before: Snapshot) -> Mismatch {
        let found = comparison.differences(predicted, observed, before: before)
        let code = Comparison.code(found[0].field, predicted, observed)
        var mismatch = history.mismatch(code, found.map(\.difference))
        if code == .eoiMissing { mismatch.note = deadLines }
        mismatch.likeness = likeness?.names(
            observed: observed, comparison, isStopped: options.isStopped)
        return mismatch
    }

    /// Which lines wait in vain for the EOI exit that did not come.
    private var deadLines: String? {
        let missing = predicted.events.compactMap { event -> Int? in
            if case .acknowledged(let pin, _) = event { Int(pin) } else { nil }
        }
        let dead = PinSet(missing).intersection(observed.snapshot.remoteIRR)
        guard !dead.isEmpty else { return "no pin's Remote IRR waits for it" }
        return "Remote IRR of \(Spelling.pins(dead)) stays set: the line is dead"
    }

    /// Takes violated invariants in; one that nobody has announced ends the run.
    private mutating func watch(_ violations: InvariantSet) throws(End) {
        let first = violations.subtracting(broken)
        if !first.isEmpty { history.mark(first) }
        broken.formUnion(violations)
        if let surprise = violations.subtracting(tolerated).members.first {
            throw .mismatch(
                history.mismatch(
                    .invariant, surprise.name, expected: "holds", observed: "violated"))
        }
        if options.strict, firstHazard == nil, !first.isEmpty {
            firstHazard = history.mismatch(
                .hazard,
                first.members.map {
                    FieldDifference(
                        field: $0.name, expected: "holds (--strict)",
                        observed: "violated, as known", before: "")
                })
        }
    }

    /// Expectations describe the interrupt path as it should be. Behind the first violated
    /// invariant a run is held only to those that say so, and to what is stated for a plain
    /// machine alone: there is no design to go wrong. The rest is counted.
    private mutating func check(_ expectations: [Expectation], always: Bool = false) throws(End) {
        for expectation in expectations {
            guard isJudged, always || expectation.isAlways || broken.isEmpty else {
                compared.unjudged += 1
                continue
            }
            if let wrong = facts.contradiction(to: expectation.fact) {
                var mismatch = history.mismatch(
                    .expectation, "\(wrong.field) (\(expectation.location))",
                    expected: wrong.expected, observed: wrong.found)
                if !comparesWithItself {
                    mismatch.note =
                        "backend and model agree on all \(compared.steps) steps so far: either "
                        + "the expectation or both of them are wrong"
                }
                throw .mismatch(mismatch)
            }
        }
    }

    /// Checks what must hold over the whole run.
    private mutating func finish() throws(End) {
        try check(scenario.expectations)
        try check(scenario.expectationsByKind[setup.kind] ?? [], always: setup.kind == .plain)
        if let absent = promised.subtracting(broken).members.first {
            throw .mismatch(
                Mismatch(
                    code: .hazardAbsent, step: 0,
                    differences: [
                        FieldDifference(
                            field: absent.name, expected: "violated", observed: "held", before: "")
                    ]))
        }
        try checkStuckLine()
        if compared.steps == 0 || compared.fields == 0 {
            throw .error("nothing was compared: no step was performed on a visible field")
        }
        if let firstHazard { throw .mismatch(firstHazard) }
    }

    /// Holds the line that the scenario calls stuck against what can still happen.
    private mutating func checkStuckLine() throws(End) {
        guard let stuckLine else { return }
        let isStated =
            setup.kind == .plain || scenario.design == nil
            || scenario.design == options.design.name
        guard isJudged, isStated else {
            compared.unjudged += 1
            return
        }
        let fate = try stuckLine.fate(
            on: setup, options.design, scenario.granularity
        ) { [start, options] in
            !options.isStopped() && start.duration(to: .now) <= options.limit
        }
        switch fate {
        case .stuck: stuck = stuckLine.pin
        case .servable where goesOtherWay, .notOwed where goesOtherWay: compared.unjudged += 1
        case .servable: throw .mismatch(stuckAbsent("its interrupt can still be taken"))
        case .notOwed: throw .mismatch(stuckAbsent("no interrupt is owed"))
        case .open where options.isStopped(): throw .backend(.interrupted)
        case .open where start.duration(to: clock.now) > options.limit: throw timeout
        case .open:
            throw .error("whether line \(stuckLine.pin) is stuck takes more memory than there is")
        }
        if options.strict, firstHazard == nil, stuck != nil {
            firstHazard = history.mismatch(
                .hazard, "line \(stuckLine.pin)", expected: "can be served (--strict)",
                observed: "stuck, as known")
        }
    }

    /// Whether KVM enters in the middle of the guest's commands here, which a search leaves out:
    /// a stuck line is stated without it.
    private var goesOtherWay: Bool {
        setup.entersAfterExit && setup.kind == .secure
    }

    private func stuckAbsent(_ observed: String) -> Mismatch {
        history.mismatch(
            .stuckAbsent, "line \(scenario.stuck ?? 0)", expected: "stuck", observed: observed)
    }

    /// How a run ends that nothing has stopped. The model agrees with itself, so there only what is
    /// stated or promised can fail; without that a run is there to be looked at.
    private var goodEnd: Verdict { comparesWithItself && !isHeld ? .shown : .pass }

    private func outcome(
        _ verdict: Verdict, mismatch: Mismatch? = nil, failure: String? = nil
    ) -> ScenarioOutcome {
        var outcome = ScenarioOutcome(
            verdict, compared: compared, hazards: broken.members.map(\.name), mismatch: mismatch,
            failure: failure, unobservable: unobservable)
        let isUnfinished = verdict == .error || verdict == .timeout
        let showsAll = verdict == .shown || isUnfinished || stuck != nil || options.keepsSteps
        outcome.steps = showsAll ? history.lines : history.linesToLastBreak
        outcome.machine = setup.kind.rawValue
        outcome.stuck = stuck
        return outcome
    }
}

extension Scenario {
    /// Whether it expects anything on a machine of this kind. That only some designs violate
    /// something is a statement about the others too.
    fileprivate func states(on kind: MachineKind) -> Bool {
        !hazards.isEmpty || stuck != nil || !expectations.isEmpty
            || expectationsByKind[kind]?.isEmpty == false
            || steps.contains(where: \.states)
    }
}

extension ScenarioStep {
    fileprivate var states: Bool {
        switch self {
        case .action: false
        case .expect: true
        case .repeat(_, let steps): steps.contains(where: \.states)
        }
    }
}
