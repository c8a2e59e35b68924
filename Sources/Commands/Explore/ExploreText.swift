internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Searches
internal import StateExplorer
internal import Verdicts

extension ExploreReport: SearchResult {
    /// The report for people, in parts.
    func beginning(width: Int, _ palette: Palette) -> String {
        var text = "\(Tool.current.name)\n" + heading(width)
        text += "\n\(figures)\n"
        return text + palette.paint(reach, found.extent.isComplete ? .good : .late) + "\n"
    }

    var findings: [ToldFinding] {
        ways.map { way in
            ToldFinding(
                text: { self.text(way, width: $0, $1) }, scenario: { way.scenario(plan) },
                again: { "  again: " + ShellCommand("savic-eoi", "replay", $0).text + "\n" })
        }
    }

    func end(saved: Int, in folder: String?, width: Int, _ palette: Palette) -> String {
        var text = ""
        if let kept { text += "\n" + paragraph(kept, width) }
        if let liveness { text += paragraph("liveness: \(liveness)", width) }
        return text
    }

    private func heading(_ width: Int) -> String {
        var columns = Columns()
        for fact in facts { columns.add(fact.name, fact.value) }
        return columns.lines(width: width).joined(separator: "\n") + "\n"
    }

    private func text(_ finding: ExploreFinding, width: Int, _ palette: Palette) -> String {
        var text = "\n" + palette.paint(finding.sentence, .bad) + "\n"
        guard let actions = finding.way.actions else {
            return text + "  the search was stopped before the way was found again\n"
        }
        let trace = ModelTrace(
            actions, on: plan.search.setup, design: plan.design,
            isAtomic: plan.search.granularity == .atomic)
        let last = trace.lines.last?.step
        text +=
            StepTable(trace.lines).lines(width: width, palette) { $0.step == last }
            .joined(separator: "\n") + "\n"
        if let ending = finding.ending { text += "  \(ending)\n" }
        return text
    }

    // MARK: - JSON

    func document(_ file: (_ name: String) -> String?) -> JSONText {
        let setup = plan.search.setup
        return .document(
            by: .current,
            [
                "configuration": [
                    "machine": .string(plan.name),
                    "kind": .string(setup.kind.rawValue),
                    "irqchip": .string(setup.irqchip.rawValue),
                    "design": .string(setup.kind == .plain ? "plain" : plan.design.name),
                    "granularity": .string(plan.search.granularity.rawValue),
                    "nesting": .bool(setup.nesting),
                    "assumptions": .assumptions(setup.axes.list),
                    "kernelRules": .string(setup.kernelRules.spelling),
                    "actions": .strings(plan.search.actions.map(\.description)),
                    "stateBits": .int(plan.search.system.stateBits),
                ],
                "states": .int(found.extent.states),
                "transitions": .int(found.extent.transitions),
                "depth": .int(found.extent.depth),
                "complete": .bool(found.extent.isComplete),
                "stop": found.extent.stop.map { .string("\($0)") },
                "threads": .int(threads),
                "seconds": .double(seconds),
                "statesPerSecond": .double((Double(found.extent.states) / seconds).rounded()),
                "bytesPerState": .double((bytesPerState * 100).rounded() / 100),
                "violations": .array(
                    ways.flatMap { finding in
                        finding.invariants.map { violation($0.name, finding, file(finding.name)) }
                    }),
                "stuckLines": found.stuck != nil
                    ? .array(ways.filter { $0.stuck != nil }.map { stuck($0, file($0.name)) }) : nil
                    ,
            ])
    }

    private func violation(
        _ name: String, _ finding: ExploreFinding, _ file: String?
    ) -> JSONText {
        [
            "invariant": .string(name), "length": .int(finding.way.length), "trace": trace(finding),
            "file": file.map { .string($0) },
        ]
    }

    private func stuck(_ finding: ExploreFinding, _ file: String?) -> JSONText {
        [
            "pin": .int(Int(finding.stuck?.pin ?? 0)), "length": .int(finding.way.length),
            "trace": trace(finding), "after": finding.ending.map { .string($0) },
            "file": file.map { .string($0) },
        ]
    }

    private func trace(_ finding: ExploreFinding) -> JSONText? {
        finding.way.actions.map { .strings($0.map(\.description)) }
    }
}
