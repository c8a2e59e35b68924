internal import ArgumentParser
internal import InterruptModel
internal import Lockstep
internal import Scenarios

/// The answer to the EOI that is tested, and the machine that it is tested on.
struct DesignOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The EOI design under test. Without it the one that a file names, or "
                + "\(EOIDesigns.standard.name).",
            valueName: "design"))
    var design: DesignArgument?

    @Option(help: "The kind of local APIC, where a scenario leaves the choice.")
    var machine: MachineKind?
}

/// The machine that one scenario is gone through on.
struct MachineOptions: ParsableArguments {
    @Option(help: "Who plays the IOAPIC. Without it the scenario's own.")
    var irqchip: IRQChip?

    @OptionGroup var tested: DesignOptions

    /// The first option that somebody has given.
    var given: String? {
        let options = [
            ("--irqchip", irqchip != nil), ("--design", tested.design != nil),
            ("--machine", tested.machine != nil),
        ]
        return options.first { $0.1 }?.0
    }

    /// Takes a machine where nobody says which.
    mutating func complete(with kind: MachineKind, _ irqchip: IRQChip) {
        tested.machine = tested.machine ?? kind
        self.irqchip = self.irqchip ?? irqchip
    }

    /// How a scenario is gone through on it.
    /// - Parameter axes: those that `assumed` settles.
    func lockstep(
        for scenario: Scenario, _ assumed: AssumptionOptions, _ axes: PartialAssumptions
    ) -> LockstepOptions {
        var options = LockstepOptions(
            design: scenario.design(chosen: tested.design),
            irqchip: irqchip ?? scenario.irqchips[0], kind: tested.machine, axes: axes)
        options.kernelRules = assumed.kernel.rules
        options.seeksLikeness = true
        return options
    }
}

/// What is assumed of the hardware, the guest and the kernel.
struct AssumptionOptions: JoinedOptions {
    private var axes = AxisOptions()
    private var others = OtherAssumptions()
    private(set) var kernel = KernelOptions()

    init() {}

    init(from decoder: any Decoder) throws {
        axes = try AxisOptions(from: decoder)
        others = try OtherAssumptions(from: decoder)
        kernel = try KernelOptions(from: decoder)
    }

    var parts: [any ParsableArguments] { [axes, others, kernel] }

    /// The file of `--assumptions`.
    var assumptions: String? { others.assumptions }

    /// Those that have an option each.
    var single: PartialAssumptions {
        var single = axes.chosen
        single[.guestEOI] = others.guestEOI?.rawValue
        return single
    }

    /// The first option that somebody has given.
    var given: String? {
        if let axis = single.list.first(where: { $0.value != nil }) { return "--\(axis.name)" }
        if assumptions != nil { return "--assumptions" }
        return kernel.rules == nil ? nil : "--kernel-rules"
    }

    /// The options' assumptions, then those of the file.
    func chosen() throws -> PartialAssumptions {
        guard let assumptions else { return single }
        return single.completed(by: try AssumptionFile(reading: assumptions).assumptions)
    }
}

/// What is assumed beside the hardware's axes.
private struct OtherAssumptions: ParsableArguments {
    @Option(name: .customLong("guest-eoi"), help: .assume(.guestEOI))
    var guestEOI: GuestEOI?

    @Option(
        help: ArgumentHelp(
            "Assume what characterize has found out; single options go before it.",
            valueName: "file"),
        completion: .file())
    var assumptions: String?
}
