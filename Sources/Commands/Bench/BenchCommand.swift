internal import ArgumentParser
internal import InterruptModel
internal import KVMHost
internal import Reporting
internal import Verdicts

/// `savic-eoi bench`.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure EOI round trips, and the search of every state.",
        discussion: """
            A round trip is five steps on a machine with one level-triggered pin: assert 2, run, \
            deassert 2, eoi, sti. Each is held against the model, outside its time; a backend that \
            loses an interrupt or its EOI ends with an error and without a figure. The search of \
            every state is measured beside them, unless a backend is asked for without --levels.
            """)

    @Option(
        name: .shortAndLong,
        help: "What performs the steps; may be repeated. All that can run here, unless given.")
    var backend: [BackendKind] = []

    @Option(help: "Who plays the IOAPIC: userspace or KVM.")
    var irqchip: IRQChipChoice = .split

    @Option(name: .shortAndLong, help: "The EOI design of a secure machine's hypervisor.")
    var design = DesignArgument(entry: EOIDesigns.standard)

    @OptionGroup(title: "Assumptions about a secure machine")
    var axes: AxisOptions

    @Option(help: "How many times each machine goes through the five steps; p99.9 wants 1000.")
    var rounds = 10_000

    @Option(help: "Lines of the machine that is searched, 1 to 6; 5 without this and --backend.")
    var levels: Int?

    @OptionGroup var printing: PrintOptions

    @Option(help: "Seconds that one KVM_RUN may take.")
    var timeout = RunOptions.standardTimeout

    func validate() throws {
        try check("--rounds", rounds, in: 1...1_000_000_000)
        try check("--levels", levels, in: 1...6)
        try check("--timeout", timeout, in: 1...86_400)
    }

    /// Where a single backend is asked about, nobody waits for a search.
    private var searchedLevels: Int? { levels ?? (backend.isEmpty ? 5 : nil) }

    func run() throws {
        try Interruption.listen()
        var sections: [any BenchSection] = [
            RoundTripSection(
                backends: backend, irqchips: irqchip.axes, design: design.entry,
                axes: axes.chosen, rounds: rounds, timeout: UInt64(timeout))
        ]
        if let searchedLevels {
            sections.append(ExplorerSection(levels: searchedLevels, design: design.entry))
        }
        let report = BenchReport()
        if !printing.json { try Output.print(report.heading) }
        let console = Console.current
        let palette = printing.palette
        for index in sections.indices {
            sections[index].measure()
            guard !printing.json else { continue }
            try Output.print(sections[index].text(width: console.width, palette))
        }
        if printing.json { try Output.print(report.document(of: sections).pretty) }
        let status = report.status(of: sections)
        if status != .passed { throw ExitCode(status.rawValue) }
    }
}
