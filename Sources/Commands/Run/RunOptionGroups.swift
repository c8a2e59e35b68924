internal import ArgumentParser
internal import Campaigns
internal import InterruptModel
internal import Reporting

/// Which scenarios a command is about, beside their names.
struct ChoiceOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, help: "Only scenarios of this group; may be repeated.",
        completion: .groups)
    var group: [String] = []

    @Option(
        help: ArgumentHelp(
            "Leave out this scenario or pattern; may be repeated.", valueName: "name"),
        completion: .scenarios)
    var skip: [String] = []
}

/// Which of the chosen scenarios are left.
struct RestOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only what did not pass, or did not run, in this report of run --format json.",
            valueName: "file"),
        completion: .file())
    var failedFrom: String?

    @Option(
        help: ArgumentHelp("Only part i of n of what is left.", valueName: "i/n"),
        transform: Shard.read)
    var shard: Shard?
}

/// What the steps are performed on.
struct PerformerOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "What performs the steps.")
    var backend: BackendChoice = .auto

    @Option(
        help: ArgumentHelp(
            "Who plays the IOAPIC: userspace or KVM. Without it split; of what is replayed, as it "
                + "was found.",
            valueName: "irqchip"))
    var irqchip: IRQChipChoice?
}

/// The answers to the EOI that are tested, and the machine that they are tested on.
struct TestedOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The EOI design under test; may be repeated, and each scenario runs under each. "
                + "Without it the one that a file names, or \(EOIDesigns.standard.name).",
            valueName: "design"))
    var design: [DesignArgument] = []

    @Option(help: "The kind of local APIC, where a scenario leaves the choice.")
    var machine: MachineKind?

    /// Those that were named, each once.
    var designs: [EOIDesignEntry] { design.entries }
}

/// How often, how long, and how strictly scenarios run.
struct ConductOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Run each scenario this many times, until one fails.", valueName: "times"))
    var `repeat` = 1

    @Flag(help: "Go on repeating behind a failure, and say how many runs failed.")
    var countFailures = false

    @Option(
        help: ArgumentHelp(
            "Seconds that one scenario may take, and one KVM_RUN in it.", valueName: "seconds"))
    var timeout = RunOptions.standardTimeout

    @Option(
        help: ArgumentHelp(
            "Stop after this many seconds, between two steps.", valueName: "seconds"))
    var maxSeconds: Int?

    @Flag(help: "Only say what would run, and what would be skipped and why.")
    var dryRun = false

    @Flag(help: "A hazard that the design is known to have is a failure too.")
    var strict = false

    @Flag(help: "Stop after the first scenario that does not pass.")
    var failFast = false

    @Flag(help: "Run scenarios that can hurt an unfixed host kernel (danger: host).")
    var allowHostRisk = false

    func validate() throws {
        try check("--repeat", `repeat`, in: 1...)
        if countFailures, `repeat` == 1 {
            throw ValidationError("--count-failures is for --repeat: one run has no rate.")
        }
        try check("--timeout", timeout, in: 1...86_400)
        if let maxSeconds { try check("--max-seconds", maxSeconds, in: 1...31_536_000) }
    }
}

/// What is told of a run, beside its reports in other formats.
struct ReportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder for pages: what came of each scenario, and a picture of what did not simply "
                + "pass.",
            valueName: "folder"),
        completion: .directory)
    var report: String?

    @Flag(
        name: .shortAndLong,
        help: "Show every scenario, and the steps that lead to each known hazard.")
    var verbose = false

    @Option(
        help: ArgumentHelp(
            "What the text shows, and nothing else: some of these, with commas.",
            valueName: "parts"))
    var show: TextParts?

    @Flag(name: .shortAndLong, help: "Print nothing; the exit status says it.")
    var quiet = false

    @Option(
        help: "Exit codes: this program's, kselftest's 0, 1 and 4, or git bisect's 0, 1 and 125.")
    var exitStyle: ExitStyle = .full
}
