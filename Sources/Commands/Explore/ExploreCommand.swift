internal import ArgumentParser
internal import InterruptModel
internal import KVMHost
internal import Searches
internal import Verdicts

/// `savic-eoi explore`.
struct ExploreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore",
        abstract: "Search every reachable state of the model for the shortest ways to go wrong.",
        discussion: """
            Breadth first, so a counterexample is as short as there is one, and the same for every \
            number of threads. The report says whether everything reachable was visited; a search \
            that a limit ends reports whole depths only.

            EXAMPLES
              savic-eoi explore --levels 3                   three level lines, rfc-v2
              savic-eoi explore --levels 2 --granularity step --save-traces found
              savic-eoi explore --levels 2 --with mask,msi,"tpr 0x40"
              savic-eoi explore --config machine.yaml --design hardened
            """)

    @Option(help: "So many level lines, pins 2, 3, …, vectors 0x31, 0x41, …: 1 to 8.")
    var levels: Int?

    @Option(help: ArgumentHelp("A machine and its actions (YAML).", valueName: "file"))
    var config: String?

    @Option(name: .shortAndLong, help: "The EOI design under test.")
    var design = DesignArgument(entry: EOIDesigns.standard)

    @Option(help: "Single actions, or whole guest steps, which every backend can perform.")
    var granularity: Granularity = .atomic

    @Flag(help: "The guest may set its interrupt flag while it serves an interrupt.")
    var nesting = false

    @OptionGroup(title: "Assumptions")
    var axes: AxisOptions

    @Option(name: .customLong("guest-eoi"), help: .assume(.guestEOI))
    var guestEOI: GuestEOI?

    @OptionGroup var kernel: KernelOptions

    @Option(help: "Who plays the IOAPIC: userspace or KVM.")
    var irqchip: OneIRQChip?

    @Option(help: "The kind of local APIC.")
    var machine: MachineKind?

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp(
            "Actions beside the usual ones: verbs, or one action in quotes; may be repeated.",
            valueName: "verb,…"))
    var additions: [String] = []

    @Flag(help: "Ask of every state, too, whether a line that is high can still be served.")
    var liveness = false

    @Flag(help: "Find a shortest way for each last action that violates an invariant.")
    var allCauses = false

    @OptionGroup(title: "Limits")
    var budget: SearchBudget

    @OptionGroup(title: "Result")
    var output: SearchOutput

    @Flag(help: "Exit with 75 if a limit ended the search and nothing was found.")
    var requireComplete = false

    func validate() throws {
        guard (levels == nil) != (config == nil) else {
            throw ValidationError("Say either --levels or --config.")
        }
        try check("--levels", levels, in: 1...8)
    }

    func run() throws {
        let plan = try ExplorePlan(self)
        try output.prepare(for: plan.names)
        try Interruption.listen()
        let (found, seconds) = budget.run(plan.search, plan.question)
        let report = ExploreReport(
            plan: plan, found: found, seconds: seconds, threads: budget.threadCount)
        let saving = try output.tell(report)
        let status = report.status(requiresCompleteness: requireComplete).worse(saving)
        if status != .passed { throw ExitCode(status.rawValue) }
    }
}
