internal import ArgumentParser
internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// `savic-eoi show NAME|FILE`: a scenario as a picture.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Draw what a scenario or a saved trace goes through, and where it goes wrong.",
        discussion: """
            A column is a step, and a row is what an interrupt goes through: the line, Remote IRR, \
            KVM's IRR, RequestedIRR and the guest's page; the guest's real ISR above KVM's shadow \
            of it; what the guest ends, what KVM completes, which pin that acknowledges; the \
            invariants that break, as long as they stay broken. The registers are those behind the \
            step. “≠” stands where KVM would take an EOI for another vector than the guest ends: \
            the design is asked, at every moment. The step in which something goes wrong first is \
            drawn in two columns where vCPU entry did something before the guest came to act.

            EXAMPLES
              savic-eoi show stuck-line
              savic-eoi show found/rfc-v2-attribution-atomic.yaml
              savic-eoi show stuck-line --design hardened
              savic-eoi show level-basic --backend kvm
              savic-eoi show eoi-storm --steps 1-12 --json
              savic-eoi show stuck-line --html >stuck-line.html
              savic-eoi show stuck-line --vcd >stuck-line.vcd
              savic-eoi show stuck-line --gtkw stuck-line.vcd >stuck-line.gtkw
            """)

    @Argument(
        help: ArgumentHelp(
            "A scenario's name, the beginning of it, or a YAML file; - is stdin.",
            valueName: "name|file"))
    var name: String

    @Option(name: .shortAndLong, help: "What performs the steps.")
    var backend: BackendKind = .model

    @Option(help: "Who plays the IOAPIC. Without it the scenario's own.")
    var irqchip: IRQChip?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The EOI design. Without it the one that a file names, or "
                + "\(EOIDesigns.standard.name).",
            valueName: "design"))
    var design: DesignArgument?

    @Option(help: "The kind of local APIC, where a scenario leaves the choice.")
    var machine: MachineKind?

    @OptionGroup(title: "Assumptions")
    var axes: AxisOptions

    @Option(name: .customLong("guest-eoi"), help: .assume(.guestEOI))
    var guestEOI: GuestEOI?

    @Option(help: ArgumentHelp("Only these steps.", valueName: "first-last"))
    var steps: StepRange?

    @Flag(help: "All steps, however many.")
    var all = false

    @Flag(exclusivity: .exclusive)
    var form: PictureForm?

    @Option(
        help: ArgumentHelp(
            "Print what GTKWave is to show of a waveform that is in this file.",
            valueName: "file"))
    var gtkw: String?

    @Flag(help: "Draw with ASCII alone, as where the locale has no UTF-8.")
    var ascii = false

    @OptionGroup var print: PrintOptions

    func validate() throws {
        let forms = [print.json, form != nil, gtkw != nil].count { $0 }
        guard forms <= 1 else {
            throw ValidationError("Only one of --json, --svg, --html, --vcd, --mermaid and --gtkw.")
        }
    }

    func run() throws {
        let scenarios = try Selection(words: [name]).scenarios()
        guard scenarios.count == 1, let scenario = scenarios.first else {
            let names = scenarios.prefix(8).map(\.name).joined(separator: ", ")
            throw CommandFailure.usage(
                "one scenario is shown at a time; \(quoted: name) stands for \(scenarios.count): "
                    + names)
        }
        let timeline = try timeline(of: scenario)
        try draw(timeline, of: scenario)
        switch timeline.outcome.verdict {
        case .pass, .shown, .skip: break
        case .fail, .timeout: throw ExitCode(ExitStatus.failed.rawValue)
        case .error: throw ExitCode(ExitStatus.internalError.rawValue)
        }
    }

    private func draw(_ timeline: Timeline, of scenario: Scenario) throws {
        let console = Console.current
        if print.json { return try Output.print(TimelineJSON(timeline, by: .current).text) }
        if let gtkw {
            return try Output.print(TimelineVCD(timeline, by: .current).saveFile(for: gtkw))
        }
        let range = try shownSteps(of: timeline)
        if let form {
            let picture = try form.text(
                of: timeline, steps: range ?? timeline.interesting, again: again(scenario))
            return try Output.print(picture)
        }
        let text = TimelineText(
            timeline, steps: range, again: again(scenario), width: console.width,
            palette: print.palette, isASCII: ascii || !console.hasUTF8)
        try Output.print(text.lines.joined(separator: "\n") + "\n")
    }

    /// The steps that are asked for; nil where nobody says which.
    private func shownSteps(of timeline: Timeline) throws -> ClosedRange<Int>? {
        let every = 1...timeline.steps.count
        guard let steps, !all else { return all ? every : nil }
        guard steps.range.overlaps(every) else {
            throw CommandFailure.usage(
                "--steps \(steps.text): the run has \(counted(timeline.steps.count, "step"))")
        }
        return steps.range.clamped(to: every)
    }

    /// The command that draws the same again.
    private func again(_ scenario: Scenario) -> String {
        var command = ShellCommand("savic-eoi", "show", scenario.operand)
        command.add("--backend", backend.rawValue, unless: BackendKind.model.rawValue)
        command.add("--irqchip", irqchip?.rawValue)
        command.add("--design", design?.entry.name)
        command.add("--machine", machine?.rawValue)
        command.add(chosenAxes)
        command.add("--steps", steps?.text)
        command.add("--all", if: all)
        command.add("--\(form?.rawValue ?? "")", if: form != nil)
        return command.text
    }

    private var chosenAxes: PartialAssumptions {
        var chosen = axes.chosen
        chosen[.guestEOI] = guestEOI?.rawValue
        return chosen
    }

    private func timeline(of scenario: Scenario) throws -> Timeline {
        let chosen = chosenAxes
        let options = LockstepOptions(
            design: scenario.design(chosen: design), irqchip: irqchip ?? scenario.irqchips[0],
            kind: machine, axes: chosen)
        let host = ChosenBackend(
            backend, timeout: UInt64(RunOptions.standardTimeout), allowHostRisk: false, axes: chosen
        )
        var performer = host.backend
        let (outcome, timeline) = Lockstep(options).record(scenario, on: &performer)
        // A run that ends in a mismatch or an error is drawn up to there, and says so.
        if let timeline, !timeline.steps.isEmpty { return timeline }
        let reason =
            outcome.skip.map { "\($0.reason)\($0.hint.isEmpty ? "" : "; \($0.hint)")" }
            ?? outcome.failure ?? "it has no steps"
        throw CommandFailure(
            status: outcome.verdict == .skip ? .nothingRan : .internalError,
            message: "\(scenario.name) cannot be shown: \(reason)")
    }
}

/// `40-60`, or one step.
struct StepRange: ExpressibleByArgument {
    let range: ClosedRange<Int>
    let text: String

    init?(argument: String) {
        let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
            first >= 1, first <= last
        else { return nil }
        (range, text) = (first...last, argument)
    }
}
