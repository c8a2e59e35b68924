import ArgumentParser
import Testing

@testable import Commands

@Suite("The help that ArgumentParser prints, and the description that it is made from")
struct HelpTests {
    static let commands = [
        "run", "replay", "explore", "matrix", "fuzz", "merge", "probe", "list", "explain",
        "characterize", "compare", "bench", "show", "step", "schema", "mutants",
    ]

    /// The arguments of a command, as `--experimental-dump-help` describes them.
    private func arguments(of command: String) throws -> [JSONDocument] {
        let dump = try JSONDocument(program(command, "--experimental-dump-help").out)
        return dump["command"]?["arguments"]?.list ?? []
    }

    @Test("The program's help names every command")
    func theProgramsHelpNamesEveryCommand() {
        let help = program("--help").out
        for command in Self.commands { #expect(help.contains("  \(command) ")) }
    }

    @Test(
        "Every argument that is shown has an explanation and stands in the help",
        arguments: commands)
    func everyArgumentIsExplained(_ command: String) throws {
        let help = program("help", command)
        #expect(help.status == 0 && help.err.isEmpty)
        #expect(program(command, "--help").out == help.out)
        let arguments = try arguments(of: command)
        #expect(!arguments.isEmpty)
        for argument in arguments where argument["shouldDisplay"]?.value as? Bool == true {
            #expect(argument["abstract"]?.string?.isEmpty == false)
            guard let name = argument["preferredName"]?["name"]?.string else { continue }
            #expect(help.out.contains("--\(name)"))
        }
    }

    @Test(
        "An option that takes a number has its unit in its help (command-line §2)",
        arguments: commands)
    func everyNumberHasItsUnit(_ command: String) throws {
        let units = [
            "seconds", "times", "bytes", "threads", "states", "steps", "lines",
            "runs", "findings", "vcpus",
        ]
        for argument in try arguments(of: command) {
            guard argument["defaultValue"]?.string.flatMap(Double.init) != nil else { continue }
            let text = argument["abstract"]?.string?.lowercased() ?? ""
            #expect(units.contains { text.contains($0) }, "\(text)")
        }
    }

    /// The commands under EXAMPLES, without what is said of each.
    private func examples(in help: String) -> [String] {
        let block = help.split(separator: "\nEXAMPLES\n").dropFirst().first ?? ""
        return block.split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { !$0.isEmpty }
            .map { String($0.drop { $0 == " " }.split(separator: "   ").first ?? "") }
    }

    @Test(
        "Every help has examples, each one line that the program takes",
        arguments: commands + [""])
    func examples(_ command: String) async throws {
        let examples = examples(in: try await Self.help(of: command))
        #expect(!examples.isEmpty)
        for example in examples {
            // What is to follow ">" is the shell's.
            let words = Self.words(String(example.prefix { $0 != ">" }))
            #expect(words.first == "savic-eoi", "\(command): \(example)")
            #expect(throws: Never.self) { try SavicEOI.parseAsRoot(Array(words.dropFirst())) }
            let isOwn = words.count > 1 && words[1] == command
            let isOfAnother = ["merge", "replay", ""].contains(command)
            #expect(isOwn || isOfAnother, "\(command): \(example)")
        }
    }

    /// The words of a line of shell that has quotes and nothing else.
    private static func words(_ line: String) -> [String] {
        var words = [""]
        var quote: Character?
        for letter in line {
            switch letter {
            case quote: quote = nil
            case "'",
                "\"" where quote == nil:
                quote = letter
            case " " where quote == nil: words.append("")
            default: words[words.count - 1].append(letter)
            }
        }
        return words.filter { !$0.isEmpty }
    }

    /// As a process of its own prints it, which has no terminal to ask for a width.
    private static func help(of command: String) async throws -> String {
        if command.isEmpty { return try await Binary.run("--help").out }
        return try await Binary.run(command, "--help").out
    }

    @Test(
        "No line of a help is wider than 80 columns, but for the usage",
        arguments: commands + [""])
    func width(_ command: String) async throws {
        let help = try await Self.help(of: command)
        for line in help.split(separator: "\n") where !line.hasPrefix("USAGE: ") {
            #expect(line.count <= 80, "\(line)")
        }
    }

    @Test("The help of run begins with which scenarios run on what, and ends with assumptions")
    func order() throws {
        let help = program("run", "--help").out
        let places = try ["--group", "--backend", "--repeat", "--format", "--page-tmr"].map {
            try #require(help.firstRange(of: "  \($0) ") ?? help.firstRange(of: ", \($0) "))
                .lowerBound
        }
        #expect(places == places.sorted())
    }

    @Test("The numbers of run are its repeat and its timeout")
    func theKnownNumbersOfRunAreSeenAsSuch() throws {
        let numbers = try arguments(of: "run").filter {
            $0["defaultValue"]?.string.flatMap(Double.init) != nil
        }
        let names = numbers.compactMap { $0["preferredName"]?["name"]?.string }
        #expect(names == ["repeat", "timeout"])
        let help = program("help", "run").out
        #expect(help.contains("Seconds that one scenario may take"))
        #expect(help.contains("this many times"))
    }

    @Test("run has the options that command-line promises")
    func runHasThePromisedOptions() {
        let help = program("help", "run").out
        for option in [
            "--backend", "--irqchip", "--design", "--page-tmr", "--native-level-eoi",
            "--disallowed", "--before-enable", "--guest-eoi", "--assumptions", "--group", "--skip",
            "--repeat", "--timeout", "--format", "--output", "--allow-host-risk", "--overwrite",
            "--strict", "--color", "--exit-style", "--json", "--report", "--failed-from",
        ] { #expect(help.contains(option)) }
    }

    @Test("The help of run lists choices and says what holds without them")
    func choicesAreListed() {
        let help = program("help", "run").out.split { $0.isWhitespace }.joined(separator: " ")
        #expect(help.contains("Without it split; of what is replayed, as it was found."))
        #expect(help.contains("(values: split, kernel, both)"))
        #expect(help.contains("(values: always, accurate, never, guest)"))
        #expect(help.contains("Without it the one that a file names, or rfc-v2."))
    }
}
