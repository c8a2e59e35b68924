internal import Backends
internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Verdicts

/// What `characterize` has found, in text and in JSON.
struct CharacterizeReport {
    let found: Characterization
    let backend: BackendKind
    let simulatedBy: String?
    let irqchip: String
    /// Runs of each probe that were asked for.
    let repeats: Int
    /// What the emulator or the lab was told to play; nil on hardware.
    let played: (assumptions: Assumptions, design: String)?
    var host = HostReport.list

    // MARK: - Text

    func text(width: Int, _ palette: Palette) -> String {
        var text = "\(Tool.current.name)\n" + head(width) + "\n"
        for finding in found.findings { text += block(finding, width, palette) + "\n" }
        text += answers(width, palette) + "\n"
        if found.isInterrupted {
            text += paragraph(
                "interrupted: \(found.findings.count) of \(Probe.all.count) probes were begun, "
                    + "and what they found is above", width)
        }
        return text + verdict(width) + advice
    }

    private func head(_ width: Int) -> String {
        var columns = Columns()
        var shown = backend.shown(simulatedBy: simulatedBy) + ", irqchip \(irqchip)"
        if let played {
            shown += "; plays \(played.assumptions.spelling), design \(played.design)"
        }
        columns.add("backend", shown)
        columns.add("runs", "\(repeats) of each probe, each on a fresh guest")
        columns.add("host", host.map { "\($0.name) \($0.value)" }.joined(separator: "; "))
        return columns.lines(width: width).joined(separator: "\n") + "\n"
    }

    /// A probe: its question, and how often what came of it.
    private func block(_ finding: ProbeFinding, _ width: Int, _ palette: Palette) -> String {
        var rows = Columns()
        var kinds: [ProbeOutcome.Kind?] = []
        for word in finding.words {
            let counts = finding.outcomes.filter { $0.outcome.word == word }
            var evidence = counts.map { count in
                counts.count > 1
                    ? "\(count.outcome.evidence) (\(count.count))" : count.outcome.evidence
            }.joined(separator: "; ")
            if finding.unforeseen.contains(where: { $0.word == word }) {
                evidence += ": no assumption set allows that"
            }
            let frequency = finding.frequency(of: word).spelling
            rows.add(
                frequency.filling(frequencyWidth), word.filling(wordWidth), evidence)
            kinds.append(counts.first?.outcome.kind)
        }
        let isKnown = finding.answer != nil && finding.unforeseen.isEmpty
        let lines = rows.lines(indent: 2, width: width) { row, column, cell in
            guard let kind = kinds[row] else { return palette.paint(cell, .faint) }
            guard column < 2 else { return cell }
            return palette.paint(cell, isKnown && kind == .answer ? .good : .bad)
        }
        var text = paragraph("\(finding.name): \(finding.question)", width)
        text += lines.joined(separator: "\n") + "\n"
        if let stopped = finding.stopped {
            text += "  \(finding.runs) of \(finding.planned) runs: \(stopped)\n"
        }
        return text
    }

    private var wordWidth: Int {
        found.findings.flatMap(\.words).map(\.count).max() ?? 0
    }

    private var frequencyWidth: Int {
        found.findings.flatMap { finding in
            finding.words.map { finding.frequency(of: $0).spelling.count }
        }.max() ?? 0
    }

    private func answers(_ width: Int, _ palette: Palette) -> String {
        let axes = AxisEntry.ofHardware
        let values = axes.map { found.assumptions[$0] }
        var columns = Columns()
        for (axis, value) in zip(axes, values) {
            let reason = value == nil ? ": " + found.reasonWhyUnknown(axis) : ""
            columns.add(axis.name, value ?? "unknown", axis.question + reason)
        }
        return columns.lines(width: width) { row, column, cell in
            column == 1 ? palette.paint(cell, values[row] == nil ? .bad : .good) : cell
        }.joined(separator: "\n") + "\n"
    }

    /// How what was seen stands to the model.
    private func verdict(_ width: Int) -> String {
        let sets = found.consistentSets
        let all = Assumptions.all.count
        let sentence =
            switch sets.count {
            case 0:
                "No assumption set allows all that was seen: under each of them a probe has one "
                    + "answer, in every run. Please report it, with the JSON."
            case 1: "Of \(all) assumption sets one allows all that was seen: \(sets[0].spelling)."
            default: "Of \(all) assumption sets \(sets.count) allow all that was seen."
            }
        return paragraph(sentence, width)
    }

    private var advice: String {
        let options = found.assumptions.list.compactMap { axis in
            axis.value.map { "--\(axis.name) \($0)" }
        }
        return options.isEmpty
            ? "" : "\nrun with: savic-eoi run \(options.joined(separator: " "))\n"
    }

    // MARK: - JSON

    var document: JSONText {
        .document(
            by: .current, on: host,
            [
                "backend": .string(backend.rawValue),
                "simulatedBy": simulatedBy.map { .string($0) },
                "irqchip": .string(irqchip),
                "repeat": .int(repeats),
                "interrupted": .bool(found.isInterrupted),
                "assumptions": .assumptions(found.assumptions.list),
                "consistentSets": .array(
                    found.consistentSets.map { .assumptions(PartialAssumptions($0).list) }),
                "probes": .array(found.findings.map(Self.document)),
            ])
    }

    private static func document(_ finding: ProbeFinding) -> JSONText {
        [
            "name": .string(finding.name),
            "question": .string(finding.question),
            "digest": .string(finding.digest),
            "answer": finding.answer.map { .string($0) } ?? .null,
            "planned": .int(finding.planned),
            "runs": .int(finding.runs),
            "stopped": finding.stopped.map { .string($0) },
            "outcomes": .array(
                finding.outcomes.map { count in
                    [
                        "outcome": .string(count.outcome.word),
                        "frequency": .string(finding.frequency(of: count.outcome.word).name),
                        "count": .int(count.count),
                        "allowed": .bool(!finding.unforeseen.contains(count.outcome)),
                        "evidence": .string(count.outcome.evidence),
                    ]
                }),
            "neverSeen": .strings(
                finding.foreseen.filter { finding.frequency(of: $0) == .never(of: finding.runs) }),
        ]
    }
}

extension String {
    /// With spaces behind it up to a width.
    fileprivate func filling(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
