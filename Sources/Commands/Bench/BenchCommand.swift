internal import ArgumentParser
internal import InterruptModel
internal import KVMHost
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

            EXAMPLES
              savic-eoi bench
              savic-eoi bench --backend kvm --irqchip both --rounds 100000
              savic-eoi bench --backend model --levels 4
              savic-eoi bench --json --output bench.json
            """)

    @Option(
        name: .shortAndLong,
        help: "What performs the steps; may be repeated. All that can run here, unless given.")
    var backend: [BackendKind] = []

    @Option(help: "Who plays the IOAPIC: userspace or KVM.")
    var irqchip: IRQChipChoice = .split

    @Option(name: .shortAndLong, help: "The EOI design of a secure machine's hypervisor.")
    var design = DesignArgument(entry: EOIDesigns.standard)

    @Option(
        help: ArgumentHelp(
            "How many times each machine goes through the five steps; p99.9 wants 1000.",
            valueName: "times"))
    var rounds = 10_000

    @Option(
        help: ArgumentHelp(
            "Lines of the machine that is searched, 1 to 6; 5 without this and --backend.",
            valueName: "lines"))
    var levels: Int?

    @Option(help: ArgumentHelp("Seconds that one KVM_RUN may take.", valueName: "seconds"))
    var timeout = RunOptions.standardTimeout

    @OptionGroup var printing: PrintOptions<PrintFormat>

    @OptionGroup var axes: AxisOptions

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
        var output = try ResultOutput(printing)
        let report = BenchReport()
        try output.tell { _ in report.heading }
        let console = Console.current
        for index in sections.indices {
            sections[index].measure()
            try output.tell { sections[index].text(width: console.width, $0) }
        }
        try output.write(report.document(of: sections))
        try output.close()
        let status = report.status(of: sections)
        if status != .passed { throw ExitCode(status.rawValue) }
    }
}
