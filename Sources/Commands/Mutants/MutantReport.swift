internal import Campaigns
internal import InterruptModel
internal import Reporting
internal import Verdicts

/// What breaking the rules one at a time has come to.
struct MutantReport {
    /// Those that were asked.
    private let scenarios: [String]
    /// Those of them that were asked only where no other noticed.
    private let long: [String]
    private let unfit: [MutantHunt.Unfit]
    /// In the order of the rules; fewer than there are rules where the work was ended.
    var findings: [MutantFinding] = []

    init(_ hunt: MutantHunt) {
        (scenarios, long, unfit) = (hunt.names, hunt.longNames, hunt.unfit)
    }

    private var isWhole: Bool { findings.count == Rule.allCases.count }
    private var unnoticed: [MutantFinding] { findings.filter { !$0.isNoticed } }

    var status: ExitStatus {
        if !isWhole { return .interrupted }
        if scenarios.isEmpty { return .nothingRan }
        return unnoticed.isEmpty ? .passed : .failed
    }

    // MARK: - For people

    func text(_ width: Int, _ palette: Palette) -> String {
        var table = Columns()
        for finding in findings where finding.isNoticed {
            table.add(finding.rule.name, Self.names(finding))
        }
        var lines = table.lines(width: width)
        if !lines.isEmpty { lines.append("") }
        lines += list("not noticed", unnoticed.map(\.rule.name), width) {
            palette.paint($0, .bad)
        }
        lines += list("scenarios that notice nothing", idle, width) { palette.paint($0, .late) }
        for one in unfit {
            let what = "not asked: \(one.name), which does not pass as it is"
            lines += "\(what): \(one.outcome.reason)".printable.wrapped(at: width)
        }
        lines += sums.wrapped(at: width)
        return lines.map { $0 + "\n" }.joined()
    }

    /// `level-basic, level-retrigger and 7 more`; in brackets who notices only by the prediction.
    private static func names(_ finding: MutantFinding) -> String {
        let shown = 3
        // Who states it would notice on any backend, so that it comes first.
        let stating = finding.stating
        let others = finding.differing.filter { !stating.contains($0) }.map { "(\($0))" }
        let all = stating + others
        let rest = all.count > shown ? " and \(all.count - shown) more" : ""
        return all.prefix(shown).joined(separator: ", ") + rest
    }

    private func list(
        _ heading: String, _ names: [String], _ width: Int, _ paint: (String) -> String
    ) -> [String] {
        names.isEmpty
            ? []
            : "\(heading): \(names.joined(separator: ", "))".printable.wrapped(at: width).map(paint)
    }

    /// Those that were asked about every rule and noticed none.
    private var idle: [String] {
        guard isWhole else { return [] }
        let busy = Set(findings.flatMap { $0.differing + $0.stating } + long)
        return scenarios.filter { !busy.contains($0) }
    }

    private var sums: String {
        let noticed = findings.count - unnoticed.count
        let stated = findings.count { !$0.stating.isEmpty }
        let end = isWhole ? "" : "; interrupted after \(findings.count)"
        return "\(noticed) of \(counted(Rule.allCases.count, "rule")) noticed by "
            + "\(counted(scenarios.count, "scenario")), \(stated) of them by what is stated "
            + "(in brackets: by the model's prediction alone)\(end)"
    }

    // MARK: - For programs

    var document: JSONText {
        .document(
            by: .current,
            [
                "scenarios": .strings(scenarios),
                "long": .strings(long),
                "unfit": .array(
                    unfit.map { ["name": .string($0.name), "reason": .string($0.outcome.reason)] }),
                "rules": .int(Rule.allCases.count),
                "complete": .bool(isWhole),
                "mutants": .array(
                    findings.map { finding in
                        [
                            "rule": .string(finding.rule.name),
                            "noticed": .bool(finding.isNoticed),
                            "differing": .strings(finding.differing),
                            "stating": .strings(finding.stating),
                        ]
                    }),
            ])
    }
}
