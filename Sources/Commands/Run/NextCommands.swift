internal import InterruptModel
internal import Reporting
internal import Verdicts

/// What a reader of a run's first screen may want to run next.
struct NextCommands {
    private let options: RunOptions

    init(_ options: RunOptions) { self.options = options }

    var list: [Suggestion] {
        let matrix = Suggestion(
            command: ShellCommand("savic-eoi", "matrix").text,
            meaning: "which design is safe under what")
        return [otherDesign].compactMap(\.self) + [matrix] + otherPlaces
    }

    /// The one that follows in the list of designs. A plain machine has KVM's own answer.
    private var otherDesign: Suggestion? {
        guard options.performer.backend != .kvm, options.tested.designs.count < 2 else {
            return nil
        }
        let designs = EOIDesigns.all.map(\.name)
        let own = options.tested.designs.first?.name ?? EOIDesigns.standard.name
        let index = designs.firstIndex(of: own) ?? 0
        var command = again(on: options.performer.backend.kind)
        command.add("--design", designs[(index + 1) % designs.count])
        return Suggestion(command: command.text, meaning: "the same against another answer")
    }

    /// Where the host was asked what can run, what else can.
    private var otherPlaces: [Suggestion] {
        guard options.performer.backend == .auto else { return [] }
        let readiness = Readiness.current
        let probe = Suggestion(
            command: ShellCommand("savic-eoi", "probe").text,
            meaning: "what this host has and lacks")
        guard let other = readiness.others.first else { return [probe] }
        var command = again(on: other)
        for design in options.tested.designs { command.add("--design", design.name) }
        let more = readiness.others.dropFirst().map { "; \($0.rawValue) can run too" }.joined()
        let place = other == .kvm ? "this host's KVM" : "the secure guest's machine code"
        return [Suggestion(command: command.text, meaning: place + more), probe]
    }

    /// The same scenarios under the same assumptions.
    private func again(on backend: BackendKind?) -> ShellCommand {
        var command = ShellCommand("savic-eoi", "run")
        for name in options.names { command.add(operand: name) }
        for group in options.choice.group { command.add("--group", group) }
        for name in options.choice.skip { command.add("--skip", name) }
        command.add("--backend", backend?.rawValue)
        command.add("--irqchip", options.performer.irqchip?.rawValue)
        command.add("--machine", options.tested.machine?.rawValue)
        command.add(options.assumed.single)
        command.add("--assumptions", options.assumed.assumptions)
        command.add("--kernel-rules", options.assumed.kernel.rules?.spelling)
        return command
    }
}
