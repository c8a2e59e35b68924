internal import ArgumentParser
internal import Foundation
internal import InterruptModel
internal import KVMHost
internal import Lockstep
internal import Reporting
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

            Without --shard the part is the one that a scheduler gives: by SLURM_ARRAY_TASK_ID of \
            a job array; by JOB_COMPLETION_INDEX, from 0, of a Kubernetes Job; by PARALLEL_SEQ, \
            from 1, of GNU parallel. The number of parts is SAVIC_EOI_SHARDS; without it Slurm's \
            own number, or COMPLETIONS on Kubernetes. With it Slurm's tasks are numbered from 0. A \
            variable that is there but of no use is an error; --shard 1/1 is the whole campaign \
            all the same.
            """)

    @Option(name: .shortAndLong, help: "What performs the steps: model, kvm, emulator or savic.")
    var backend: BackendChoice = .emulator

    @Option(help: "Who plays the IOAPIC: userspace or KVM.")
    var irqchip: OneIRQChip = .split

    @Option(name: .shortAndLong, help: "The EOI design under test.")
    var design = DesignArgument(entry: EOIDesigns.standard)

    @Option(help: "The seed; without one the clock chooses, and it is printed first.")
    var seed: UInt64?

    @Option(help: "Steps of a run.")
    var steps = 24

    @Option(help: "Runs, counted over all shards.")
    var runs = 1_000

    @Option(help: ArgumentHelp("Only this part of the runs.", valueName: "i/n"))
    var shard: Shard?

    @Flag(help: "Guests that break the rules: EOIs that are none, IPIs on level vectors, resets.")
    var hostile = false

    @Flag(help: "Redirection entries change their vector and trigger mode in flight.")
    var routes = false

    @Flag(help: "An invariant that does not hold is a finding, though the model foresees it.")
    var strict = false

    @OptionGroup
    var reproducers: Reproducers

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Stop after this many different findings.")
    var maxFindings = 10

    @Option(help: "Seconds that one KVM_RUN may take.")
    var timeout = 10

    @Flag(help: "Run steps that can hurt an unfixed host kernel (savic).")
    var allowHostRisk = false

    func validate() throws {
        guard 1...10_000 ~= steps else { throw ValidationError("--steps takes 1 to 10000.") }
        guard runs >= 1 else { throw ValidationError("--runs takes 1 or more.") }
        guard maxFindings >= 1 else { throw ValidationError("--max-findings takes 1 or more.") }
        guard 1...86_400 ~= timeout else {
            throw ValidationError("--timeout takes 1 to 86400 seconds.")
        }
        guard backend != .auto else {
            throw ValidationError("--backend takes model, kvm, emulator or savic here.")
        }
    }

    func run() throws {
        let part = try shard ?? ShardEnvironment(Console.current.environment).shard() ?? .whole
        guard seed != nil || part == .whole else {
            throw CommandFailure.usage(
                "shard \(part) has no --seed: each shard would take another by the clock; "
                    + "expected the same for all of a campaign")
        }
        let seed = seed ?? UInt64(Date().timeIntervalSince1970 * 1000)
        let chosen = try ChosenBackend(
            backend, timeout: UInt64(timeout), allowHostRisk: allowHostRisk,
            axes: AxisOverrides())
        let settings = FuzzSettings(
            tool: Tool.name, seed: seed, backend: chosen.backend.name, irqchip: irqchip.rawValue,
            design: backend == .kvm ? Scenario.plainDesign : design.entry.name, steps: steps,
            runs: runs, isHostile: hostile, changesRoutes: routes, isStrict: strict,
            shards: part.count)
        var report = FuzzReport(settings: settings, shard: part, host: HostReport.list)
        if !json { try Output.print(report.heading("shard \(part)")) }
        try Interruption.listen()
        try campaign(part, seed, chosen.backend, &report)
        try Output.print(json ? report.document().pretty : report.summary)
        if report.status != .passed { throw ExitCode(report.status.rawValue) }
    }

    private func campaign(
        _ part: Shard, _ seed: UInt64, _ initial: any Backend, _ report: inout FuzzReport
    ) throws {
        var backend = initial
        let campaign = FuzzCampaign(
            FuzzOptions(
                seed: seed, steps: steps, design: design.entry,
                kind: self.backend == .kvm ? .plain : .secure, irqchip: irqchip.axis,
                assumptions: self.backend == .savic ? Assumptions() : nil,
                isHostile: hostile, changesRoutes: routes, isStrict: strict))
        for number in part.runs(of: runs) {
            if Interruption.requested {
                report.isInterrupted = true
                return
            }
            switch campaign.run(number, on: &backend) {
            case .agreed(let compared): report.add(compared)
            case .interrupted:
                report.isInterrupted = true
                return
            case .failed(let reason):
                report.add(failure: reason)
                // What stops one run for want of something stops them all.
                if report.compared.steps == 0 { return }
            case .found(let found):
                let finding = ReportedFinding(found)
                guard report.add(finding) else { continue }
                let file = try reproducers.save(finding.scenario)
                if !json { try Output.print(report.text(of: finding, file: file)) }
                if report.findings.count >= maxFindings { return }
            }
        }
    }
}
