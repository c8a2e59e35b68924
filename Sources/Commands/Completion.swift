internal import ArgumentParser
internal import InterruptModel
internal import Scenarios

/// What a shell offers where options and arguments are completed (command-line §11).
extension CompletionKind {
    /// Names of the catalogue. Where files can be given as well, `CompletionScript` adds them.
    static let scenarios = custom { _, _, _ in catalogue.map(\.name) }

    static let groups = custom { _, _, _ in ScenarioGroups.names(in: catalogue) }

    /// Whatever can be explained by one word.
    static let names = custom { _, _, _ in Set(KnownNames.all(in: catalogue)).sorted() }

    static let scenarioFile = file(extensions: CompletionScript.endings)

    /// The shell asks in the middle of a line: where there is nothing to offer, nothing is said.
    private static var catalogue: [Scenario] { (try? Selection.catalogue()) ?? [] }
}

/// ArgumentParser's completion script of a shell, with scenario files beside the names for which
/// the program is asked: wherever an argument is a name, it may be a file.
///
/// ArgumentParser has the one or the other. The second is added in the shell's own words, since
/// bash expands once more what the program lists: the name of a file could be a command.
struct CompletionScript {
    /// Of scenario files.
    static let endings = ["yaml", "yml"]

    let text: String

    /// Any other text stays as it is.
    init(_ generated: String) {
        text = generated.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Self.withFiles(String($0)) }.joined(separator: "\n")
    }

    private static func withFiles(_ line: String) -> String {
        guard line.contains(" -- positional@0 ") else { return line }
        let endings = endings.joined(separator: "|")
        // In bash this is a call, for zsh a text in quotes, and in fish a rule.
        if let call = line.firstRange(of: "_add_completions -W ") {
            let function = line[..<call.lowerBound] + "_add_completions"
            return "\(line)\n\(function) -o plusdirs -fX '!*.@(\(endings))'"
        } else if line.hasSuffix("}'") {
            return line.dropLast(2) + #"; _files -g '\''*.(\#(endings))'\''}'"#
        } else if let answers = line.firstRange(of: " -fka '") {
            return "\(line)\n\(line[..<answers.lowerBound]) -F"
        }
        return line
    }
}
