internal import Scenarios
internal import Verdicts

/// What did not pass, or did not run, in a report of `run`.
struct FailedRuns {
    private let report: String
    /// As they are called there: of several irqchips or designs each has its own behind an @.
    private let names: Set<String>

    init(reading report: String) throws {
        self.report = report
        names = Set(
            try InputFile.parse(report) { bytes, file throws(ScenarioError) in
                try RunReportFile(bytes, file: file).failed
            })
        guard !names.isEmpty else {
            throw CommandFailure(
                status: .nothingRan, message: "nothing has failed in \(report): nothing to run")
        }
    }

    /// The scenarios that they are runs of.
    func scenarios(among all: [Scenario]) throws -> [Scenario] {
        let asked = Set(names.map { String($0.prefix { $0 != "@" }) })
        if let absent = asked.subtracting(all.map(\.name)).sorted().first {
            throw CommandFailure.usage(
                "\(report) names \(quoted: absent), which is not selected; give its file as well")
        }
        return all.filter { asked.contains($0.name) }
    }

    /// Of the runs of one scenario those that are called as they were there; where none is, all: it
    /// runs elsewhere now.
    func again<Run>(of runs: [Run], _ name: (Run) -> String) -> [Run] {
        let same = runs.filter { names.contains(name($0)) }
        return same.isEmpty ? runs : same
    }
}
