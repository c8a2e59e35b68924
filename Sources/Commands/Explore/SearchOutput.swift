internal import ArgumentParser
internal import Reporting
internal import Scenarios

/// `--format` of a search.
enum SearchFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text, json
}

/// Where the result of a search goes, and its counterexamples.
struct SearchOutput: ParsableArguments {
    @Option(name: .shortAndLong, help: "How to write the result.")
    var format: SearchFormat = .text

    @Option(help: ArgumentHelp("Save each counterexample as a scenario file.", valueName: "folder"))
    var saveTraces: String?

    @Flag(help: "Replace scenario files that exist.")
    var overwrite = false

    @Option(name: .customLong("color"), help: "Colour the report.")
    var colour: ColourChoice = .auto

    /// - Returns: the files of the scenarios, by their names; none where none are asked for.
    func save(_ scenarios: @autoclosure () -> [Scenario]) throws -> [String: String] {
        guard let saveTraces else { return [:] }
        let folder = ScenarioFolder(path: saveTraces, overwrites: overwrite)
        var files: [String: String] = [:]
        for scenario in scenarios() { files[scenario.name] = try folder.save(scenario) }
        return files
    }

    /// - Parameter text: the report for people at a terminal of this width.
    func print(text: (_ width: Int, Palette) -> String, document: () -> JSONText) throws {
        let console = Console.current
        switch format {
        case .text:
            try Output.print(text(console.width, Palette(colour: console.colours(colour))))
        case .json: try Output.print(document().pretty)
        }
    }
}
