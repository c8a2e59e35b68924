internal import ArgumentParser
internal import InterruptModel
internal import KVMHost
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// `savic-eoi show NAME|FILE`: a scenario, or a run that was saved, as a picture.
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

            What --json has printed is drawn again in every form, on any host: name it FILE.json.

            EXAMPLES
              savic-eoi show stuck-line
              savic-eoi show found/rfc-v2-attribution-atomic.yaml
              savic-eoi show stuck-line --design hardened
              savic-eoi show level-basic --backend kvm
              savic-eoi show eoi-storm --json >run.json
              savic-eoi show run.json --steps 1-12
              savic-eoi show stuck-line --html >stuck-line.html
              savic-eoi show stuck-line --vcd >stuck-line.vcd
              savic-eoi show stuck-line --gtkw stuck-line.vcd >stuck-line.gtkw
              savic-eoi show level-basic --selftest >level_basic.c
            """)

    @Argument(
        help: ArgumentHelp(
            "A scenario's name, the beginning of it, or a YAML file; - is stdin. Or a .json file "
                + "that --json has printed.",
            valueName: "name|file"),
        completion: .scenarios)
    var name: String

    @OptionGroup(title: "What performs it")
    var performer: ShowPerformer

    @OptionGroup(title: "What performs it")
    var machine: MachineOptions

    @OptionGroup(title: "What is drawn")
    var picture: PictureOptions

    @OptionGroup(title: "Reports")
    var printing: PrintOptions<PrintFormat>

    @OptionGroup(title: "Assumptions")
    var assumed: AssumptionOptions

    func validate() throws {
        let forms = [!printing.formats.isEmpty, picture.form != nil, picture.gtkw != nil]
        guard forms.count(where: \.self) <= 1 else {
            throw ValidationError(
                "Only one of --format, --json, --svg, --html, --vcd, --mermaid, --selftest and "
                    + "--gtkw.")
        }
    }

    func run() throws {
        let isSaved = name.hasSuffix(".json")
        let (timeline, again) = try isSaved ? saved() : performed()
        try draw(timeline, again: again)
        switch timeline.outcome.verdict {
        case .pass, .shown, .skip: break
        case .fail, .timeout: throw ExitCode(ExitStatus.failed.rawValue)
        case .error: throw ExitCode(ExitStatus.internalError.rawValue)
        }
    }

    /// A run that was saved, and the command that draws it again.
    private func saved() throws -> (Timeline, again: String) {
        if let option = performer.given ?? machine.given ?? assumed.given {
            throw CommandFailure.usage(
                "\(option) says how a scenario is run; \(quoted: name) has been run already")
        }
        let file = try InputFile.parse(name, most: TimelineFile.largest + 1) {
            bytes, file throws(ScenarioError) in try TimelineFile(bytes, file: file)
        }
        var command = ShellCommand(
            "savic-eoi", "show", name.hasPrefix("-") ? name.pathWord : name)
        picture.add(to: &command)
        if picture.form == .selftest, !file.saysAllOfItsMachine {
            throw CommandFailure.usage(
                "\(quoted: name) is of an earlier version, which did not save all that a selftest "
                    + "needs: run the scenario again")
        }
        return (file.timeline, command.text)
    }

    private func performed() throws -> (Timeline, again: String) {
        let scenario = try Selection.scenario(name, is: "shown")
        let axes = try assumed.chosen()
        return (try timeline(of: scenario, axes), again(scenario, axes))
    }

    private func draw(_ whole: Timeline, again: String) throws {
        let timeline = try picture.part(of: whole)
        if let gtkw = picture.gtkw {
            return try printing.deliver(TimelineVCD(timeline, by: .current).saveFile(for: gtkw))
        }
        let range = try shownSteps(of: timeline)
        if let form = picture.form {
            return try printing.deliver(
                form.text(of: timeline, steps: range ?? timeline.interesting, again: again))
        }
        let width = Console.current.width
        try printing.tell(
            { palette in
                let text = TimelineText(
                    timeline, steps: range, again: again, width: width, palette: palette)
                let lines = text.lines.joined(separator: "\n") + "\n"
                return picture.ascii ? lines.inASCII : lines
            }, TimelineJSON(whole, by: .current).document)
    }

    /// The steps that are asked for; nil where nobody says which.
    private func shownSteps(of timeline: Timeline) throws -> ClosedRange<Int>? {
        let every = 1...timeline.steps.count
        guard let steps = picture.steps, !picture.all else {
            return picture.all ? every : nil
        }
        guard steps.range.overlaps(every) else {
            throw CommandFailure.usage(
                "--steps \(steps.text): the run has \(counted(timeline.steps.count, "step"))")
        }
        return steps.range.clamped(to: every)
    }

    /// The command that draws the same again.
    private func again(_ scenario: Scenario, _ axes: PartialAssumptions) -> String {
        var command = ShellCommand("savic-eoi", "show", scenario.operand)
        command.add(
            "--backend", performer.backend?.rawValue, unless: BackendKind.model.rawValue)
        command.add("--irqchip", machine.irqchip?.rawValue)
        command.add("--design", machine.tested.design?.entry.name)
        command.add("--machine", machine.tested.machine?.rawValue)
        command.add(axes)
        command.add("--kernel-rules", assumed.kernel.rules?.spelling)
        picture.add(to: &command)
        return command.text
    }

    private func timeline(of scenario: Scenario, _ axes: PartialAssumptions) throws -> Timeline {
        var machine = machine
        // There is only one machine that a selftest can have.
        if picture.form == .selftest {
            machine.complete(with: .plain, .kernel)
            guard scenario.machines.contains(.plain), scenario.irqchips.contains(.kernel) else {
                throw CommandFailure.usage(SelftestObstacle.scenario(scenario.name).sentence)
            }
        }
        let options = machine.lockstep(for: scenario, assumed, axes)
        let host = ChosenBackend(
            performer.backend ?? .model, timeout: UInt64(RunOptions.standardTimeout),
            allowHostRisk: false, axes: axes)
        var backend = host.backend
        let (outcome, timeline) = Lockstep(options).record(scenario, on: &backend)
        // A run that ends in a mismatch or an error is drawn up to there, and says so.
        if let timeline, !timeline.steps.isEmpty {
            return timeline.withLostLines { !Interruption.requested }
        }
        throw CommandFailure(scenario, cannotBe: "shown", outcome)
    }
}

/// What performs the steps of a picture.
struct ShowPerformer: ParsableArguments {
    @Option(name: .shortAndLong, help: "What performs the steps. Without it the model.")
    var backend: BackendKind?

    /// The option, where somebody has given it.
    var given: String? { backend == nil ? nil : "--backend" }
}

/// Which steps are drawn, and how.
struct PictureOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only these steps.", valueName: "first-last"))
    var steps: StepRange?

    @Flag(help: "All steps, however many.")
    var all = false

    @Flag(exclusivity: .exclusive)
    var form: PictureForm?

    @Option(
        help: ArgumentHelp(
            "Print what GTKWave is to show of a waveform that is in this file.",
            valueName: "file"),
        completion: .file())
    var gtkw: String?

    @Option(
        help: ArgumentHelp(
            "Only this vCPU's part. Without it text has all of them, a picture or waveform the one "
                + "on which something goes wrong.",
            valueName: "number"))
    var vcpu: Int?

    @Flag(help: "Draw with ASCII alone, as where the locale has no UTF-8.")
    var ascii = false

    /// What is to be drawn of a run. A program in C is made of all of it.
    func part(of timeline: Timeline) throws -> Timeline {
        guard let vcpu, form != .selftest else { return timeline }
        guard (0..<timeline.setup.vcpus).contains(vcpu) else {
            throw CommandFailure.usage(
                "--vcpu \(vcpu): the machine has \(counted(timeline.setup.vcpus, "vCPU"))")
        }
        return timeline.seen(from: vcpu)
    }

    /// What draws the same steps in the same form.
    func add(to command: inout ShellCommand) {
        command.add("--steps", steps?.text)
        command.add("--all", if: all)
        command.add("--vcpu", vcpu.map { "\($0)" })
        if let form { command.add("--\(form.rawValue)", if: true) }
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
