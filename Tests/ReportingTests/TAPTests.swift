import Testing
import Verdicts
import Yams

@testable import Reporting

@Suite("TAP version 14 (reports §7)")
struct TAPTests {
    private func document(_ events: [RunEvent] = Script.events) throws -> TAPDocument {
        try TAPDocument(written(events, TAPRecorder()))
    }

    @Test("A run of a pass, a failure and a skip reads exactly like this")
    func snapshot() {
        var fail = Script.fail
        fail.outcome.mismatch?.differences.removeLast()
        fail.outcome.mismatch?.history.removeFirst(2)
        fail.outcome.unobservable = []
        let events = Script.run([Script.hazard, fail, Script.skip])
        #expect(written(events, TAPRecorder()) == Snapshot.tap)
    }

    @Test("Plan, numbers, descriptions and directives come back from a strict reader")
    func readsBack() throws {
        let document = try document()
        #expect(document.plan == 7)
        #expect(document.points.map(\.isOK) == [true, true, false, true, false, false, false])
        let skips = document.points.map { $0.skip ?? "" }
        let reason = "needs the irqchip in the kernel; add --irqchip kernel"
        #expect(skips == ["", "", "", reason, "", "", ""])
        #expect(document.points[2].description == "level-retrigger")
    }

    @Test("A failure's diagnostics have code, step, expected, observed and the command")
    func failure() throws {
        let point = try document().points[2]
        #expect(point["code"] == "EOI-WRONG-VECTOR")
        #expect(point.diagnostics?["step"]?.int == 6)
        #expect(point["expected"] == "0x41")
        #expect(point["observed"] == "0x31")
        #expect(point["rerun"] == Script.fail.rerun)
        #expect(point["message"] == Script.fail.reason)
        let history = point.diagnostics?["history"]?.sequence?.map { $0["text"]?.string ?? "" }
        #expect(history == ["raise pin 3", "raise pin 4", "eoi"])
        #expect(point.diagnostics?["differences"]?.sequence?.count == 2)
        #expect(point.diagnostics?["mismatch"] == nil)
    }

    @Test("A skip has no diagnostics, everything else says what it is")
    func verdicts() throws {
        let verdicts = try document().points.map { $0["verdict"] ?? "" }
        #expect(verdicts == ["pass", "pass", "fail", "", "timeout", "error", "unfinished"])
        #expect(try document().points[3].diagnostics == nil)
    }

    @Test("A known hazard is a plain ok, and its diagnostics name it")
    func hazard() throws {
        let point = try document(Script.run([Script.hazard])).points[0]
        #expect(point.isOK && point.skip == nil)
        let hazards = point.diagnostics?["hazards"]?.sequence?.map { $0.string ?? "" }
        #expect(hazards == ["attribution", "redelivery"])
    }

    @Test("A death after any event leaves a valid prefix that names what was running")
    func everyPrefixIsValid() throws {
        let all = pieces(Script.events, TAPRecorder())
        #expect(all.count == Script.events.count)
        var text = ""
        for (event, piece) in zip(Script.events, all) {
            text += piece
            let document = try TAPDocument(text)
            if case .scenarioBegan(let name) = event {
                #expect(document.comments.last == "started: \(name.printable)")
            }
        }
    }

    @Test("A run of nothing plans 1..0 and says why")
    func nothingPlanned() throws {
        let document = try document(Script.run([]))
        #expect(document.plan == 0 && document.reason == "nothing to run")
        #expect(document.points.isEmpty)
    }

    @Test("What did not run is not ok by its name, and nobody is told to bail out")
    func interrupted() throws {
        var events = Script.run([], unfinished: ["one", "two", "one"])
        events.insert(.scenarioBegan(name: "two"), at: 1)
        let document = try document(events)
        #expect(document.points.map(\.description) == ["one", "two", "one (2)"])
        #expect(!document.points.contains { $0.isOK })
        #expect(document.comments.last?.hasSuffix("0 error, 3 unfinished") == true)
    }

