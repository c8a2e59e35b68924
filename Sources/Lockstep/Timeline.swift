public import InterruptModel
public import Verdicts

/// What a run was, step by step, as data: what pictures are drawn from, and nothing else.
public struct Timeline: Sendable {
    /// The scenario's name, and what it is about.
    public var name, summary: String
    /// What performed the steps.
    public var backend: BackendKind
    /// Who plays the hardware that such a backend ordinarily has; nil where nobody does.
    public var simulatedBy: String?
    /// The design's name; of a plain machine, that it has KVM's own local APIC.
    public var design: String
    /// The machine before its first step.
    public var setup: MachineSetup
    /// What a step is.
    public var granularity: Granularity
    /// The machine before the first step.
    public var start: Portrait
    /// Those that were performed or left out, in order.
    public var steps: [Step] = []
    /// What became of the run: how it ended, what the backend could not see, which line is stuck.
    public var outcome = ScenarioOutcome(.shown)
    /// The vCPU whose part alone it is (`seen(from:)`); nil where it is that of all.
    public private(set) var band: Int?
    /// Where nothing serves a line any more, as far as anybody has looked (`withLostLines`).
    public var lostLines: [LostLine] = []

    package init(
        name: String, summary: String, backend: BackendKind, simulatedBy: String?, design: String,
        setup: MachineSetup, granularity: Granularity, start: Portrait
    ) {
        (self.name, self.summary) = (name, summary)
        (self.backend, self.simulatedBy) = (backend, simulatedBy)
        (self.design, self.setup) = (design, setup)
        (self.granularity, self.start) = (granularity, start)
    }

    /// One step of a run.
    public struct Step: Sendable {
        /// From 1.
        public var number: Int
        /// What was to be done.
        public var action: Action
        /// Why it was left out; nil where it was performed.
        public var leftOut: String?
        /// As the model predicts it: the entry before the step's own action, if that did anything.
        public var entry: Moment?
        /// What came behind it.
        public var own: Moment
        /// Invariants that the step is the first to violate, or that do not hold for the first time
        /// behind it.
        public var breaks: InvariantSet = []
        /// Those that it violates, or that do not hold behind it.
        public var violations: InvariantSet = []
        /// What a backend saw instead; nil where it saw the same in all that it can see.
        public var observed: Observation?
        /// In which fields that is something else, the most telling first.
        public var differences: [FieldDifference] = []

        package init(
            number: Int, action: Action, leftOut: String? = nil, entry: Moment? = nil,
            own: Moment, breaks: InvariantSet = [], violations: InvariantSet
        ) {
            (self.number, self.action, self.leftOut) = (number, action, leftOut)
            (self.entry, self.own) = (entry, own)
            (self.breaks, self.violations) = (breaks, violations)
        }
    }

    /// The backend for people.
    public var shownBackend: String { backend.shown(simulatedBy: simulatedBy) }

    /// The step to look at: of a run that is not what it should be, the one that the backend did
    /// otherwise or in which the run ended; else the first that broke an invariant.
    public var culprit: Step? {
        guard !outcome.verdict.isGood else { return steps.first { !$0.breaks.isEmpty } }
        let end = outcome.mismatch?.step
        return steps.first { $0.observed != nil } ?? steps.first { $0.number == end }
            ?? steps.last
    }
}

extension Timeline {
    /// The run as one vCPU goes through it: its registers, what happens on it, and what all of them
    /// share. Of a machine with one vCPU it is the run itself.
    package func seen(from vcpu: Int) -> Timeline {
        guard setup.vcpus > 1, band == nil else { return self }
        func moment(_ moment: Moment, _ action: Action) -> Moment {
            Moment(
                events: moment.events.filter { $0.concerns(UInt8(vcpu), in: action) },
                portrait: moment.portrait.seen(from: vcpu))
        }
        var seen = self
        seen.band = vcpu
        seen.start = start.seen(from: vcpu)
        seen.steps = steps.map { step in
            var part = step
            part.entry = step.entry.map { moment($0, step.action) }
            part.own = moment(step.own, step.action)
            return part
        }
        return seen
    }

    /// The part that tells most: that of the vCPU on which something goes wrong, or else of the
    /// first on which a guest takes an interrupt.
    package var telling: Timeline {
        let taking = steps.first { step in
            step.events.contains { if case .accepted = $0 { true } else { false } }
        }
        return seen(from: Int((culprit ?? taking)?.action.vcpu ?? 0))
    }
}

extension Timeline.Step {
    /// All that happened in it, in order.
    package var events: [Event] { (entry?.events ?? []) + own.events }
}

extension Timeline {
    /// The run as it was behind so many of its steps. How it came out shows behind the last step,
    /// or behind the one that it came to a mismatch in.
    package func upTo(_ count: Int) -> Timeline {
        var part = self
        part.steps.removeSubrange(count...)
        let isOver = count == steps.count
        // A mismatch of the whole run has no step of its own.
        let end = outcome.mismatch.map(\.step) ?? 0
        if !isOver, end == 0 || end > count { part.outcome = ScenarioOutcome(.shown) }
        part.lostLines = lostLines.filter { $0.since <= count }.map { line in
            let isAhead = line.until.map { $0 > count } ?? true
            return LostLine(pin: line.pin, since: line.since, until: isAhead ? nil : line.until)
        }
        return part
    }

    /// The machine behind so many steps.
    package func portrait(behind count: Int) -> Portrait {
        count == 0 ? start : steps[count - 1].own.portrait
    }

    /// The invariants that a step breaks, be it the first time or once more; not those that it
    /// finds broken and leaves so.
    package func broken(in number: Int) -> InvariantSet {
        steps[number - 1].violations.subtracting(portrait(behind: number - 1).violations)
    }

    /// A step in words, as a history has it.
    package func line(_ number: Int) -> HistoryLine {
        let step = steps[number - 1]
        var line = HistoryLine(
            step: number, step.action, step.events, breaking: broken(in: number))
        line.leftOut = step.leftOut
        return line
    }

    /// Adds a step that was performed.
    mutating func add(_ action: Action, _ recorded: RecordedStep, before broken: InvariantSet) {
        steps.append(
            Step(
                number: steps.count + 1, action: action, entry: recorded.entry, own: recorded.own,
                breaks: recorded.violations.subtracting(broken),
                violations: recorded.violations))
    }

    /// Adds one that is not enabled: the machine is as it was.
    mutating func leaveOut(_ action: Action, _ reason: String) {
        let last = steps.last?.own.portrait ?? start
        steps.append(
            Step(
                number: steps.count + 1, action: action, leftOut: reason,
                own: Moment(events: [], portrait: last), violations: last.violations))
    }

    /// Notes that a backend saw something else in the latest step.
    mutating func note(observed: Observation, _ differences: [FieldDifference]) {
        steps[steps.count - 1].observed = observed
        steps[steps.count - 1].differences = differences
    }
}
