import Testing
import Verdicts

@testable import Reporting

@Suite("Reports side by side (reports §11)")
struct ReportComparisonTests {
    private typealias Difference = ReportComparison.Difference

    /// Three reports: one that got worse, and one that is like the first.
    private static let sample = ReportComparison(
        of: "run", subject: "scenario",
        columns: [
            ReportComparison.Column("a.json: model", facts: ["3 scenarios"]),
            ReportComparison.Column("b.json: model", facts: ["3 scenarios"]),
            ReportComparison.Column("c.json: model", facts: []),
        ],
        settings: [
            ReportComparison.Row("design", ["rfc-v2", "hardened", "rfc-v2"]),
            ReportComparison.Row("irqchip", ["split", "split", "split"]),
        ],
        pairs: [
            ReportComparison.Pair(
                1,
                [
                    Difference(
                        "level-new", .onlyOther, from: "–", to: "pass",
                        ["before: it is not in the report"]),
                    Difference(
                        "level-basic", .worse, from: "pass", to: "fail",
                        ["step 6: EOI-WRONG-VECTOR: EOI exit vector expected 0x41"],
                        again: "savic-eoi run level-basic"),
                ], compared: 3, alike: [("the same", 2), ("ran in neither", 0)]),
            ReportComparison.Pair(2, [], compared: 3, alike: [("the same", 3)]),
        ])

