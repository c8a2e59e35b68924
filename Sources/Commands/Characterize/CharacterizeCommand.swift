internal import ArgumentParser
internal import Backends
internal import InterruptModel
internal import KVMHost
internal import Lockstep
internal import Verdicts

/// `savic-eoi characterize`.
struct CharacterizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "characterize",
        abstract: "Find out on hardware what nobody has published: the assumptions to run under.",
        discussion: """
            Runs a fixed series of probes in secure guests, each run on a fresh one, and tells how \
            often each outcome came about: always, sometimes, never. A probe that fails costs no \
            other its answer, Ctrl-C prints what there is. None of them sends KVM an EOI that it \
            has nothing noted for. The JSON is what “run --assumptions FILE” and “compare” read, \
            and what --output gets without a --format. \
            On the emulator and on the kernel lab the assumptions below are what it plays, and the \
            answers are to be those again.

            Exit status: 0 when each probe has one answer in all runs and the model allows it, 1 \
            when some have not, 4 when nothing can be probed here.

            EXAMPLES
              savic-eoi characterize --repeat 1            each probe once: seconds
              savic-eoi characterize --output host.json    the text, and a file of JSON
              savic-eoi characterize --backend emulator --page-tmr never
              savic-eoi characterize --plan                what tells the assumptions apart
            """)

    @Option(name: .shortAndLong, help: "Where the guest runs.")
    var backend: SecureBackendChoice = .savic

    @Option(help: "Who plays the IOAPIC: userspace or KVM.")
    var irqchip: OneIRQChip = .split

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Runs of each probe. Without it 3000 on hardware, which show with 95 % what happens "
                + "once in 1000; 10 on the emulator, 3 on the kernel lab.",
            valueName: "runs"))
    var `repeat`: Int?

    @OptionGroup(title: "What the emulator or the kernel lab plays")
    var axes: AxisOptions

    @Option(name: .shortAndLong, help: "The EOI design that the emulator or the kernel lab plays.")
    var design = DesignArgument(entry: EOIDesigns.standard)

    @Option(
        help: ArgumentHelp(
            "Have the emulator play hardware that is odd: in one of so many guests VMRUN does not "
                + "write the page's TMR.",
            valueName: "guests"))
    var oddOneIn: Int?

    @Flag(help: "Run nothing: print which steps tell which assumption sets apart.")
    var plan = false

    @OptionGroup var printing: PrintOptions<PrintFormat>

    @Option(help: ArgumentHelp("Seconds that one KVM_RUN may take.", valueName: "seconds"))
    var timeout = RunOptions.standardTimeout

    func validate() throws {
        try check("--timeout", timeout, in: 1...86_400)
        try check("--repeat", `repeat`, in: 1...10_000_000)
        try check("--odd-one-in", oddOneIn, in: 1...)
        guard oddOneIn == nil || backend == .emulator else {
            throw ValidationError("--odd-one-in takes --backend emulator.")
        }
    }

    func run() throws {
        // What is kept of a host is what other commands read.
        var output = try ResultOutput(printing, ofFiles: .json)
        let width = Console.current.width
        if plan {
            let plan = ProbePlan()
            try output.tell { _ in plan.text(width: width) }
            try output.write(plan.document)
            return try output.close()
        }
        let host = try ProbeHosts.host(backend, timeout: UInt64(timeout), oddOneIn: oddOneIn)
        if let obstacle = host.obstacleToProbes(of: design.entry) {
            throw CommandFailure(
                status: .nothingRan,
                message: "nothing to characterize here: it \(obstacle.reason)"
                    + (obstacle.hint.isEmpty ? "" : "; \(obstacle.hint)"))
        }
        try Interruption.listen()
        let report = report(of: host)
        try output.tell { report.text(width: width, $0) }
        try output.write(report.document)
        try output.close()
        let status: ExitStatus =
            report.found.isInterrupted
            ? .interrupted : report.found.isComplete ? .passed : .failed
        if status != .passed { throw ExitCode(status.rawValue) }
    }

    func report(of host: any ProbeHost) -> CharacterizeReport {
        var options = CharacterizeOptions(
            irqchip: irqchip.axis, played: axes.chosen.assumptions, design: design.entry,
            repeats: `repeat` ?? host.standardRepeats)
        let progress = ProgressBox()
        let repeats = options.repeats
        options.isStopped = { Interruption.requested }
        options.progress = { probe, done in
            progress.line.show(
                "characterize: \(probe), run \(done + 1) of \(repeats); probe "
                    + "\((Probe.all.firstIndex { $0.name == probe } ?? 0) + 1) of "
                    + "\(Probe.all.count)")
        }
        defer { progress.line.clear() }
        let isHardware = backend == .savic && host.simulatedBy == nil
        return CharacterizeReport(
            found: host.characterize(options), backend: host.kind,
            simulatedBy: host.simulatedBy, irqchip: irqchip.rawValue, repeats: repeats,
            played: isHardware ? nil : (options.played, options.design.name))
    }
}

/// A line that a closure can change.
private final class ProgressBox {
    var line = ProgressLine()
}

/// The backend of a characterization.
enum ProbeHosts {
    static func host(
        _ choice: SecureBackendChoice, timeout: UInt64, oddOneIn: Int? = nil
    ) throws -> any ProbeHost {
        if choice == .emulator {
            let backend = EmulatorBackend(limit: timeout, oddOneIn: oddOneIn)
            try check(backend.refusal)
            return backend
        }
        let backend = SavicBackend(
            lack: Readiness.current.lack(for: .savic), limit: timeout)
        try check(backend.refusal)
        return backend
    }

    private static func check(_ refusal: String?) throws {
        if let refusal { throw CommandFailure(status: .internalError, message: refusal) }
    }
}

/// Backends with a secure guest.
enum SecureBackendChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case emulator, savic
}

/// One irqchip.
enum OneIRQChip: String, ExpressibleByArgument, CaseIterable, Sendable {
    case split, kernel

    var axis: IRQChip { self == .split ? .split : .kernel }
}
