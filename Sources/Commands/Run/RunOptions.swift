internal import ArgumentParser
internal import InterruptModel
internal import Lockstep
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
            valueName: "name|file|folder"))
    var names: [String] = []

    @Option(name: .shortAndLong, help: "What performs the steps.")
    var backend: BackendChoice = .auto

    @Option(
        help: ArgumentHelp(
            "Who plays the IOAPIC: userspace or KVM. Without it split; of what is replayed, as it "
                + "was found.",
            valueName: "irqchip"))
    var irqchip: IRQChipChoice?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The EOI design under test. Without it the one that a file names, or "
                + "\(EOIDesigns.standard.name).",
            valueName: "design"))
    var design: DesignArgument?

    @Option(help: "The kind of local APIC, where a scenario leaves the choice.")
    var machine: MachineKind?

    @OptionGroup(title: "Assumptions")
    var axes: AxisOptions

    @Option(
        help: ArgumentHelp(
            "Assume what characterize has found out; single options go before it.",
            valueName: "file"))
    var assumptions: String?

    @Option(name: .customLong("guest-eoi"), help: .assume(.guestEOI))
    var guestEOI: GuestEOI?

    @OptionGroup var kernel: KernelOptions

    @Option(name: .shortAndLong, help: "Only scenarios of this group; may be repeated.")
    var group: [String] = []

    @Option(help: "Leave out this scenario or pattern; may be repeated.")
    var skip: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only what did not pass, or did not run, in this report of run --format json.",
            valueName: "file"))
    var failedFrom: String?

    @Option(name: .shortAndLong, help: "Run each scenario this many times, until one fails.")
    var `repeat` = 1

    @Option(help: "Seconds that one scenario may take, and one KVM_RUN in it.")
    var timeout = Self.standardTimeout

    @Option(name: .shortAndLong, help: "Report format; may be repeated, each with an --output.")
    var format: [OutputFormat] = []

    @Option(name: .shortAndLong, help: "File for the --format of the same rank; - is stdout.")
    var output: [String] = []

    @Option(
        help: ArgumentHelp(
            "Folder for pages: what came of each scenario, and a picture of what did not simply "
                + "pass.",
            valueName: "folder"))
    var report: String?

    @Flag(help: "Replace output files that exist.")
    var overwrite = false

    @Flag(help: "A hazard that the design is known to have is a failure too.")
    var strict = false

    @Flag(help: "Stop after the first scenario that does not pass.")
    var failFast = false

    @Flag(help: "Run scenarios that can hurt an unfixed host kernel (danger: host).")
    var allowHostRisk = false

    @Option(name: .customLong("color"), help: "Colour the terminal report.")
    var colour: ColourChoice = .auto

    @Option(help: "Exit codes: this program's, or kselftest's 0, 1 and 4.")
    var exitStyle: ExitStyle = .full

    @Flag(
        name: .shortAndLong,
        help: "Show every scenario, and the steps that lead to each known hazard.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Print nothing; the exit status says it.")
    var quiet = false

    func validate() throws {
        try check("--repeat", `repeat`, in: 1...)
        try check("--timeout", timeout, in: 1...86_400)
    }

    /// - Parameter replays: whether the scenarios run as they were found, and all steps are shown.
    func run(replays: Bool = false) throws {
        do {
            let status = try perform(replays)
            if status != .passed { throw ExitCode(code(of: status)) }
        } catch var failure as CommandFailure {
            // kselftest knows no more than 0, 1 and 4.
            if exitStyle == .ksft { failure.status = .failed }
            throw failure
        }
    }

    private func perform(_ replays: Bool) throws -> ExitStatus {
        let selection = Selection(
            words: names, groups: group, skips: skip, report: failedFrom)
        let scenarios = try selection.scenarios()
        let plan = try OutputPlan(
            formats: format, standard: .text, paths: output, quiet: quiet)
        let axes = try chosenAxes()
        let chosen = ChosenBackend(
            backend.kind, timeout: UInt64(timeout), allowHostRisk: allowHostRisk, axes: axes)
        try refuseOutputAmongPages(plan)
        var writers = try OutputWriters(
            plan, options: recorderOptions(scenarios, replays), overwrite: overwrite)
        let report = try report.map { try ReportFolder($0, overwrites: overwrite) }
        var session = RunSession(
            scenarios: scenarios, options: self, replays: replays, axes: axes, backend: chosen,
            report: report)
        // Every scenario ends in this error, and the reports say so of each.
        if let refusal = chosen.refusal { Console.current.complain(refusal) }
        return try session.run { try writers.record($0) }
    }

    /// Two reports of one name would be one of them.
    private func refuseOutputAmongPages(_ plan: OutputPlan<OutputFormat>) throws {
        guard let report else { return }
        let files = plan.outputs.compactMap(\.path)
        guard let file = files.first(where: { PageFolder.holds($0, in: report) }) else { return }
        throw CommandFailure.usage("--output \(file) is in the folder of --report")
    }

    /// The options' assumptions, then those of the file.
    private func chosenAxes() throws -> PartialAssumptions {
        var chosen = axes.chosen
        chosen[.guestEOI] = guestEOI?.rawValue
        guard let assumptions else { return chosen }
        return chosen.completed(by: try AssumptionFile(reading: assumptions).assumptions)
    }

    private func code(of status: ExitStatus) -> Int32 {
        switch (exitStyle, status) {
        case (.full, _): status.rawValue
        case (.ksft, .passed): 0
        case (.ksft, .nothingRan): 4
        case (.ksft, _): 1
        }
    }

    private func recorderOptions(_ scenarios: [Scenario], _ replays: Bool) -> RecorderOptions {
        let console = Console.current
        var options = RecorderOptions()
        options.text.colour = console.colours(colour)
        options.text.width = console.width
        // Somebody who asks for a few scenarios wants to see what happens in them; of a whole
        // catalogue, what did not go well.
        options.text.showHazardSteps = replays || verbose || scenarios.count <= 3
        let showsAll = replays || verbose || scenarios.count <= 40
        options.text.showPassed = showsAll
        options.text.showHazards = showsAll
        options.text.showSkipped = showsAll
        let suffix = irqchip == .both ? "@\(IRQChip.kernel.rawValue)".count : 0
        options.text.nameWidth = (scenarios.map(\.name.count).max() ?? 0) + suffix
        options.omitsKTAPVersion = console.environment["KSFT_TAP_LEVEL"] != nil
        options.hostName = HostReport.hostName
        options.startTime = HostReport.now
        return options
    }
}