    @Test("Who is who comes first, then what was made differently, then the worst of each pair")
    func text() {
        #expect(
            Self.sample.text(width: 100, Palette(colour: false)) == """
                A  a.json: model
                   3 scenarios
                B  b.json: model
                   3 scenarios
                C  c.json: model

                Made differently:
                  design  A, C rfc-v2; B hardened

                A–B: 1 worse, 1 only B, 2 the same
                  worse   level-basic  pass → fail
                          step 6: EOI-WRONG-VECTOR: EOI exit vector expected 0x41
                          rerun: savic-eoi run level-basic
                  only B  level-new    – → pass
                          before: it is not in the report

                A–C: no difference, 3 the same

                """)
    }

    @Test("Where the columns do not fit, what it was and is stands below, and commands stay whole")
    func narrow() {
        let lines = Self.sample.text(width: 24, Palette(colour: false)).split(separator: "\n")
        #expect(
            lines[6...] == [
                "  design  A, C rfc-v2; B", "          hardened",
                "A–B: 1 worse, 1 only B, 2 the same", "  worse   level-basic",
                "          pass → fail", "          step 6:", "          EOI-WRONG-VECTOR:",
                "          EOI exit", "          vector", "          expected 0x41",
                "          rerun: savic-eoi run level-basic", "  only B  level-new",
                "          – → pass", "          before: it is", "          not in the",
                "          report", "A–C: no difference, 3 the same",
            ])
    }

    @Test("Only the words for what happened are coloured, each by what it means")
    func colours() {
        let text = Self.sample.text(width: 100, Palette(colour: true))
        #expect(text.contains("  \u{1B}[31;1mworse\u{1B}[0m   level-basic  pass → fail\n"))
        #expect(text.contains("\u{1B}[31;1m1 worse\u{1B}[0m, \u{1B}[36;1m1 only B\u{1B}[0m"))
        let plain = text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(plain == Self.sample.text(width: 100, Palette(colour: false)))
    }

    @Test("Markdown has the same in tables")
    func markdown() throws {
        let document = try MarkdownDocument(Self.sample.markdown)
        #expect(document.heading == "savic-eoi compare: B is worse than A in 1 scenario")
        #expect(document.items[0] == "A: `a.json: model`, `3 scenarios`")
        #expect(
            document.paragraphs == [
                "Made differently:", "A–B: 1 worse, 1 only B, 2 the same",
                "A–C: no difference, 3 the same",
            ])
        #expect(
            document.tables == [
                [["setting", "A", "B", "C"], ["design", "rfc-v2", "hardened", "rfc-v2"]],
                [
                    ["change", "scenario", "A", "B", "what", "again"],
                    [
                        "worse", "level-basic", "pass", "fail",
                        "step 6: EOI-WRONG-VECTOR: EOI exit vector expected 0x41",
                        "savic-eoi run level-basic",
                    ],
                    ["only B", "level-new", "–", "pass", "before: it is not in the report", ""],
                ],
            ])
    }

    @Test("JSON has counts for each pair, and a flag for each difference and for all")
    func json() {
        let document = Self.sample.document(by: Tool(version: "1.0.0")).pretty
        #expect(
            document.contains(
                """
                      "counts": {"worse": 1, "mended": 0, "changed": 0, "onlyFirst": 0, \
                "onlyOther": 1},
                """))
        #expect(document.contains("\n  \"worse\": true,\n"))
        #expect(
            document.contains(
                """
                    {
                      "scenario": "level-basic",
                      "first": "A",
                      "other": "B",
                      "change": "worse",
                      "worse": true,
                      "before": "pass",
                      "now": "fail",
                      "sentence": "A pass, B fail; step 6: EOI-WRONG-VECTOR: EOI exit vector \
                expected 0x41",
                      "rerun": "savic-eoi run level-basic"
                    },
                """))
    }

    /// One pair with these differences.
    private func comparison(_ differences: [Difference]) -> ReportComparison {
        ReportComparison(
            of: "run", subject: "scenario",
            columns: [
                ReportComparison.Column(Script.hostile, facts: [Script.hostile]),
                ReportComparison.Column("b", facts: []),
            ],
            settings: [ReportComparison.Row(Script.hostile, ["1", Script.hostile])],
            table: [ReportComparison.Row(Script.hostile, [Script.hostile, "2"])],
            pairs: [ReportComparison.Pair(1, differences, compared: 1, alike: [])])
    }

    @Test("Reports that have nothing in common are not compared, and every format says so")
    func nothingInCommon() {
        let pairs = [
            ReportComparison.Pair(
                1, [Difference("gone", .onlyFirst, from: "pass", to: "–")], compared: 0, alike: [])
        ]
        let comparison = ReportComparison(
            of: "run", subject: "scenario",
            columns: ["a", "b"].map { ReportComparison.Column($0, facts: []) }, pairs: pairs)
        #expect(comparison.isEmpty && !comparison.gotWorse)
        let palette = Palette(colour: false)
        #expect(
            comparison.text(width: 80, palette).contains("A–B: nothing was compared: 1 only A\n"))
        #expect(
            comparison.markdown.hasPrefix(
                "## savic-eoi compare: B has nothing that could be compared with A\n"))
    }

    @Test("Nothing of a stranger's report reaches a terminal or a page as anything but text")
    func hostile() throws {
        let comparison = comparison([
            Difference(
                Script.hostile, .worse, from: Script.hostile, to: Script.hostile,
                [Script.hostile], again: Script.hostile)
        ])
        for width in [1, 40, 100] {
            let text = comparison.text(width: width, Palette(colour: false))
            let isClean = text.unicodeScalars.allSatisfy { $0 == "\n" || $0.substitute == nil }
            #expect(isClean)
        }
        #expect(throws: Never.self) { try MarkdownDocument(comparison.markdown) }
        #expect(!comparison.document(by: Tool(version: "1")).pretty.contains("\u{1B}"))
    }

    @Test("Of more than a summary can hold the rest is counted, the worst first")
    func bounds() throws {
        let sentence = String(repeating: "a word and ", count: 40)
        let many = (0..<2000).map { number in
            Difference("scenario-\(number)", .changed, from: "pass", to: "shown", [sentence])
        }
        let worst = Difference("the-worst", .worse, from: "pass", to: "fail")
        let text = comparison(many + [worst]).markdown
        #expect(text.utf8.count < 1 << 20)
        let document = try MarkdownDocument(text)
        let rows = try #require(document.tables.last)
        #expect(rows[1][1] == "the-worst")
        let left = 2001 - (rows.count - 1)
        #expect(left > 0 && document.paragraphs.last == "Left out for want of room: \(left) rows.")
    }

    @Test("Cells that differ in one way count as many")
    func groups() {
        let text = comparison([
            Difference("rfc-v2 attribution", count: 12, .mended, from: "4", to: "safe"),
            Difference("rfc-v2 redelivery", count: 2, .mended, from: "5", to: "safe"),
        ]).text(width: 100, Palette(colour: false))
        #expect(text.contains("\nA–B: 14 mended\n"))
    }

    @Test("Reports have letters, and numbers behind Z")
    func letters() {
        #expect([0, 1, 25, 26, 27].map(ReportComparison.letter) == ["A", "B", "Z", "A1", "B1"])
    }
}
