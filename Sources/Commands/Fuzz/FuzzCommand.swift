internal import ArgumentParser
internal import Campaigns
internal import Foundation
internal import InterruptModel
internal import KVMHost
internal import Lockstep
internal import Scenarios
internal import Verdicts

/// `savic-eoi fuzz`.
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Run random steps in lockstep; shrink and save what differs from the model.",
        discussion: """
            The same seed makes the same runs everywhere, whatever the shard. “merge” makes one \
            result of the shards' JSON.

            A random machine has one to four of the 24 pins, on vectors of the whole range that \
            are often shared or of one class: level or edge, masked, broadcast, with resample \
            irqfds and ack notifiers. Its steps are \(words(FuzzAlphabet.steps.always)).

            --routes adds \(words(FuzzAlphabet.steps.routes)), and pins whose destination is \
            nobody.

            --hostile adds \(words(FuzzAlphabet.steps.hostile)), vectors that are not allowed, \
            an APIC that is off, IOAPIC version 0x20 and KVM's flags for EOI broadcasts.

            --vcpus makes machines of several vCPUs, with pins for any of them, for all and for \
            sets, and adds \(FuzzAlphabet.steps.several.joined(separator: ", ")).

            What the backend cannot do is left out.

            Without --shard the part is the one that a scheduler gives: by SLURM_ARRAY_TASK_ID of \
            a job array; by JOB_COMPLETION_INDEX, from 0, of a Kubernetes Job; by PARALLEL_SEQ, \
            from 1, of GNU parallel. The number of parts is SAVIC_EOI_SHARDS; without it Slurm's \
            own number, or COMPLETIONS on Kubernetes. With it Slurm's tasks are numbered from 0. A \
            variable that is there but of no use is an error; --shard 1/1 is the whole campaign \
            all the same.

            EXAMPLES
              savic-eoi fuzz --runs 1000 --seed 7 --save found
              savic-eoi fuzz --backend kvm --hostile
              savic-eoi fuzz --backend kvm --vcpus 4
              savic-eoi fuzz --seed 7 --shard 2/4 --json --output 2.json
            """)

    private static func words(_ steps: [String]) -> String {
        steps.dropLast().joined(separator: ", ") + " and " + (steps.last ?? "")
    }

    @Option(name: .shortAndLong, help: "What performs the steps.")
    var backend: BackendKind = .emulator

    @Option(help: "Who plays the IOAPIC: userspace or KVM.")
    var irqchip: OneIRQChip = .split

    @Option(name: .shortAndLong, help: "The EOI design under test.")
    var design = DesignArgument(entry: EOIDesigns.standard)

    @OptionGroup var kernel: KernelOptions

    @Option(
        help: ArgumentHelp(
            "The seed; without one the clock chooses, and it is printed first.",
            valueName: "number"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Steps of a run.", valueName: "steps"))
    var steps = 24

    @Option(help: ArgumentHelp("Runs, counted over all shards.", valueName: "runs"))
    var runs = 1_000

    @Option(
        help: ArgumentHelp("Only part i of n of the runs.", valueName: "i/n"),
        transform: Shard.read)
    var shard: Shard?

    @Flag(help: "Guests that break the rules: EOIs that are none, an APIC that is off, resets.")
    var hostile = false

    @Flag(help: "Redirection entries change in flight; messages have the vectors of lines.")
    var routes = false

    @Option(
        help: ArgumentHelp(
            "Machines of up to so many vCPUs, with IPIs between them: 1 to 4.",
            valueName: "number"))
    var vcpus = 1

    @Flag(help: "An invariant that does not hold is a finding, though the model foresees it.")
    var strict = false

    @OptionGroup
    var reproducers: Reproducers

    @OptionGroup var printing: PrintOptions<PrintFormat>

    @Option(
        help: ArgumentHelp("Stop after this many different findings.", valueName: "findings"))
    var maxFindings = 10

    @Option(help: ArgumentHelp("Seconds that one KVM_RUN may take.", valueName: "seconds"))
    var timeout = 10

    @Flag(help: "Run steps that can hurt an unfixed host kernel (savic).")
    var allowHostRisk = false

    func validate() throws {
        try check("--vcpus", vcpus, in: 1...4)
        try check("--steps", steps, in: 1...10_000)
        try check("--runs", runs, in: 1...)
        try check("--max-findings", maxFindings, in: 1...)
        try check("--timeout", timeout, in: 1...86_400)
    }

    func run() throws {
        let part = try shard ?? shardOfScheduler() ?? .whole
        guard seed != nil || part == .whole else {
            throw CommandFailure.usage(
                "shard \(part) has no --seed: each shard would take another by the clock; "
                    + "expected the same for all of a campaign")
        }
        let seed = seed ?? UInt64(Date().timeIntervalSince1970 * 1000)
        var chosen = ChosenBackend(
            backend, timeout: UInt64(timeout), allowHostRisk: allowHostRisk,
            axes: PartialAssumptions())
        // What fails here fails again, as an error, in the first run.
        try? chosen.backend.look(at: irqchip.axis)
        let settings = FuzzSettings(
            tool: .current, seed: seed, backend: chosen.backend.kind,
            simulatedBy: chosen.backend.simulatedBy, irqchip: irqchip.rawValue,
            design: backend.design(design.entry.name),
            kernelRules: kernel.text(foundBy: chosen.backend, on: [irqchip.axis]), steps: steps,
            runs: runs, isHostile: hostile, changesRoutes: routes, vcpus: vcpus,
            isStrict: strict,
            shards: part.count)
        var report = FuzzReport(settings: settings, shard: part, host: HostReport.list)
        var options = options(seed, on: chosen.backend)
        options.isStopped = { Interruption.requested }
        report.hidesEOIs = FuzzCampaign.reasonForNoEOIs(options, chosen.backend)
        var output = try ResultOutput(printing)
        try output.tell { _ in report.heading("shard \(part)") }
        try Interruption.listen()
        var files = reproducers.saving(overwrites: printing.overwrite)
        var progress = ProgressLine()
        var session = FuzzSession(options, report, maxFindings: maxFindings)
        var backend = chosen.backend
        let share = part.share(of: runs)
        do {
            defer { progress.clear() }
            try session.perform(on: &backend) { report in
                progress.show(report.progress(of: share))
            } found: { finding, report in
                progress.clear()
                try output.tell { report.text(of: finding, $0) }
                guard let file = try files.save(finding.scenario) else { return }
                try output.tell { _ in report.again(finding, file) }
            }
        }
        try output.tell { _ in session.report.summary }
        try output.write(session.report.document())
        try output.close()
        let status = session.report.status.worse(files.status)
        if status != .passed { throw ExitCode(status.rawValue) }
    }

    private func shardOfScheduler() throws -> Shard? {
        do {
            return try ShardEnvironment(Console.current.environment).shard()
        } catch {
            throw CommandFailure.usage(error.message)
        }
    }

    func options(_ seed: UInt64, on chosen: any Backend) -> FuzzOptions {
        // Hardware plays what it plays; whoever simulates it, what he is told.
        let isHardware = backend == .savic && chosen.simulatedBy == nil
        var options = FuzzOptions(
            seed: seed, steps: steps, design: design.entry,
            kind: backend.machine, irqchip: irqchip.axis,
            assumptions: isHardware ? chosen.found.assumptions : nil, kernelRules: kernel.rules,
            isHostile: hostile, changesRoutes: routes, isStrict: strict)
        options.vcpus = vcpus
        return options
    }
}
