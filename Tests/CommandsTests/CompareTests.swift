import Reporting
import Testing
import Verdicts

@testable import Backends
@testable import Commands
@testable import Lockstep

@Suite("compare: reports of hosts side by side") struct CompareTests {
    /// A report with these outcomes of tmr-level and of shadow.
    private func report(
        _ outcomes: [(String, Int)], shadow: String? = "readable", digest: String = "00ff"
    ) throws -> String {
        func probe(_ name: String, _ outcomes: [(String, Int)], foreseen: [String]) -> ProbeFinding
        {
            ProbeFinding(
                name: name, question: "?", digest: digest, planned: 10,
                outcomes: outcomes.map {
                    ProbeCount(outcome: .answer($0.0, "seen"), count: $0.1)
                }, foreseen: foreseen)
        }
        var findings = [probe("tmr-level", outcomes, foreseen: ["set", "clear"])]
        if let shadow { findings.append(probe("shadow", [(shadow, 10)], foreseen: ["readable"])) }
        return CharacterizeReport(
            found: Characterization(findings: findings), backend: .savic, simulatedBy: nil,
            irqchip: "split", repeats: 10, played: nil, host: [("kernel", "6.18.0")]
        ).document.pretty
    }

    private func compare(_ texts: [String], _ more: String...) throws -> Ending {
        let folder = try Folder()
        let paths = try texts.enumerated().map { try folder.write($1, to: "\($0).json") }
        let ending = program(["compare"] + paths + more)
        return Ending(
            status: ending.status,
            out: paths.enumerated().reduce(ending.out) { $0.replacing($1.1, with: "\($1.0).json") },
            err: paths.enumerated().reduce(ending.err) { $0.replacing($1.1, with: "\($1.0).json") })
    }

    private struct Ending {
        let status: Int32
        let out: String
        let err: String
    }

    @Test("An answer that becomes a sometimes is worse: 1")
    func anAnswerThatBecomesSometimesIsWorse() throws {
        let ending = try compare([
            try report([("set", 10)]), try report([("set", 9), ("clear", 1)]),
        ])
        #expect(ending.status == 1 && ending.err.isEmpty)
        #expect(
            ending.out == """
                A  0.json: savic, irqchip split
                   kernel 6.18.0
                B  1.json: savic, irqchip split
                   kernel 6.18.0

                probe      A               B
                tmr-level  set 10/10       set 9/10, clear 1/10
                shadow     readable 10/10  readable 10/10

                A–B  tmr-level  A set 10/10, B set 9/10, clear 1/10 (worse)

                """)
    }

    @Test("Equal reports have no difference: 0")
    func whatIsTheSameIsNoDifference() throws {
        let text = try report([("set", 10)])
        let ending = try compare([text, text])
        #expect(ending.status == 0 && ending.out.hasSuffix("\nNo difference.\n"))
    }

    @Test("Another answer is a difference and not worse: 0")
    func anotherAnswerIsADifferenceAndNotWorse() throws {
        let ending = try compare([try report([("set", 10)]), try report([("clear", 10)])])
        #expect(ending.status == 0)
        #expect(ending.out.contains("A–B  tmr-level  A set 10/10, B clear 10/10\n"))
    }

    @Test("An outcome that no assumption set allows is worse: 1")
    func whatNoSetAllowsIsWorse() throws {
        let ending = try compare([
            try report([("set", 10)]), try report([("set", 10)], shadow: "unreadable"),
        ])
        #expect(ending.status == 1)
        #expect(ending.out.contains("no assumption set allows B's (worse)"))
    }

    @Test("A probe that was not run is worse, another one of its name is only said")
    func otherProbes() throws {
        let gone = try compare([try report([("set", 10)]), try report([("set", 10)], shadow: nil)])
        #expect(gone.status == 1 && gone.out.contains("A–B  shadow  B was not asked (worse)\n"))
        let other = try compare([
            try report([("set", 10)]), try report([("set", 10)], digest: "00fe"),
        ])
        #expect(other.status == 0)
        #expect(other.out.contains("not the same probe: digest 00ff and 00fe"))
    }

    @Test("A model is a column like a report")
    func aModelIsAColumn() throws {
        let ending = try compare(
            [try report([("set", 10)])], "--model", "never/traps/dropped/dropped", "--json")
        #expect(ending.status == 0)
        let document = try JSONDocument(ending.out)
        let column = try #require(document["columns"]?.list.last)
        #expect(column["title"]?.string == "model never/traps/dropped/dropped")
        #expect(column["probes"]?["tmr-level"]?.string == "clear")
        #expect(document["differences"]?.list.count == 1)
        #expect(document["differences"]?.list.first?["worse"]?.value as? Bool == false)
    }

    // MARK: - What it does not take

    @Test("A report of another command is 65, and the command is named")
    func aReportOfAnotherCommandIsNamed() throws {
        for (member, command) in [
            ("scenarios", "run"), ("cells", "matrix"), ("violations", "explore"), ("shard", "fuzz"),
        ] {
            let ending = try compare([
                try report([("set", 10)]), "{\"schemaVersion\": 2, \"\(member)\": []}",
            ])
            #expect(ending.status == 65 && ending.out.isEmpty)
            #expect(
                ending.err
                    == "savic-eoi: 1.json:1:1: this is a report of \(command), which compare does "
                    + "not take yet; expected what characterize --json prints\n")
        }
    }

    @Test(
        "A broken report is 65 with its file and the reason",
        arguments: [
            ("\"schemaVersion\": 2", "\"schemaVersion\": 3", "expected schemaVersion 2, found “3”"),
            ("\"runs\": 10", "\"runs\": 11", "the outcomes are of 10 runs"),
            ("\"count\": 10", "\"count\": -1", "expected how often it came about"),
            ("\"outcome\": \"set\"", "\"outcome\": \"\\u001b[2J\"", "expected a name"),
            ("\"allowed\": true", "\"allowed\": 1", "true or false"),
            ("\"name\": \"shadow\"", "\"name\": \"tmr-level\"", "expected each once"),
        ])
    func aBrokenReportIs65(_ from: String, _ to: String, _ reason: String) throws {
        let text = try report([("set", 10)])
        let broken = text.replacing(from, with: to)
        #expect(broken != text)
        let ending = try compare([text, broken])
        #expect(ending.status == 65 && ending.err.contains(reason), "\(ending.err)")
        #expect(ending.err.hasPrefix("savic-eoi: 1.json:"))
    }

    @Test("One column is 64, and so are half the assumptions of a model")
    func oneColumnIsUsage() throws {
        #expect(try compare([try report([("set", 10)])]).status == 64)
        #expect(program("compare", "a.json", "--model", "never/traps").status == 64)
    }
}
