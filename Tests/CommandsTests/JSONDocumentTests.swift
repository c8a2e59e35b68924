import InterruptModel
import Reporting
import Testing
import Verdicts

@testable import Backends
@testable import Commands

/// All documents, walked from end to end (reports §4).
@Suite("JSON: every document")
struct JSONDocumentTests {
    /// A command that prints a document, and how many sets of assumptions are in it at least.
    static let commands: [(words: [String], sets: Int)] = [
        (["run", "level-basic", "-f", "json", "--page-tmr", "never"], 1),
        (["replay", "level-basic", "-f", "json", "--guest-eoi", "ghcb"], 1),
        (["show", "stuck-line", "--json"], 1), (["list", "--json"], 0),
        (["list", "--groups", "--json"], 0), (["probe", "--json"], 0),
        (["explore", "--levels", "1", "-f", "json"], 1),
        (["matrix", "--levels", "1", "-f", "json"], 1_584),
        (
            [
                "fuzz", "--backend", "model", "--seed", "18446744073709551615", "--runs", "2",
                "--json",
            ], 0
        ),
        (["bench", "--backend", "model", "--rounds", "9", "--levels", "1", "--json"], 1),
        (["characterize", "--plan", "--json"], 0), (["merge", "--json", "fuzz.json"], 0),
        (["mutants", "level-basic", "--json"], 0),
        (["list", "--why-skipped", "--backend", "savic", "--json"], 0),
        (["compare", "--json", "host.json", "--model", "never/traps/dropped/dropped"], 0),
    ]

    @Test(
        "It begins with schemaVersion 2 and the tool, and has assumptions by the names of the axes",
        arguments: commands)
    func document(words: [String], sets: Int) throws {
        let text = try Self.printed(words)
        #expect(
            text.hasPrefix("{\n  \"schemaVersion\": 2,\n  \"tool\": {\"version\": \"0.1.0\""))
        let walk = Walk(try JSONDocument(text).value)
        #expect(walk.problems.isEmpty && walk.sets >= sets, "\(walk.sets)")
    }

    @Test("So do those of characterize")
    func characterize() throws {
        let walk = Walk(try JSONDocument(Self.hostReport).value)
        #expect(walk.problems.isEmpty && walk.sets == 1)
    }

    @Test(
        "The walk sees what is wrong",
        arguments: [
            #"{"a": [{"pageTMR": "never"}]}"#, #"{"assumptions": {"guestEOI": "linux"}}"#,
            #"{"assumptions": {"page-tmr": "as each scenario says"}}"#, #"{"assumptions": []}"#,
        ])
    func seesWrong(text: String) throws {
        #expect(Walk(try JSONDocument(text).value).problems.count == 1)
    }

    // MARK: - What is walked

    private static let hostReport = CharacterizeReport(
        found: Characterization(findings: []), backend: .savic, simulatedBy: nil,
        irqchip: "split", repeats: 1, played: nil, host: []
    ).document.pretty

    private static let fuzz = program(
        "fuzz", "--backend", "model", "--seed", "1", "--runs", "2", "--json"
    ).out

    /// What a command prints.
    static func printed(_ words: [String]) throws -> String {
        let folder = try Folder()
        let files = [
            "host.json": try folder.write(hostReport, to: "host.json"),
            "fuzz.json": try folder.write(fuzz, to: "fuzz.json"),
        ]
        let arguments: [String] = words.map { files[$0] ?? $0 }
        let ending = program(arguments)
        #expect(ending.err.isEmpty, "\(ending.err)")
        return ending.out
    }

    private struct Walk {
        var problems: [String] = []
        var sets = 0

        init(_ value: Any) { visit(value) }

        private mutating func visit(_ value: Any) {
            for each in value as? [Any] ?? [] { visit(each) }
            for (name, value) in value as? [String: Any] ?? [:] {
                if name == "assumptions" {
                    sets += 1
                    problems += Shape.assumptions.problems(value)
                }
                let plain = name.lowercased().filter(\.isLetter)
                problems += AxisEntry.all.map(\.name).filter { axis in
                    axis != name && axis.filter(\.isLetter) == plain
                }
                visit(value)
            }
        }
    }
}
