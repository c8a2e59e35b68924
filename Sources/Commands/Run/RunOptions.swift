internal import ArgumentParser
internal import InterruptModel
internal import Reporting
internal import Scenarios
internal import Verdicts

/// What `run` and `replay` take, and how they go about it.
struct RunOptions: ParsableArguments {
    static let standardTimeout = 30

    @Argument(
        help: ArgumentHelp(
            "Names, the beginning of one name, patterns with *, YAML files, or folders of them; - "
                + "is stdin.",
            valueName: "name|file|folder"),
        completion: .scenarios)
    var names: [String] = []

    @OptionGroup(title: "Which scenarios")
    var choice: ChoiceOptions

    @OptionGroup(title: "Which scenarios")
    var rest: RestOptions

    @OptionGroup(title: "What performs them")
    var performer: PerformerOptions

    @OptionGroup(title: "What performs them")
    var tested: TestedOptions

    @OptionGroup(title: "How they are performed and judged")
    var conduct: ConductOptions

    @OptionGroup(title: "Reports")
    var printing: PrintOptions<OutputFormat>

    @OptionGroup(title: "Reports")
    var reports: ReportOptions

    @OptionGroup(title: "For --format kcidb")
    var kcidb: KCIDBOptions

    @OptionGroup(title: "Assumptions")
    var assumed: AssumptionOptions

    /// - Parameter replays: whether the scenarios run as they were found, and all steps are shown.
    func run(replays: Bool = false) throws {
        do {
            let status = try perform(replays)
            if status != .passed { throw ExitCode(reports.exitStyle.code(of: status)) }
        } catch let failure as CommandFailure {
            failure.complain()
            throw ExitCode(reports.exitStyle.code(of: failure.status))
        }
    }

    private func perform(_ replays: Bool) throws -> ExitStatus {
        let failed = try rest.failedFrom.map(FailedRuns.init)
        let selection = Selection(
            words: names, groups: choice.group, skips: choice.skip, failed: failed)
        let scenarios = try selection.scenarios()
        let plan = try OutputPlan(
            formats: printing.formats, standard: .text, paths: printing.output,
            quiet: reports.quiet)
        let recording = try recorderOptions(scenarios, replays)
        let axes = try assumed.chosen()
        let chosen = ChosenBackend(
            performer.backend.kind, timeout: UInt64(conduct.timeout),
            allowHostRisk: conduct.allowHostRisk, axes: axes)
        if conduct.dryRun { return try tellPlan(scenarios, failed, replays, axes, chosen) }
        try refuseOutputAmongPages(plan)
        var writers = try OutputWriters(
            plan, options: recording, overwrite: printing.overwrite)
        let report = try reports.report.map {
            try ReportFolder($0, overwrites: printing.overwrite, options: recording)
        }
        var session = RunSession(
            scenarios: scenarios, failed: failed, options: self, replays: replays, axes: axes,
            backend: chosen, report: report)
        // Every scenario ends in this error, and the reports say so of each.
        if let refusal = chosen.refusal { Console.current.complain(refusal) }
        return try session.run { try writers.record($0) }
    }

    private func tellPlan(
        _ scenarios: [Scenario], _ failed: FailedRuns?, _ replays: Bool,
        _ axes: PartialAssumptions, _ chosen: ChosenBackend
    ) throws -> ExitStatus {
        guard printing.formats.allSatisfy({ $0 == .text }), printing.output.isEmpty,
            reports.report == nil
        else {
            throw CommandFailure.usage(
                "--dry-run makes no report: leave out --format, --output and --report")
        }
        if let refusal = chosen.refusal {
            throw CommandFailure(status: .internalError, message: refusal)
        }
        var session = RunSession(
            scenarios: scenarios, failed: failed, options: self, replays: replays, axes: axes,
            backend: chosen)
        let plan = try session.plan()
        if !reports.quiet { try Output.print(plan.text(printing.palette)) }
        return plan.status
    }

    /// Two reports of one name would be one of them.
    private func refuseOutputAmongPages(_ plan: OutputPlan<OutputFormat>) throws {
        guard let report = reports.report else { return }
        let files = plan.outputs.compactMap(\.path)
        guard let file = files.first(where: { PageFolder.holds($0, in: report) }) else { return }
        throw CommandFailure.usage("--output \(file) is in the folder of --report")
    }

    private func recorderOptions(
        _ scenarios: [Scenario], _ replays: Bool
    ) throws -> RecorderOptions {
        let console = Console.current
        var options = RecorderOptions()
        options.text.colour = console.colours(printing.colour)
        options.text.width = console.width
        // Somebody who asks for a few scenarios wants to see what happens in them; of a whole
        // catalogue, what did not go well.
        options.text.showHazardSteps = replays || reports.verbose || scenarios.count <= 3
        let showsAll = replays || reports.verbose || scenarios.count <= 40
        options.text.showPassed = showsAll
        options.text.showHazards = showsAll
        options.text.showSkipped = showsAll
        options.text.next = showsAll ? nil : NextCommands(self).list
        reports.show?.apply(to: &options.text)
        let irqchip = performer.irqchip == .both ? "@\(IRQChip.kernel.rawValue)".count : 0
        let designs = tested.designs.count > 1 ? tested.designs.map(\.name.count) : []
        options.text.nameWidth =
            (scenarios.map(\.name.count).max() ?? 0) + irqchip
            + (designs.max().map { $0 + 1 } ?? 0)
        options.omitsKTAPVersion = console.environment["KSFT_TAP_LEVEL"] != nil
        options.hostName = HostReport.hostName
        options.startTime = HostReport.now
        options.groups = Dictionary(scenarios.map { ($0.name, $0.groups[0]) }) { one, _ in one }
        if let identity = try kcidb.identity(isAsked: printing.formats.contains(.kcidb)) {
            options.kcidb = identity
        }
        return options
    }
}
