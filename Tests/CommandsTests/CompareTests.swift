import Reporting
import Testing
import Verdicts

@testable import Backends
@testable import Commands
@testable import Lockstep

@Suite("compare: hosts side by side") struct CompareTests {
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

                A–B: 1 worse, 1 the same
                  worse  tmr-level  set 10/10 → set 9/10, clear 1/10

                """)
    }

    @Test("Equal reports have no difference: 0")
    func whatIsTheSameIsNoDifference() throws {
        let text = try report([("set", 10)])
        let ending = try compare([text, text])
        #expect(ending.status == 0 && ending.out.hasSuffix("\nA–B: no difference, 2 the same\n"))
    }

    @Test("A sometimes that becomes one answer is mended: 0")
    func oneAnswerAgainIsMended() throws {
        let ending = try compare([
            try report([("set", 9), ("clear", 1)]), try report([("set", 10)]),
        ])
        #expect(ending.status == 0)
        #expect(
            ending.out.hasSuffix(
                """
                A–B: 1 mended, 1 the same
                  mended  tmr-level  set 9/10, clear 1/10 → set 10/10

                """))
    }

    @Test("Another answer is a difference and not worse: 0")
    func anotherAnswerIsADifferenceAndNotWorse() throws {
        let ending = try compare([try report([("set", 10)]), try report([("clear", 10)])])
        #expect(ending.status == 0)
        #expect(ending.out.hasSuffix("\n  changed  tmr-level  set 10/10 → clear 10/10\n"))
    }

    @Test("An outcome that no assumption set allows is worse: 1")
    func whatNoSetAllowsIsWorse() throws {
        let ending = try compare([
            try report([("set", 10)]), try report([("set", 10)], shadow: "unreadable"),
        ])
        #expect(ending.status == 1)
        #expect(
            ending.out.hasSuffix(
                """
                  worse  shadow  readable 10/10 → unreadable 10/10
                         no assumption set allows B's

                """))
    }

    @Test("A probe that was not run is worse, another one of its name is only said")
    func otherProbes() throws {
        let gone = try compare([try report([("set", 10)]), try report([("set", 10)], shadow: nil)])
        #expect(gone.status == 1)
        #expect(
            gone.out.hasSuffix(
                """
                  worse  shadow  readable 10/10 → –
                         B was not asked

                """))
        let other = try compare([
            try report([("set", 10)]), try report([("set", 10)], digest: "00fe"),
        ])
        #expect(other.status == 0)
        #expect(other.out.contains("not the same probe: digest 00ff and 00fe"))
    }

    @Test("A model is a column like a report")
    func aModelIsAColumn() throws {
        let ending = try compare(
            [try report([("set", 10)])], ["--model", "never/traps/dropped/dropped", "--json"])
        #expect(ending.status == 0)
        let document = try JSONDocument(ending.out)
        let column = try #require(document["columns"]?.list.last)
        #expect(column["title"]?.string == "model never/traps/dropped/dropped")
        #expect(column["probes"]?["tmr-level"]?.string == "clear")
        #expect(document["differences"]?.list.count == 1)
        #expect(document["differences"]?.list.first?["worse"]?.value as? Bool == false)
    }

    // MARK: - What it does not take

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
