import Reporting
import Testing
import Verdicts

@Suite("KTAP version 1 (reports §2)")
struct KTAPTests {
    @Test("A run reads exactly like this")
    func snapshot() {
        #expect(written(Script.events, KTAPRecorder()) == Snapshot.ktap)
    }

    @Test("Plan, numbers, names, directives and totals come back from a strict parser")
    func parsesBack() throws {
        let document = try KTAPDocument(written(Script.events, KTAPRecorder()))
        #expect(document.plan == 7)
        #expect(document.results.map(\.number) == Array(1...7))
        #expect(document.results.map(\.isOK) == [true, true, false, true, false, false, false])
        #expect(
            document.results.map(\.directive) == ["", "", "", "SKIP", "TIMEOUT", "ERROR", "ERROR"])
        #expect(document.results[2].text == "step 6: EOI-WRONG-VECTOR")
        #expect(document.results[3].name == "resample-ack")
        #expect(
            document.totals
                == ["pass": 2, "fail": 2, "xfail": 0, "xpass": 0, "skip": 1, "error": 2])
    }

    @Test("A death after any event leaves a valid prefix that names what was running")
    func everyPrefixIsValid() throws {
        let all = pieces(Script.events, KTAPRecorder())
        #expect(all.count == Script.events.count)
        var text = ""
        for (event, piece) in zip(Script.events, all) {
            text += piece
            let document = try KTAPDocument(text)
            #expect(document.plan == 7)
            if case .scenarioBegan(let name) = event, name != Script.hostile {
                #expect(document.diagnostics.last == "\(name): started")
            }
        }
    }

    @Test("A known hazard is a plain ok with a diagnostic before it, never a directive")
    func hazard() throws {
        let text = written(Script.run([Script.hazard]), KTAPRecorder())
        let document = try KTAPDocument(text)
        #expect(document.results == [.init(isOK: true, number: 1, name: "nested-eoi")])
        #expect(text.contains("# nested-eoi: hazard: attribution, redelivery\nok 1 nested-eoi\n"))
        #expect(document.diagnostics.contains("passes with a known hazard of rfc-v2: 1 of 1"))
    }

    @Test("Under KSFT_TAP_LEVEL only the version line is left out")
    func withoutVersion() throws {
        let text = written(Script.events, KTAPRecorder(omitsVersion: true))
        #expect("KTAP version 1\n" + text == Snapshot.ktap)
        _ = try KTAPDocument(text, hasVersion: false)
    }

    @Test("A run of nothing plans 1..0 and says why")
    func nothingPlanned() throws {
        let text = written(Script.run([]), KTAPRecorder())
        #expect(text.hasPrefix("KTAP version 1\n1..0 # SKIP nothing to run\n"))
        #expect(try KTAPDocument(text).plan == 0)
    }

    @Test("A name that comes again gets a number, so that no reader drops it")
    func repeatedNames() throws {
        let run = Script.run([Script.pass, Script.pass], unfinished: ["level-basic"])
        let names = try KTAPDocument(written(run, KTAPRecorder())).results.map(\.name)
        #expect(names == ["level-basic", "level-basic (2)", "level-basic (3)"])
    }

    @Test("A scenario stopped in its middle keeps the name that was announced")
    func stoppedInTheMiddle() throws {
        var events = Script.run([], unfinished: ["one", "two"])
        events.insert(.scenarioBegan(name: "two"), at: 1)
        let document = try KTAPDocument(written(events, KTAPRecorder()))
        #expect(document.results.map(\.name) == ["one", "two"])
    }

    @Test("A fail without a mismatch says its reason in lower case, as no directive")
    func failWithoutMismatch() throws {
        var result = Script.fail
        result.outcome.mismatch = nil
        result.outcome.failure = "WARN in the kernel log"
        let document = try KTAPDocument(written(Script.run([result]), KTAPRecorder()))
        #expect(document.results[0].text == "reason: WARN in the kernel log")
    }

    @Test(
        "The parser itself refuses what it should",
        arguments: [
            ("1..1\nok 1 a\n", "version comes first"),
            ("KTAP version 1\nok 1 a\n", "the plan comes next"),
            ("KTAP version 1\n1..2\nok 2 a\n", "numbers without gaps"),
            ("KTAP version 1\n1..1\nok 1 a\nok 2 b\n", "no more results than planned"),
            ("KTAP version 1\n1..2\nok 1 a\nok 2 a\n", "every name once"),
            ("KTAP version 1\n1..1\nok 1 a # HAZARD b\n", "known directives only"),
            ("KTAP version 1\n1..1\nok 1 a # TIMEOUT b\n", "TIMEOUT comes with not ok"),
            ("KTAP version 1\n1..1\nok 1 a#b\n", "a result line or a diagnostic"),
            ("KTAP version 1\n1..1\nok 1 \u{1B}a\n", "no control characters"),
            ("KTAP version 1\n1..1\nok 1 a", "the last line is complete"),
        ])
    func parserIsStrict(text: String, rule: String) {
        let error = #expect(throws: KTAPDocument.Malformed.self) { try KTAPDocument(text) }
        #expect(error?.rule == rule)
    }
}
