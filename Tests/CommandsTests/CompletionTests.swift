import ArgumentParser
import Scenarios
import Testing

@testable import Commands

@Suite("What shells complete (command-line §11)") struct CompletionTests {
    /// What takes a number, a part of a campaign, some steps or what KernelCI calls something: only
    /// the user knows it.
    static let numbers = [
        "repeat", "timeout", "steps", "levels", "vcpus", "vcpu", "threads", "max-states",
        "max-seconds",
        "max-memory", "max-depth", "seed", "runs", "shard", "max-findings", "rounds",
        "odd-one-in", "kcidb-origin", "kcidb-build", "kcidb-run",
    ]

    static let commands = SavicEOI.configuration.subcommands.compactMap {
        $0.configuration.commandName
    }

    @Test("Whatever takes a value offers some, but for numbers", arguments: commands)
    func everyValue(_ command: String) throws {
        let dump = try JSONDocument(program(command, "--experimental-dump-help").out)
        let arguments = dump["command"]?["arguments"]?.list ?? []
        #expect(!arguments.isEmpty)
        for argument in arguments where argument["kind"]?.string != "flag" {
            let name = argument["preferredName"]?["name"]?.string
            let isNumber = name.map(Self.numbers.contains) ?? false
            let isOffered = argument["completionKind"] != nil
            #expect(isOffered != isNumber, "\(command) \(name ?? "argument")")
        }
    }

    /// What the program answers to a shell's question.
    private func answers(_ command: String, _ argument: String) -> [String] {
        let ending = program(
            "---completion", command, "--", argument, "2", "0", "savic-eoi", command, "")
        #expect(ending.status == 0 && ending.err.isEmpty)
        return ending.outLines.map(String.init)
    }

    @Test(
        "A scenario is any of the catalogue",
        arguments: [
            ("run", "positional@0"), ("run", "--skip"), ("replay", "positional@0"),
            ("show", "positional@0"), ("step", "positional@0"), ("list", "positional@0"),
        ])
    func scenarios(command: String, argument: String) throws {
        let (offered, names) = (
            answers(command, argument), try Selection.catalogue().map(\.name)
        )
        #expect(offered == names, "\(offered.difference(from: names))")
    }

    @Test("A group is one of the catalogue", arguments: ["run", "list"])
    func groups(command: String) throws {
        let groups = try Set(Selection.catalogue().flatMap(\.groups))
        let offered = answers(command, "--group")
        #expect(Set(offered) == groups && offered.count == groups.count)
    }

    @Test("What explain offers can be explained")
    func explained() throws {
        let names = answers("explain", "positional@0")
        #expect(names == names.sorted() && Set(names).count == names.count)
        for name in ["stuck-line", "rfc-v2", "attribution", "EOI-MISSING", "glossary", "hazards"] {
            #expect(names.contains(name), "\(name)")
        }
        for name in names.filter({ $0.hasPrefix("e") }) {
            #expect(program("explain", name).status == 0, "\(name)")
        }
    }

    @Test(
        "Where a script asks for names, scenario files stand beside them",
        arguments: [
            ("bash", "_add_completions -o plusdirs -fX '!*.@(yaml|yml)'"),
            ("zsh", #"; _files -g '\''*.(yaml|yml)'\''}'"#), ("fish", "' -F"),
        ])
    func files(shell: String, files: String) {
        let lines = program("--generate-completion-script", shell).outLines
        let asking = lines.indices.filter { lines[$0].contains(" -- positional@0 ") }
        #expect(asking.count == 7)
        for index in asking {
            #expect(lines[index].hasSuffix(files) || lines[index + 1].hasSuffix(files))
        }
    }

    @Test("Whatever else ArgumentParser says stays as it is")
    func others() {
        for text in ["", "\n", "a\n\nb", "complete -- positional@1 x", "x -- positional@0 "] {
            #expect(CompletionScript(text).text == text)
        }
    }
}
