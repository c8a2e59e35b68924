internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Searches
internal import StateExplorer
internal import Verdicts

extension ExploreReport: SearchResult {
    /// The report for people, in parts. Times are not in it: they go by the machine, and the same
    /// search says the same everywhere.
    func beginning(width: Int, _ palette: Palette) -> String {
        var text = "\(Tool.current.name)\n" + heading(width)
        let digits = String(Int((bytesPerState * 10).rounded()))
        let bytes = "\(digits.dropLast().isEmpty ? "0" : digits.dropLast()).\(digits.suffix(1))"
        let extent = found.extent
        text +=
            "\n\(extent.states) states, \(extent.transitions) transitions, "
            + "depth \(extent.depth), \(bytes) bytes a state\n"
        return text + palette.paint(reach, extent.isComplete ? .good : .late) + "\n"
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
        let names = found.kept.map(\.name).joined(separator: ", ")
        if !names.isEmpty {
            let extent = found.extent.visitsAll ? "never violated" : "not violated so far"
            text += "\n" + paragraph("\(extent): \(names)", width)
        }
        if plan.question.checksLiveness { text += paragraph("liveness: \(liveness)", width) }
        return text
    }

    /// Whether everything was visited, in words.
    private var reach: String {
        let depth = max(0, found.extent.judgedDepth)
        let extent =
            found.extent.visitsAll
            ? "every reachable state was visited" : "every state to depth \(depth)"
        return switch found.extent.stop {
        case nil: "complete: \(extent)"
        case .states?: "not complete: --max-states ended it; \(extent)"
        case .memory?: "not complete: --max-memory ended it; \(extent)"
        case .depth?: "not complete: \(extent), where it had to end"
        case .time?: "not complete: --max-seconds ended it; \(extent)"
        case .interruption?: "interrupted; \(extent)"
        }
    }

    private var bytesPerState: Double {
        Double(found.extent.bytes) / Double(found.extent.states)
    }

    private var liveness: String {
        guard let stuck = found.stuck else {
            return found.extent.isComplete
                ? "not asked, because it would take more memory than the limit: see --max-memory"
                : found.extent.visitsAll
                    ? "not answered, because the search was stopped"
                    : "not asked, because the search is not complete"
        }
        return stuck.isEmpty
            ? "a line that is high can be served from every state"
            : "\(stuck.count) of \(plan.search.setup.pins.count) lines can get stuck"
    }

    private func heading(_ width: Int) -> String {
        let (setup, search) = (plan.search.setup, plan.search)
        var columns = Columns()
        let pins = setup.pins.map { "\($0.pin)" }.joined(separator: ", ")
        let vectors = setup.pins.map { Spelling.vector($0.vector) }.joined(separator: ", ")
        columns.add(
            "machine",
            "\(plan.name), \(setup.kind.rawValue), irqchip \(setup.irqchip.rawValue): "
                + "pins \(pins), vectors \(vectors)" + (setup.nesting ? ", nesting" : ""))
        columns.add("design", setup.kind == .plain ? "plain" : plan.design.name)
        if setup.kind == .secure {
            let axes = AxisEntry.all.map { "\($0.name) \(setup[$0])" }
            columns.add("assumptions", axes.joined(separator: ", "))
        }
        if setup.kernelRules != .newest {
            columns.add("kernel rules", setup.kernelRules.spelling)
        }
        let verbs = search.actions.map { $0.description.split(separator: " ")[0] }
        var names: [Substring] = []
        for verb in verbs where !names.contains(verb) { names.append(verb) }
        let grain = search.granularity == .atomic ? "single" : "whole steps"
        columns.add(
            "actions", "\(search.actions.count), \(grain): \(names.joined(separator: ", "))")
        columns.add("state", "\(search.system.stateBits) bits")
        return columns.lines(width: width).joined(separator: "\n") + "\n"
    }

    private func text(_ finding: ExploreFinding, width: Int, _ palette: Palette) -> String {
        let count = "\(finding.way.length) action\(finding.way.length == 1 ? "" : "s")"
        var text = "\n" + palette.paint("\(count) \(finding.title)", .bad) + "\n"
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
