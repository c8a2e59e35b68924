internal import Campaigns
internal import InterruptModel
internal import KVMHost
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// Goes through the scenarios of a run and tells the recorders.
struct RunSession {
    private let scenarios: [Scenario]
    /// Only what did not pass there.
    private let failed: FailedRuns?
    private let options: RunOptions
    private let replays: Bool
    private let axes: PartialAssumptions
    private var backend: any Backend
    private let reason: String
    /// Where pictures go, if anybody wants them.
    private let report: ReportFolder?
    /// When the time is over that the run may take.
    private var deadline: ContinuousClock.Instant?

    init(
        scenarios: [Scenario], failed: FailedRuns? = nil, options: RunOptions, replays: Bool,
        axes: PartialAssumptions, backend: ChosenBackend, report: ReportFolder? = nil
    ) {
        self.failed = failed
        self.report = report
        self.scenarios = scenarios
        self.options = options
        self.replays = replays
        self.axes = axes
        self.backend = backend.backend
        reason = backend.reason
    }

    /// One scenario on one irqchip, under one design.
    private struct Item {
        var scenario: Scenario
        var irqchip: IRQChip
        var design: EOIDesignEntry
        var name: String
    }

    /// Those of this run's shard.
    private var items: [Item] {
        let all = allItems
        guard let shard = options.rest.shard else { return all }
        return shard.runs(of: all.count).map { all[Int($0)] }
    }

    private var allItems: [Item] {
        scenarios.flatMap { scenario in
            let (irqchips, designs) = (irqchips(of: scenario), designs(of: scenario))
            let all = designs.flatMap { design in
                irqchips.map { irqchip in
                    // Names stay unique where the same scenario runs several times.
                    let name =
                        scenario.name + (irqchips.count > 1 ? "@\(irqchip.rawValue)" : "")
                        + (designs.count > 1 ? "@\(design.name)" : "")
                    return Item(
                        scenario: scenario, irqchip: irqchip, design: design, name: name)
                }
            }
            return failed?.again(of: all, \.name) ?? all
        }
    }

    private func irqchips(of scenario: Scenario) -> [IRQChip] {
        options.performer.irqchip?.axes ?? [replays ? scenario.setup.irqchip : .split]
    }

    /// All that are run on; of a shard with nothing to do, all that were asked for.
    private var irqchips: [IRQChip] {
        let all = (items.isEmpty ? allItems : items).map(\.irqchip)
        return IRQChip.allCases.filter(all.contains)
    }

    /// Those of the command line, else the scenario's own. Where a plain machine is all that there
    /// is, one is as good as another.
    private func designs(of scenario: Scenario) -> [EOIDesignEntry] {
        let designs = options.tested.designs
        guard !designs.isEmpty else { return [scenario.design(chosen: nil)] }
        let kinds = options.tested.machine.map { [$0] } ?? scenario.machines
        return backend.kind == .kvm || kinds == [.plain] ? [designs[0]] : designs
    }

    /// What the header says of it.
    private var designName: String {
        let names = Set((items.isEmpty ? allItems : items).map(\.design.name))
        return names.count > 1
            ? RunHeader.open : names.first ?? EOIDesigns.standard.name
    }

    /// - Returns: what the run means to the shell.
    mutating func run(_ record: (RunEvent) throws -> Void) throws -> ExitStatus {
        try Interruption.listen()
        deadline = options.conduct.maxSeconds.map { .now + .seconds($0) }
        let items = items
        var totals = Totals()
        // What fails here fails again, as an error, in the first scenario.
        for irqchip in irqchips { try? backend.look(at: irqchip) }
        let header = header(planned: items.count)
        try record(.began(header))
        report?.begin(header)
        var finished = 0
        var stopped = false
        var progress = ProgressLine()
        while finished < items.count, !stopped, !isOver() {
            let item = items[finished]
            try record(.scenarioBegan(name: item.name))
            if !options.reports.quiet {
                progress.show(Self.line(finished, of: items.count, totals, now: item.name))
            }
            report?.begin(item.name)
            let ending = run(item)
            progress.clear()
            guard let (result, timeline) = ending else { break }
            try record(.scenarioEnded(result))
            report?.end(result, timeline)
            totals.add(result)
            finished += 1
            stopped = options.conduct.failFast && !result.verdict.isGood && result.verdict != .skip
        }
        let unfinished = items[finished...].map(\.name)
        try record(.ended(totals, unfinished: Array(unfinished)))
        try report?.end(totals, unfinished: Array(unfinished))
        return ExitStatus(
            of: totals, interrupted: Interruption.requested,
            budgetSpent: !stopped && !unfinished.isEmpty)
    }

    /// Whether nothing more is to be done.
    private var isOver: @Sendable () -> Bool {
        let deadline = deadline
        return { Interruption.requested || deadline.map { .now >= $0 } ?? false }
    }

    /// `[85/130] 80 pass, 0 fail, 5 skip; now eoi-storm`.
    private static func line(
        _ finished: Int, of planned: Int, _ totals: Totals, now name: String
    ) -> String {
        let bad = totals[.fail] + totals[.timeout] + totals[.error]
        return "[\(finished)/\(planned)] \(totals[.pass] + totals[.shown]) pass, \(bad) fail, "
            + "\(totals[.skip]) skip; now \(name.printable)"
    }

