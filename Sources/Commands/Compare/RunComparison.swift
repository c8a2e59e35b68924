internal import InterruptModel
internal import Reporting
internal import Verdicts

extension ReportComparison {
    /// Runs of scenarios side by side.
    init(_ runs: [RunReportFile]) {
        let first = runs.first
        self.init(
            of: "run", subject: "scenario", columns: runs.map(\.column),
            settings: RunReportFile.settings(of: runs),
            pairs: runs.indices.dropFirst().compactMap { index in
                first.map { RunPair($0, runs[index], index).pair }
            })
    }
}

extension RunReportFile {
    fileprivate var column: ReportComparison.Column {
        let stopped = unfinished.isEmpty ? "" : ", \(unfinished.count) not run or not finished"
        var totals = Totals()
        for result in scenarios { totals.add(result) }
        return ReportComparison.Column(
            "\(file): \(backend), irqchip \(irqchip), design \(design)\(stopped)",
            facts: [
                totals.sentence(place: nil),
                totals.counts(
                    hazards: scenarios.count(where: \.outcome.isHazard),
                    unfinished: unfinished.count),
            ])
    }

    /// What a result depends on beside the scenario, the most telling first.
    fileprivate static func settings(of runs: [RunReportFile]) -> [ReportComparison.Row] {
        func row(_ name: String, _ value: (RunReportFile) -> String) -> ReportComparison.Row {
            ReportComparison.Row(name, runs.map(value))
        }
        let axes = names(AxisEntry.all.map(\.name), runs.map(\.assumptions))
        let facts = names([], runs.map(\.host))
        return [row("design", \.design), row("backend", \.backend), row("irqchip", \.irqchip)]
            + axes.map { axis in
                row(axis) { run in
                    run.assumptions.first { $0.name == axis }?.value ?? RunHeader.open
                }
            }
            + [
                row("kernel rules") { $0.kernelRules ?? "not asked for" },
                row("known hazards") { $0.isStrict ? "fail (--strict)" : "pass" },
                row("tool", \.tool.name),
            ]
            + facts.map { fact in
                row("host's \(fact)") { run in
                    run.host.first { $0.name == fact }?.value ?? ReportComparison.nothing
                }
            }
    }

    /// The names of all lists, those that are known first.
    private static func names(
        _ known: [String], _ lists: [[(name: String, value: String)]]
    ) -> [String] {
        var names = known
        for name in lists.flatMap({ $0.map(\.name) }) where !names.contains(name) {
            names.append(name)
        }
        return names
    }
}

/// A run against the first.
private struct RunPair {
    private let first: [String: Place]
    private let other: [String: Place]
    private let names: [String]
    private let index: Int

    /// What became of a scenario in a report.
    private enum Place {
        case ran(ScenarioResult)
        /// Its word, and why it did not run.
        case idle(word: String, why: String)

        var word: String {
            switch self {
            case .ran(let result): result.outcome.word
            case .idle(let word, _): word
            }
        }

        /// Nil where it did not run.
        var outcome: ScenarioOutcome? {
            if case .ran(let result) = self { result.outcome } else { nil }
        }
    }

    init(_ first: RunReportFile, _ other: RunReportFile, _ index: Int) {
        self.index = index
        self.first = Self.places(first)
        self.other = Self.places(other)
        let known = first.scenarios.map(\.name) + first.unfinished
        let all = other.scenarios.map(\.name) + other.unfinished
        let old = self.first
        names = known + all.filter { old[$0] == nil }
    }

    private static func places(_ report: RunReportFile) -> [String: Place] {
        var places: [String: Place] = [:]
        for result in report.scenarios {
            places[result.name] =
                result.verdict == .skip
                ? .idle(
                    word: result.outcome.word,
                    why: result.skip?.text ?? result.outcome.reason)
                : .ran(result)
        }
        for name in report.unfinished {
            places[name] = .idle(word: "unfinished", why: "not run or not finished")
        }
        return places
    }

