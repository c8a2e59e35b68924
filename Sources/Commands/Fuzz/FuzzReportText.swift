internal import Reporting
internal import Scenarios
internal import Verdicts

/// A campaign for people.
extension FuzzReport {
    /// - Parameter part: what is reported of all the shards.
    func heading(_ part: String) -> String {
        "\(settings.tool.printable)\nseed     \(settings.seed)\n"
            + "backend  \(settings.backend), irqchip \(settings.irqchip), "
            + "design \(settings.design)\n"
            + "runs     \(settings.runs) of \(settings.steps) steps, \(part)"
            + (settings.isHostile ? ", hostile guests" : "")
            + (settings.changesRoutes ? ", changing routes" : "")
            + (settings.isStrict == true ? ", strict" : "") + "\n"
    }

    func text(of finding: ReportedFinding, file: String?) -> String {
        let steps = finding.scenario.steps.count
        var text = "\n\(finding.fingerprint.code) in \(finding.fingerprint.field.printable), run "
            + "\(finding.run): \(steps) steps of \(finding.originalLength), "
            + "\(finding.reproduced) of \(finding.repeats) runs reproduce it\n"
        if let expected = finding.expected, let observed = finding.observed {
            text += "  expected \(expected.printable), observed \(observed.printable)\n"
        }
        for line in ScenarioWriter.text(of: finding.scenario).split(separator: "\n") {
            text += "  | \(String(line).printable)\n"
        }
        if let file { text += "  again: \(rerun(file))\n" }
        return text
    }

    /// Only what `run` would not do by itself.
    private func rerun(_ file: String) -> String {
        var command = "savic-eoi run \(file) --backend \(settings.backend)"
        if settings.irqchip != "split" { command += " --irqchip \(settings.irqchip)" }
        // A plain machine has KVM's own answer to the EOI, which is no choice.
        if settings.design != Scenario.plainDesign { command += " --design \(settings.design)" }
        return command
    }

    var summary: String {
        var text = "\n\(performed) runs, compared \(compared.steps) steps, "
            + "\(compared.fields) fields, \(compared.eois) EOIs: "
        text += findings.isEmpty
            ? "no difference from the model\n"
            : "\(findings.count) different findings, \(duplicates) runs show them again\n"
        for (reason, count) in failures.sorted(by: { $0.key < $1.key }) {
            text += "\(count) runs without a result: \(reason.printable)\n"
        }
        if isInterrupted { text += "interrupted\n" }
        return text
    }
}