    private func lockstep(for item: Item) -> LockstepOptions {
        var lockstep = LockstepOptions(
            design: item.design, irqchip: item.irqchip,
            kind: options.tested.machine, axes: axes, strict: options.conduct.strict,
            allowsHostRisk: options.conduct.allowHostRisk)
        lockstep.limit = .seconds(options.conduct.timeout)
        lockstep.isStopped = isOver
        lockstep.kernelRules = options.assumed.kernel.rules
        lockstep.keepsSteps = replays
        lockstep.seeksLikeness = true
        return lockstep
    }

    /// What would run, and what would not. Nothing is performed.
    mutating func plan() throws -> RunPlan {
        var plan = RunPlan(place: "\(backend.kind.rawValue) (\(reason))")
        for item in items {
            let skip = try Lockstep(lockstep(for: item)).skip(item.scenario, on: &backend)
            plan.rows.append(
                RunPlan.Row(name: item.name, steps: item.scenario.steps.actionCount, skip: skip))
        }
        return plan
    }

    /// Runs one scenario as often as asked for.
    /// - Returns: nil where it could not be ended.
    private mutating func run(_ item: Item) -> (ScenarioResult, Timeline?)? {
        let runner = Lockstep(lockstep(for: item))
        let clock = ContinuousClock()
        let start = clock.now
        var repetition = Repetition(options.conduct)
        while !repetition.isOver, !isOver() {
            let (outcome, timeline) = perform(item.scenario, by: runner)
            if outcome.isInterrupted { break }
            repetition.add(outcome, timeline)
        }
        guard let (outcome, timeline) = repetition.result else { return nil }
        let result = ScenarioResult(
            name: item.name, summary: item.scenario.summary, group: item.scenario.groups[0],
            outcome, duration: start.duration(to: clock.now) / .seconds(1),
            runs: repetition.runs, rerun: rerun(item, repetition.runs), picture: picture(item))
        return (result, timeline)
    }

    /// One round. It is kept as data only for a report: that costs time and memory.
    private mutating func perform(
        _ scenario: Scenario, by runner: Lockstep
    ) -> (ScenarioOutcome, Timeline?) {
        guard report != nil else { return (runner.run(scenario, on: &backend), nil) }
        return runner.record(scenario, on: &backend, goesOn: false)
    }

    private func header(planned: Int) -> RunHeader {
        let axes = axes.completed(by: backend.found)
        return RunHeader(
            tool: .current, host: HostReport.list, backend: backend.kind,
            simulatedBy: backend.simulatedBy,
            backendReason: ([reason] + backend.remarks).joined(separator: "; "),
            irqchip: irqchips.count > 1 ? "both" : irqchips[0].rawValue,
            design: backend.kind.design(designName),
            assumptions: axes.list,
            kernelRules: options.assumed.kernel.text(foundBy: backend, on: irqchips),
            planned: planned,
            shard: options.rest.shard.map { ($0.number, $0.count) },
            strict: options.conduct.strict,
            isJudged: axes.isEmpty)
    }

    /// The command that runs one scenario again with the same axes; a scenario of a file comes
    /// with its neighbours.
    private func rerun(_ item: Item, _ runs: Runs?) -> String {
        var command = ShellCommand(
            "savic-eoi", "run", item.scenario.operand, "--backend", backend.kind.rawValue)
        command.add("--irqchip", item.irqchip.rawValue, unless: IRQChip.split.rawValue)
        addConditions(of: item, to: &command)
        command.add("--strict", if: options.conduct.strict)
        command.add("--allow-host-risk", if: options.conduct.allowHostRisk)
        command.add(
            "--timeout", "\(options.conduct.timeout)", unless: "\(RunOptions.standardTimeout)")
        if let runs, runs.done > 1 {
            command.add("--repeat", "\(runs.asked)")
            command.add("--count-failures", if: options.conduct.countFailures)
        }
        return command.text
    }

    /// The command that draws one scenario; empty where `show` would refuse it.
    private func picture(_ item: Item) -> String {
        let file = item.scenario.location.file
        let isAlone =
            file.hasPrefix(Catalogue.prefix) || scenarios.count { $0.location.file == file } == 1
        let isHarmless =
            item.scenario.danger == .none || [.model, .emulator].contains(backend.kind)
        guard isAlone, isHarmless else { return "" }
        var command = ShellCommand("savic-eoi", "show", item.scenario.operand)
        command.add("--backend", backend.kind.rawValue, unless: BackendKind.model.rawValue)
        command.add(
            "--irqchip", item.irqchip.rawValue, unless: item.scenario.irqchips[0].rawValue)
        addConditions(of: item, to: &command)
        return command.text
    }

    private func addConditions(of item: Item, to command: inout ShellCommand) {
        command.add(
            "--design", item.design.name,
            unless: item.scenario.design ?? EOIDesigns.standard.name)
        command.add("--machine", options.tested.machine?.rawValue)
        command.add(axes)
        command.add("--kernel-rules", options.assumed.kernel.rules?.spelling)
    }
}
