internal import ArgumentParser
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
              savic-eoi explore --levels 1 --dot states.dot
            """)

    @OptionGroup(title: "What is searched")
    var subject: ExploreSubject

    @OptionGroup(title: "Reports")
    var output: SearchOutput

    @Option(
        help: ArgumentHelp(
            "Draw every state and action for Graphviz, where there are 200 states at most.",
            valueName: "file"),
        completion: .file(extensions: ["dot"]))
    var dot: String?

    @OptionGroup(title: "Limits")
    var budget: SearchBudget

    @OptionGroup(title: "Assumptions")
    var assumed: AssumptionOptions

    func run() throws {
        let plan = try ExplorePlan(self)
        let place = try output.prepare(for: plan.names)
        try Interruption.listen()
        let graph = try dot.map { try StateGraphFile(plan, $0, output.printing.overwrite) }
        let (found, seconds) = budget.run(plan.search, plan.question)
        let report = ExploreReport(
            plan: plan, found: found, seconds: seconds, threads: budget.threadCount)
        let saving = try output.tell(report, to: place)
        try graph?.write()
        let status = report.status(requiresCompleteness: subject.requireComplete).worse(saving)
        if status != .passed { throw ExitCode(status.rawValue) }
    }
}
