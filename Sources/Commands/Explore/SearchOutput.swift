internal import ArgumentParser
internal import Reporting
internal import Scenarios
internal import Verdicts

/// Where the result of a search goes, and its counterexamples.
struct SearchOutput: ParsableArguments {
    @Option(
        help: ArgumentHelp("Save each counterexample as a scenario file.", valueName: "folder"),
        completion: .directory)
    var saveTraces: String?

    @Option(
        help: ArgumentHelp(
            "Folder for pages: what was found, a picture of each counterexample that looks "
                + "different, and all of them as scenario files.",
            valueName: "folder"),
        completion: .directory)
    var report: String?

    @OptionGroup var printing: PrintOptions<PrintFormat>

    /// Where counterexamples are saved, if they are.
    private var folder: ScenarioFolder? {
        saveTraces.map { ScenarioFolder(path: $0.pathWord, overwrites: printing.overwrite) }
    }

    private var pages: SearchReportFolder? {
        report.map { SearchReportFolder($0.pathWord, overwrites: printing.overwrite) }
    }

    /// Makes sure, before a search takes its time, that what it may find can be saved.
    /// - Parameter names: those of the scenarios.
    /// - Returns: where the result goes.
    func prepare(for names: @autoclosure () -> [String]) throws -> ResultOutput {
        let output = try ResultOutput(printing)
        guard saveTraces != nil || report != nil else { return output }
        if let saveTraces, let report {
            let identities = [saveTraces, report].compactMap(FileIdentity.init)
            guard saveTraces != report, identities.count < 2 || identities[0] != identities[1]
            else {
                throw CommandFailure.usage("--report saves the traces too: leave out --save-traces")
            }
        }
        let names = names()
        try folder?.prepare(for: names)
        try pages?.prepare(for: names)
        return output
    }

    /// Prints a result, and then saves its scenarios and its pages. Neither keeps the other from
    /// being done.
    /// - Returns: the worst of what has come of saving.
    func tell(_ result: some SearchResult, to place: ResultOutput) throws -> ExitStatus {
        let (folder, pages) = (folder, pages)
        var output = place
        var files = SavedReproducers(folder.map { folder in { try folder.save($0) } })
        var failure: (any Error)?
        func say(_ body: (inout ResultOutput) throws -> Void) {
            guard failure == nil else { return }
            do { try body(&output) } catch { failure = error }
        }
        let findings = result.findings.map { (told: $0, scenario: $0.scenario()) }
        let scenarios = findings.compactMap(\.scenario)
        let names = Set(scenarios.map(\.name))
        say {
            try $0.write(
                result.document { name in
                    names.contains(name) ? folder?.file(name) ?? pages?.file(name) : nil
                })
        }
        let width = Console.current.width
        say { try $0.tell { result.beginning(width: width, $0) } }
        for finding in findings {
            say { try $0.tell { finding.told.text(width, $0) } }
            guard let scenario = finding.scenario, let file = try files.save(scenario) else {
                continue
            }
            say { try $0.tell { _ in finding.told.again(file) } }
        }
        say {
            try $0.tell { result.end(saved: files.count, in: folder?.path, width: width, $0) }
        }
        let status = files.status.worse(pages?.save(result, scenarios) ?? .passed)
        if let pages, status == .passed {
            say { try $0.tell { _ in "\npages: \(pages.first)\n" } }
        }
        say { try $0.close() }
        if let failure { throw failure }
        return status
    }
}

/// What a search has come to, in the parts in which it is told.
protocol SearchResult {
    /// What stands before the findings.
    func beginning(width: Int, _ palette: Palette) -> String
    var findings: [ToldFinding] { get }
    /// What stands behind them.
    /// - Parameters:
    ///   - saved: how many scenarios were.
    ///   - folder: where.
    func end(saved: Int, in folder: String?, width: Int, _ palette: Palette) -> String
    /// The first page of its report, without the panels.
    /// - Parameter draw: makes them.
    func page(drawing draw: PanelDrawing) -> SearchPage
    /// - Parameter file: where the scenario of a name is going to be saved, if it is.
    func document(_ file: (_ name: String) -> String?) -> JSONText
}

/// One finding of a search.
struct ToldFinding {
    /// What is said of it; may be empty.
    var text: (_ width: Int, Palette) -> String
    /// It as a scenario; nil where its way is not known.
    var scenario: () -> Scenario?
    /// What is said when the scenario has been saved; may be empty.
    var again: (_ file: String) -> String
}
