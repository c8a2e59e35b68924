internal import ArgumentParser
internal import InterruptModel

/// What is searched, and what is asked of it.
struct ExploreSubject: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "So many level lines, pins 2, 3, …, vectors 0x31, 0x41, …: 1 to 8.",
            valueName: "lines"))
    var levels: Int?

    @Option(
        help: ArgumentHelp(
            "With --levels: so many vCPUs, to which the lines go in turn: 1 to 8.",
            valueName: "number"))
    var vcpus: Int?

    @Option(
        help: ArgumentHelp("A machine and its actions (YAML).", valueName: "file"),
        completion: .scenarioFile)
    var config: String?

    @Option(name: .shortAndLong, help: "The EOI design under test.")
    var design = DesignArgument(entry: EOIDesigns.standard)

    @Option(help: "Single actions, or whole guest steps, which every backend can perform.")
    var granularity: Granularity = .atomic

    @Flag(help: "The guest may set its interrupt flag while it serves an interrupt.")
    var nesting = false

    @Option(help: "Who plays the IOAPIC: userspace or KVM.")
    var irqchip: OneIRQChip?

    @Option(help: "The kind of local APIC.")
    var machine: MachineKind?

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp(
            "Actions beside the usual ones: verbs, or one action in quotes; may be repeated.",
            valueName: "verb,…"),
        completion: .list(ActionVerb.allCases.map(\.word)))
    var additions: [String] = []

    @Flag(help: "Ask of every state, too, whether a line that is high can still be served.")
    var liveness = false

    @Flag(help: "Find a shortest way for each last action that violates an invariant.")
    var allCauses = false

    @Flag(help: "Exit with 75 if a limit ended the search and nothing was found.")
    var requireComplete = false

    func validate() throws {
        guard (levels == nil) != (config == nil) else {
            throw ValidationError("Say either --levels or --config.")
        }
        guard vcpus == nil || config == nil else {
            throw ValidationError("--vcpus goes with --levels; a file says “vcpus” itself.")
        }
        try check("--levels", levels, in: 1...8)
        try check("--vcpus", vcpus, in: 1...8)
    }
}
