internal import ArgumentParser
internal import Scenarios

/// Where the reproducers of findings are saved, a scenario file for each.
struct Reproducers: ParsableArguments {
    @Option(name: .customLong("save"), help: "Folder for the reproducers.")
    var folder: String?

    @Flag(help: "Replace reproducers that exist.")
    var overwrite = false

    /// - Returns: the new file's path; nil where nothing is to be saved.
    func save(_ scenario: Scenario) throws -> String? {
        try folder.map { try ScenarioFolder(path: $0, overwrites: overwrite).save(scenario) }
    }
}
