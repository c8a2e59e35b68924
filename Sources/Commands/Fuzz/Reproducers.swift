internal import ArgumentParser
internal import Scenarios
internal import Verdicts

/// Where the reproducers of findings are saved, a scenario file for each.
struct Reproducers: ParsableArguments {
    @Option(
        name: .customLong("save"), help: "Folder for the reproducers.", completion: .directory)
    var folder: String?

    /// Saves them there; nothing where no folder is given.
    func saving(overwrites: Bool) -> SavedReproducers {
        SavedReproducers(
            folder.map { path in
                let folder = ScenarioFolder(path: path, overwrites: overwrites)
                return { try folder.save($0) }
            })
    }
}

/// Saves reproducers. What cannot be saved is said on stderr and in the status: it costs no result.
struct SavedReproducers {
    /// Nil where nothing is to be saved.
    private let saveFile: ((Scenario) throws -> String)?
    /// The worst of what has come of saving.
    private(set) var status = ExitStatus.passed
    /// How many were saved.
    private(set) var count = 0

    init(_ saveFile: ((Scenario) throws -> String)?) { self.saveFile = saveFile }

    /// - Returns: the new file's path; nil where there is none.
    mutating func save(_ scenario: Scenario) throws -> String? {
        guard let saveFile else { return nil }
        do {
            let file = try saveFile(scenario)
            count += 1
            return file
        } catch let failure as CommandFailure {
            Console.current.complain(failure.message)
            status = status.worse(failure.status)
            return nil
        }
    }
}