    var pair: ReportComparison.Pair {
        var differences: [ReportComparison.Difference] = []
        var (same, bad, idle, compared) = (0, 0, 0, 0)
        for name in names {
            let (one, two) = (place(name, in: first), place(name, in: other))
            if one.outcome != nil, two.outcome != nil { compared += 1 }
            if let difference = difference(name, one, two) {
                differences.append(difference)
            } else if case .ran(let result) = two {
                if result.outcome.isBad { bad += 1 } else { same += 1 }
            } else {
                idle += 1
            }
        }
        return ReportComparison.Pair(
            index, differences, compared: compared,
            alike: [
                ("the same", same), ("did not pass, as before", bad), ("ran in neither", idle),
            ])
    }

    /// The facts behind the sentences, for programs.
    private static func members(_ name: String, _ one: Place, _ two: Place) -> JSONText {
        let (old, new) = (one.outcome, two.outcome)
        return [
            "scenario": .string(name),
            "codeBefore": (old?.mismatch?.code.rawValue).map { .string($0) },
            "code": (new?.mismatch?.code.rawValue).map { .string($0) },
            "hazardsBefore": old.map { .strings($0.hazards) },
            "hazards": new.map { .strings($0.hazards) },
        ]
    }

    private func place(_ name: String, in places: [String: Place]) -> Place {
        places[name] ?? .idle(word: ReportComparison.nothing, why: "it is not in the report")
    }

    private func difference(
        _ name: String, _ one: Place, _ two: Place
    ) -> ReportComparison.Difference? {
        func found(
            _ change: ReportComparison.Change, _ details: [String], again: String? = nil
        ) -> ReportComparison.Difference {
            ReportComparison.Difference(
                name, change, from: one.word, to: two.word, details, again: again,
                members: Self.members(name, one, two))
        }
        switch (one, two) {
        case (.idle, .idle): return nil
        case (.ran, .idle(_, let why)): return found(.onlyFirst, [why])
        case (.idle(_, let why), .ran(let result)):
            // A failure that nobody has seen before is one more.
            return result.outcome.isBad
                ? found(.worse, [result.outcome.reason], again: result.rerun)
                : found(.onlyOther, ["before: \(why)"] + result.outcome.hazardDetails)
        case (.ran(let old), .ran(let new)):
            let (was, isNow) = (old.outcome, new.outcome)
            switch (was.isBad, isNow.isBad) {
            case (false, true): return found(.worse, [isNow.reason], again: new.rerun)
            case (true, false):
                return found(.mended, ["before: \(was.reason)"] + isNow.hazardDetails)
            case (true, true):
                let isSame = was.verdict == isNow.verdict && was.reason == isNow.reason
                return isSame
                    ? nil
                    : found(
                        .changed, [isNow.reason, "before: \(was.reason)"], again: new.rerun)
            case (false, false):
                guard let change = isNow.change(since: was) else { return nil }
                let again = change == .worse ? new.rerun : nil
                return found(change, isNow.details(since: was), again: again)
            }
        }
    }
}

extension ScenarioOutcome {
    fileprivate var hazardDetails: [String] { hazards.isEmpty ? [] : [hazardText] }

    /// How it differs from another that went well; nil where it does not.
    fileprivate func change(since old: ScenarioOutcome) -> ReportComparison.Change? {
        if !hazards.allSatisfy(old.hazards.contains) { return .worse }
        if !old.hazards.allSatisfy(hazards.contains) { return .mended }
        return verdict != old.verdict || seesNoEOI(since: old) ? .changed : nil
    }

    fileprivate func details(since old: ScenarioOutcome) -> [String] {
        let new = hazards.filter { !old.hazards.contains($0) }
        let gone = old.hazards.filter { !hazards.contains($0) }
        return [
            new.isEmpty ? nil : "violates now \(new.joined(separator: ", "))",
            gone.isEmpty ? nil : "violates no longer \(gone.joined(separator: ", "))",
            seesNoEOI(since: old)
                ? "no EOI was seen any more, and \(counted(old.compared.eois, "EOI")) before" : nil,
        ].compactMap(\.self)
    }

    /// What is compared no more cannot fail.
    private func seesNoEOI(since old: ScenarioOutcome) -> Bool {
        compared.eois == 0 && old.compared.eois > 0
    }
}
