import Testing
import Verdicts

@testable import Reporting

@Suite("Markdown (reports §9)")
struct MarkdownTests {
    private func document(_ events: [RunEvent] = Script.events) throws -> MarkdownDocument {
        try MarkdownDocument(written(events, MarkdownRecorder()))
    }

    @Test("A run of a hazard, a timeout and a skip reads exactly like this")
    func snapshot() {
        let events = Script.run([Script.hazard, Script.timeout, Script.skip], unfinished: ["a|b"])
        #expect(
            written(events, MarkdownRecorder()) == #"""
                ## savic-eoi: 1 of 2 scenarios did not pass, 1 not run or not finished

                **1 pass (1 hazard), 0 fail, 1 skip, 1 timeout, 0 error, 1 unfinished**

                3 scenarios in 10.005 s, compared 41 steps, 328 fields, 21 EOIs

                backend `model (no /dev/kvm on this host)`, irqchip `split`, design `rfc-v2`, \#
                assumptions `page-tmr=accurate, guest-eoi=linux`, kernel rules \#
                `unmask-resamples yes, found by probes`

                | verdict | scenario | what | again |
                |---|---|---|---|
                | timeout | `storm` | `no answer within 10 s at step 41: eoi` | \#
                `savic-eoi run storm` |
                | unfinished | `a\|b` | not run or not finished |  |

                <details><summary>timeout: <code>storm</code> – <code>no answer within 10 s at \#
                step 41: eoi</code></summary>

                ```text
                no answer within 10 s at step 41: eoi
                rerun: savic-eoi run storm
                ```

                </details>

                Known hazards of `rfc-v2`:

                | broken | scenarios | again |
                |---|--:|---|
                | `attribution` | 1 | `savic-eoi run nested-eoi` |
                | `redelivery` | 1 | `savic-eoi run nested-eoi` |

                1 skipped:

                - 1: `needs the irqchip in the kernel; add --irqchip kernel`

                <details><summary>1 scenario with more to know than a pass</summary>

                | verdict | scenario | what | again |
                |---|---|---|---|
                | hazard | `nested-eoi` | `hazard: attribution, redelivery` | \#
                `savic-eoi run nested-eoi` |

                </details>


                """#)
    }

    @Test("Nothing is written before the end, then one document")
    func buffered() {
        #expect(pieces(Script.events, MarkdownRecorder()).count == 1)
        #expect(pieces(Script.events.dropLast(), MarkdownRecorder()).isEmpty)
    }

    @Test("The table has what did not pass, with its reason and the command")
    func table() throws {
        let bad = [Script.fail, Script.timeout, Script.error]
        let rows = bad.map {
            [$0.verdict.rawValue, $0.name.printable, $0.reason.printable, $0.rerun]
        }
        let head = ["verdict", "scenario", "what", "again"]
        let last = ["unfinished", "never-reached", "not run or not finished", ""]
        #expect(try document().tables.first == [head] + rows + [last])
    }

    @Test("Each failure's report can be unfolded, whole")
    func reports() throws {
        let details = try document().details
        #expect(details.count == 4)
        for (each, result) in zip(details, [Script.fail, Script.timeout, Script.error]) {
            let lines = FailureReport(result: result, width: 100).lines
            #expect(each.code == [lines.joined(separator: "\n")])
            let reason = result.reason.printable
            #expect(each.summary == "\(result.word): \(result.name.printable) – \(reason)")
        }
    }

    @Test("Hazards are counted by invariant, and the first scenario shows each")
    func hazards() throws {
        var other = Script.hazard
        other.name = "other"
        other.rerun = "savic-eoi run other"
        other.outcome.hazards = ["redelivery"]
        let document = try document(Script.run([other, Script.hazard]))
        #expect(
            document.tables == [
                [
                    ["broken", "scenarios", "again"],
                    ["attribution", "1", "savic-eoi run nested-eoi"],
                    ["redelivery", "2", "savic-eoi run other"],
                ]
            ])
        #expect(document.details[0].tables[0].map { $0[1] } == ["scenario", "other", "nested-eoi"])
    }

    struct Headline: Sendable, CustomTestStringConvertible {
        var results: [ScenarioResult] = []
        var unfinished: [String] = []
        var change: @Sendable (inout RunHeader) -> Void = { _ in }
        var text: String
        var testDescription: String { text }
    }

    static let headlines: [Headline] = {
        var shown = Script.pass
        shown.outcome.verdict = .shown
        var plain = Script.hazard
        plain.outcome.machine = "plain"
        var host = Script.hazard
        host.outcome.judgedOnModel = "no"
        let open: @Sendable (inout RunHeader) -> Void = { $0.design = RunHeader.open }
        return [
            Headline(text: "nothing to run"),
            Headline(results: [Script.skip], text: "nothing could run"),
            Headline(results: [Script.pass], text: "1 scenario ran, and nothing went wrong"),
            Headline(
                results: [Script.pass, shown],
                text: "2 scenarios ran, and nothing went wrong, 1 with nothing that could be judged"
            ),
            Headline(
                results: [Script.pass, Script.hazard, Script.skip],
                text: "`rfc-v2` goes wrong, as known, in 1 of 2 scenarios"),
            Headline(
                results: [Script.hazard], change: open,
                text: "invariants are violated, as known, in 1 of 1 scenario"),
            Headline(
                results: [Script.hazard], change: { $0.isJudged = false },
                text: "invariants are violated in 1 of 1 scenario"),
            Headline(
                results: [plain], text: "invariants are violated, as known, in 1 of 1 scenario"),
            Headline(results: [host], text: "invariants are violated in 1 of 1 scenario"),
            Headline(
                results: [Script.hazard, Script.fail], text: "1 of 2 scenarios did not pass"),
            Headline(unfinished: ["a"], text: "1 not run or not finished"),
        ]
    }()

    @Test("The heading says what was found, and nothing that was not", arguments: headlines)
    func headline(_ headline: Headline) throws {
        var header = Script.header
        headline.change(&header)
        let events = Script.events(header, headline.results, unfinished: headline.unfinished)
        #expect(try document(events).heading == "savic-eoi: " + headline.text)
    }

    @Test(
        "A name comes back whole wherever it stands, and nothing of it is Markdown",
        arguments: [
            "a|b", "a\\|b", "|", "\\", "`", "``", "a`b``c", " a ", "` `", "<b>", "</details>",
            "@octocat", "[a](http://b)", "http://example.org", "![x](y)", "**a**", "# a", "- a",
            "&amp;", "#1", "a\nb", "a\r\n\r\n</details>", "```", "````text", "|\u{301}", "`\u{301}",
            "<!--", "$x$", ":tada:", "~~a~~", "\u{202E}a",
        ])
    func nastyNames(name: String) throws {
        var fail = Script.fail
        fail.name = name
        fail.rerun = name
        fail.outcome.mismatch?.differences[0].observed = name
        fail.outcome.mismatch?.history[0].text = name
        fail.outcome.mismatch?.note = name
        var hazard = Script.hazard
        hazard.name = name
        hazard.outcome.hazards = [name]
        var skip = Script.skip
        skip.outcome.skip = Skip(reason: name)
        let text = name.printable
        let document = try document(Script.run([fail, hazard, skip], unfinished: [name]))
        #expect(document.tables[0].map { $0[1] } == ["scenario", text, text])
        #expect(document.tables[0][1][3] == text)
        #expect(document.tables[1].map { $0[0] } == ["broken", text])
        #expect(document.details.count == 2)
        #expect(document.details[0].summary.hasPrefix("fail: \(text) – "))
        let report = FailureReport(result: fail, width: 100).lines.joined(separator: "\n")
        #expect(document.details[0].code == [report])
        #expect(document.items.count == 1)
    }

    @Test("However many fail, it stays under GitHub's limit and says what it leaves out")
    func limit() throws {
        let filler = String(repeating: "|\u{10FFFD}😀`", count: 150)
        let results = (1...250).flatMap { number -> [ScenarioResult] in
            var fail = Script.fail
            fail.name = "\(number)" + filler
            fail.outcome.mismatch?.differences[0].observed = filler
            var hazard = Script.hazard
            hazard.name = fail.name
            hazard.outcome.hazards = ["\(number)" + filler]
            hazard.rerun = filler
            var skip = Script.skip
            skip.outcome.skip = Skip(reason: "\(number)" + filler)
            return [fail, hazard, skip]
        }
        let text = written(Script.run(results), MarkdownRecorder())
        #expect(text.utf8.count < 1 << 20)
        let document = try MarkdownDocument(text)
        let left = document.paragraphs.filter { $0.hasPrefix("Left out for want of room: ") }
        let words = left.compactMap { $0.split(separator: " ").last }
        #expect(words == ["rows.", "reports.", "rows.", "reasons.", "rows."])
        let rows = (document.tables.first?.count ?? 0) - 1
        #expect(rows > 0)
        #expect(left.first == "Left out for want of room: \(250 - rows) rows.")
    }

    @Test("A command that is too long for a table is not shortened, and stands in the report")
    func longCommand() throws {
        var fail = Script.fail
        fail.rerun = "savic-eoi run " + String(repeating: "x", count: 3000)
        let document = try document(Script.run([fail]))
        #expect(document.tables[0][1][3] == "too long for a table")
        #expect(document.details[0].code[0].hasSuffix(fail.rerun))
    }

    @Test(
        "The reader itself refuses what it should",
        arguments: [
            ("a\n\n", "a heading comes first"), ("## a @b\n\n", "what is not code is plain"),
            ("## a\n\n[a](b)\n\n", "what is not code is plain"),
            ("## a\n\n`a\n\n", "code is closed"), ("## a\n\nb\nc\n\n", "a paragraph is one line"),
            ("## a\n\n```text\n```\n\n", "code stands in details"),
            ("## a\n\n</details>\n\n", "no open details"),
            ("## a\n\n<details><summary>a</summary>\n\n", "every details is closed"),
            ("## a\n\n<details><summary><b></summary>\n\n", "no other element"),
            ("## a\n\n<details><summary>&</summary>\n\n", "references only"),
            ("## a\n\n| a |\n|---|\n| a | b |\n\n", "as many cells as the head has"),
            ("## a\n\n| a |\n\n", "a rule below the head"),
            ("## a\n\n\u{1B}\n\n", "no control characters"),
            ("## a\n", "the last block is complete"),
        ])
    func readerIsStrict(text: String, rule: String) {
        let error = #expect(throws: MarkdownDocument.Malformed.self) {
            try MarkdownDocument(text)
        }
        #expect(error?.rule == rule)
    }
}
