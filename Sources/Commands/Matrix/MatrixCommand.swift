internal import ArgumentParser
internal import InterruptModel
internal import KVMHost
internal import Lockstep
internal import Searches
internal import Verdicts

/// `savic-eoi matrix`.
struct MatrixCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix",
        abstract: "Say of every EOI design, page TMR and guest what is safe and what is not.",
        discussion: """
            Searches every reachable state of each combination twice: as single actions, which is \
            every interleaving there is, and as whole guest steps, which every backend can \
            perform. “safe” is complete for every interleaving; a number is the length of the \
            shortest counterexample in steps, with “a” behind it in single actions where no \
            host program can force it.

            EXAMPLES
              savic-eoi matrix
              savic-eoi matrix --design rfc-v2 --design hardened
              savic-eoi matrix --levels 3 --nesting --json
              savic-eoi matrix --vcpus 2
              savic-eoi matrix --save-traces found
            """)

    @Option(name: .shortAndLong, help: "Only this EOI design; may be repeated.")
    var design: [DesignArgument] = []

    private static let standardLevels = 2

    @Option(help: ArgumentHelp("So many level lines: 1 to 4.", valueName: "lines"))
    var levels = Self.standardLevels

    @Option(
        help: ArgumentHelp(
            "So many vCPUs, to which the lines go in turn: 1 to 4.", valueName: "number"))
    var vcpus = 1

    @Flag(help: "The guest may set its interrupt flag while it serves an interrupt.")
    var nesting = false

    @OptionGroup var output: SearchOutput

    @OptionGroup var budget: SearchBudget

    func validate() throws {
        try check("--levels", levels, in: 1...4)
        try check("--vcpus", vcpus, in: 1...4)
    }

    func run() throws {
        let chosen = design.entries
        let designs = chosen.isEmpty ? EOIDesigns.all : chosen
        var command = ShellCommand("savic-eoi", "matrix")
        for each in chosen { command.add("--design", each.name) }
        command.add("--levels", "\(levels)", unless: "\(Self.standardLevels)")
        command.add("--vcpus", "\(vcpus)", unless: "1")
        command.add("--nesting", if: nesting)
        var matrix = Matrix(
            levels: levels, vcpus: vcpus, nesting: nesting, designs: designs, command: command.text)
        let place = try output.prepare(for: matrix.scenarioNames)
        try Interruption.listen()
        let rows = matrix.rows
        for (index, row) in rows.enumerated() where !Interruption.requested {
            let label = "matrix \(index + 1)/\(rows.count), "
            do throws(SearchTooWide) {
                matrix.add(
                    try MatrixEntry(row, matrix) { question, search in
                        budget.run(search, question, label: label).found
                    })
            } catch {
                throw CommandFailure(
                    status: .internalError,
                    message: "\(matrix.name) has no layout: \(error.sentence)")
            }
        }
        matrix.isInterrupted = Interruption.requested
        let saving = try output.tell(matrix, to: place)
        let status = matrix.status.worse(saving)
        if status != .passed { throw ExitCode(status.rawValue) }
    }
}