    @Test(
        "A name comes back whole, and none of it is taken for TAP",
        arguments: [
            "a # SKIP b", "a #\u{301} TODO b", "\\", "\\#", "a\\\\#", "#", "Subtest", "Subtest: a",
            "1..1", "42", "Bail out!", "ok 3 - x", "...", "%23", "pragma +bail", "ünï → 😀",
        ])
    func nastyNames(name: String) throws {
        var result = Script.error
        result.name = name
        let document = try document(Script.run([result], unfinished: [name]))
        #expect(document.points.map(\.description) == [name, name + " (2)"])
    }

    @Test(
        "What belongs to the syntax is dropped, and nothing is obeyed",
        arguments: [
            ("  a ", "a"), ("- - a", "a"), ("", "unnamed"), (" - ", "unnamed"), ("---", "unnamed"),
            ("a\nok 2", "a␊ok 2"), ("a\r\u{1B}[2J", "a␍␛[2J"),
        ])
    func trimmedNames(name: String, description: String) throws {
        var result = Script.pass
        result.name = name
        #expect(try document(Script.run([result])).points[0].description == description)
    }

    @Test(
        "Whatever a text holds, YAML has it as it is printed",
        arguments: [
            "  ...", "...\n", "---", "\"", "'", "a: b", "{a", "[", "- a", "null", "yes", "\\u0041",
            "\u{F0000}", "\u{85}\u{2028}", "a #b", "&a *b !c", "|", ">", "@", "`", "%", "\t",
        ])
    func nastyTexts(text: String) throws {
        var result = Script.fail
        result.summary = text
        result.outcome.mismatch?.history[0].text = text
        result.outcome.mismatch?.note = text
        result.rerun = text
        let point = try document(Script.run([result])).points[0]
        let texts = [
            point["summary"], point["note"], point["rerun"],
            point.diagnostics?["history"]?[0]?["text"]?.string,
        ]
        for each in texts { #expect(each == text.printable) }
    }

    @Test("A skip's reason cannot begin another directive")
    func nastyReason() throws {
        var result = Script.skip
        result.outcome.skip = Skip(reason: "needs a # TODO\\", hint: "")
        #expect(try document(Script.run([result])).points[0].skip == "needs a # TODO\\")
    }

    @Test(
        "The reader itself refuses what it should",
        arguments: [
            ("1..1\nok 1 - a\n", "version comes first"),
            ("TAP version 14\nok 1 - a\n", "the plan comes next"),
            ("TAP version 14\n1..0\n", "a reason for nothing, and only then"),
            ("TAP version 14\n1..2\nok 2 - a\n", "numbers without gaps"),
            ("TAP version 14\n1..1\nok 1 - a\nok 2 - b\n", "no more points than planned"),
            ("TAP version 14\n1..2\nok 1 - a\nok 2 - a\n", "every description once"),
            ("TAP version 14\n1..1\nok 1 - a # TODO b\n", "SKIP is the only directive"),
            ("TAP version 14\n1..1\nok 1 - a# SKIP b\n", "white space before a directive"),
            ("TAP version 14\n1..1\nnot ok 1 - a # SKIP b\n", "a skip is ok"),
            ("TAP version 14\n1..1\nok 1 - a\\b\n", "only # and \\ are escaped"),
            ("TAP version 14\n1..1\n# Subtest: a\n", "no document in the document"),
            ("TAP version 14\n1..1\nBail out!\n", "a point, a block or a comment"),
            ("TAP version 14\n1..1\n  ---\n", "a block stands behind its point"),
            ("TAP version 14\n1..1\nok 1 - a\n  ---\n", "the last block is closed"),
            ("TAP version 14\n1..1\nok 1 - a\n  ---\na\n", "a block is indented by two"),
            ("TAP version 14\n1..1\nok 1 - \u{1B}a\n", "no control characters"),
            ("TAP version 14\n1..1\nok 1 - a", "the last line is complete"),
        ])
    func readerIsStrict(text: String, rule: String) {
        let error = #expect(throws: TAPDocument.Malformed.self) { try TAPDocument(text) }
        #expect(error?.rule == rule)
    }
}
