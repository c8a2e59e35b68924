internal import Campaigns
internal import InterruptModel
internal import Reporting
internal import Scenarios
internal import Verdicts

/// A campaign for people.
extension FuzzReport {
    /// - Parameter part: what is reported of all the shards.
    func heading(_ part: String) -> String {
        "\(settings.tool.name.printable)\nseed     \(settings.seed)\n"
            + "backend  \(settings.shownBackend), irqchip \(settings.irqchip), "
            + "design \(settings.design)\n"
            + (settings.kernelRules.isEmpty
                ? "" : "kernel   \(settings.kernelRules.printable)\n")
            + "runs     \(settings.runs) of \(settings.steps) steps, \(part)"
            + (settings.isHostile ? ", hostile guests" : "")
            + (settings.changesRoutes ? ", changing routes" : "")
            + (settings.vcpus > 1 ? ", up to \(settings.vcpus) vCPUs" : "")
            + (settings.isStrict ? ", strict" : "") + "\n"
    }

    /// How far it is, of the shard's runs.
    func progress(of share: Int) -> String {
        "\(performed)/\(share) runs, \(counted(compared.eois, "EOI")), "
            + counted(findings.count, "finding")
    }

    func text(of finding: FuzzFinding, _ palette: Palette) -> String {
        let console = Console.current
        let steps = counted(finding.scenario.steps.count, "step")
        var text =
            "\n\(finding.name): \(steps) of \(finding.originalLength), \(finding.reproduction)\n"
        let report = MismatchReport(finding.mismatch, width: console.width - 2, palette: palette)
        for line in report.lines { text += "  \(line)\n" }
        if let simulation = settings.simulation { text += "  \(simulation)\n" }
        for line in ScenarioWriter.text(of: finding.scenario).split(separator: "\n") {
            text += "  | \(String(line).printable)\n"
        }
        return text
    }

    /// The command that runs a saved reproducer again: only what `run` would not do by itself.
    func again(_ finding: FuzzFinding, _ file: String) -> String {
        let scenario = finding.scenario
        // Whatever the folder is called, this is a file and no option.
        var command = ShellCommand(
            "savic-eoi", "run", file.pathWord, "--backend", settings.backend.rawValue)
        command.add("--irqchip", settings.irqchip, unless: IRQChip.split.rawValue)
        // A plain machine has KVM's own answer to the EOI, which is no choice.
        if settings.design != Scenario.plainDesign {
            command.add(
                "--design", settings.design, unless: scenario.design ?? EOIDesigns.standard.name)
        }
        if settings.kernelRules.hasSuffix(KernelOptions.askedFor) {
            command.add("--kernel-rules", scenario.setup.kernelRules.spelling)
        }
        command.add(
            "--allow-host-risk", if: scenario.danger == .host && settings.backend == .savic)
        return "  again: \(command.text)\n"
    }

    var summary: String {
        var lines = [
            counted(performed, "run") + (settings.simulation.map { " \($0)" } ?? "")
                + ", compared \(counted(compared.steps, "step")), "
                + "\(counted(compared.fields, "field")), \(counted(compared.eois, "EOI")): "
                + (findings.isEmpty ? "no difference from the model" : found)
        ]
        // Told when they were found, too; but where only the end of an output is kept, it is this.
        lines += findings.map(\.summary)
        if compared.steps > 0, compared.eois == 0 {
            lines.append("compared no EOI" + (hidesEOIs.map { ": \($0)" } ?? ""))
        }
        for (reason, count) in failures.sorted(by: { $0.key < $1.key }) {
            lines.append("\(counted(count, "run")) without a result: \(reason)")
        }
        if isInterrupted { lines.append("interrupted") }
        let width = Console.current.width
        return "\n" + lines.flatMap { $0.wrapped(at: width) }.map { $0 + "\n" }.joined()
    }

    private var found: String {
        counted(findings.count, "different finding")
            + ", \(duplicates) \(duplicates == 1 ? "run shows" : "runs show") them again"
    }
}

extension FuzzFinding {
    fileprivate var name: String {
        "\(fingerprint.code.rawValue) in \(fingerprint.field.printable), run \(run)"
    }

    /// How reliably it shows.
    fileprivate var reproduction: String {
        repeats == 0 ? "not run again" : "\(reproduced) of \(repeats) runs reproduce it"
    }

    fileprivate var summary: String { "\(name): \(reproduction)" }
}
