internal import ArgumentParser
internal import Reporting
internal import Scenarios
internal import Verdicts

/// Where the reproducers of findings are saved, a scenario file for each.
struct Reproducers: ParsableArguments {
    @Option(name: .customLong("save"), help: "Folder for the reproducers.")
    var folder: String?

    @Flag(help: "Replace reproducers that exist.")
    var overwrite = false

    /// Nil where nothing is to be saved.
    var saving: SavedReproducers {
        SavedReproducers(folder: folder.map { ScenarioFolder(path: $0, overwrites: overwrite) })
    }
}

/// Saves reproducers. What cannot be saved is said on stderr and in the status: it costs no result.
struct SavedReproducers {
    let folder: ScenarioFolder?
    /// The worst of what has come of saving.
    private(set) var status = ExitStatus.passed

    init(folder: ScenarioFolder?) { self.folder = folder }

    /// - Returns: the new file's path; nil where there is none.
    mutating func save(_ scenario: Scenario) throws -> String? {
        guard let folder else { return nil }
        do {
            return try folder.save(scenario)
        } catch let failure as CommandFailure {
            Console.current.warn("savic-eoi: \(failure.message)\n")
            status = status.worse(failure.status)
            return nil
        }
    }
}

extension ExitStatus {
    /// The worse of two; the codes are in that order.
    func worse(_ other: ExitStatus) -> ExitStatus { rawValue < other.rawValue ? other : self }
}
