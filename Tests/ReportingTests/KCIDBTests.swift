import Testing
import Verdicts

@testable import Reporting

@Suite("KCIDB's submissions (reports §13)")
struct KCIDBTests {
    private static let identity = KCIDBIdentity(origin: "ci", build: "maestro:65", run: "r1")

    private static func events(
        on backend: BackendKind, _ results: [ScenarioResult], unfinished: [String] = []
    ) -> [RunEvent] {
        var header = Script.header
        header.backend = backend
        header.backendReason = "asked for"
        return Script.events(header, results, unfinished: unfinished)
    }

    private func tests(
        on backend: BackendKind = .kvm, _ results: [ScenarioResult] = Script.results,
        unfinished: [String] = ["never-reached"]
    ) throws -> [KCIDBDocument.Test] {
        let recorder = KCIDBRecorder(Self.identity, groups: ["never-reached": "level"])
        let events = Self.events(on: backend, results, unfinished: unfinished)
        return try KCIDBDocument(written(events, recorder)).tests
    }

    @Test("A failure and what never ran read exactly like this")
    func snapshot() {
        var fail = Script.fail
        fail.outcome.unobservable = []
        let recorder = KCIDBRecorder(
            Self.identity, startTime: "2026-11-22T12:00:00", groups: ["never-reached": "level"])
        let events = Self.events(on: .kvm, [fail], unfinished: ["never-reached@kernel"])
        #expect(written(events, recorder) == Snapshot.kcidb)
    }

    @Test("Each verdict has its status, and what never ran was missed")
    func statuses() throws {
        var shown = Script.pass
        shown.name = "shown"
        shown.outcome.verdict = .shown
        #expect(
            try tests(Script.results + [shown]).map { $0["status"] } == [
                "PASS", "PASS", "FAIL", "SKIP", "ERROR", "ERROR", "DONE", "MISS",
            ])
    }

    @Test(
        "Where no kernel was tested, nothing is said of one",
        arguments: [BackendKind.model, .emulator])
    func noKernel(backend: BackendKind) throws {
        let tests = try tests(on: backend)
        #expect(
            tests.map { $0["status"] } == [
                "DONE", "DONE", "ERROR", "SKIP", "ERROR", "ERROR", "MISS",
            ])
        for test in tests.dropLast() {
            #expect(test["comment"]?.hasSuffix("; no kernel was tested") == true)
        }
    }

    @Test("A hazard is told in the comment of a pass, a skip's reason with its hint")
    func comments() throws {
        let tests = try tests()
        #expect(
            tests[1]["comment"]
                == "compared 1 step, 8 fields, 1 EOI; hazard: attribution, redelivery")
        #expect(tests[3]["comment"] == "needs the irqchip in the kernel; add --irqchip kernel")
        #expect(tests[6]["comment"] == "not run or not finished")
        #expect(
            tests.map { $0["log_excerpt"] != nil } == [
                false, false, true, false, true, true, false,
            ])
    }

    @Test("Irqchip and design are parts of the path, and so is the group")
    func paths() throws {
        var split = Script.pass
        split.name = "level-basic@split"
        var kernel = Script.pass
        kernel.name = "level-basic@kernel@hardened"
        let tests = try tests([split, kernel, Script.pass, Script.pass], unfinished: ["unknown"])
        #expect(
            tests.map { $0["path"] } == [
                "savic_eoi.level.level-basic.split",
                "savic_eoi.level.level-basic.kernel.hardened",
                "savic_eoi.level.level-basic", "savic_eoi.level.level-basic", "savic_eoi.unknown",
            ])
        #expect(
            tests.map { $0["id"] } == [
                "ci:r1-level-basic.split", "ci:r1-level-basic.kernel.hardened",
                "ci:r1-level-basic", "ci:r1-level-basic-2", "ci:r1-unknown",
            ])
    }

    @Test("Names, reasons and facts of strangers keep the schema's rules, whatever they are")
    func hostile() throws {
        var result = Script.error
        for name in [Script.hostile, "", "@", "@@", "a.b", "á", "\u{0}", "(2)", "x@y@z"] {
            result.name = name
            result.outcome.failure = name + "\u{0}\u{7}\r\n\u{202E}"
            #expect(throws: Never.self, "\(name)") {
                try tests([result, result], unfinished: [name])
            }
        }
    }

    @Test("An excerpt has at most 16,384 characters, and says that it is not all")
    func excerpt() throws {
        var result = Script.error
        result.outcome.failure = String(repeating: "e\u{301}xplanation ", count: 3000)
        let excerpt = try #require(try tests([result], unfinished: [])[0]["log_excerpt"])
        #expect(excerpt.unicodeScalars.count == 16_384 && excerpt.hasSuffix("…"))
    }

    @Test("A time that is no number is none, and the host's name is nowhere")
    func numbers() throws {
        var result = Script.pass
        result.duration = .infinity
        #expect(try tests([result], unfinished: [])[0].members["duration"] as? Double == 0)
        var options = RecorderOptions()
        options.hostName = "secret-host"
        let text = written(Script.events, OutputFormat.kcidb.makeRecorder(options: options))
        #expect(!text.contains("secret-host"))
    }

    @Test("Nothing is written before the end, then one document")
    func buffered() {
        #expect(pieces(Script.events, KCIDBRecorder(Self.identity)).count == 1)
        #expect(pieces(Script.events.dropLast(), KCIDBRecorder(Self.identity)).isEmpty)
    }

    @Test(
        "The reader itself refuses what the schema refuses",
        arguments: [
            ("\"ci:r1-", "\"CI:r1-"), ("\"maestro:65\"", "\"maestro\""), ("\"FAIL\"", "\"fail\""),
            ("savic_eoi.level.", "savic_eoi..level."), ("\"minor\": 3", "\"minor\": 4"),
            ("\"duration\": 0.006", "\"duration\": \"0\""), ("\"comment\": ", "\"note\": "),
            ("\"code\": \"EOI-WRONG-VECTOR\"", "\"code\": null"),
            ("r1-never-reached.kernel", "r1-level-retrigger"), ("+00:00\"", "\""),
            ("\"origin\": \"ci\"", "\"origin\": \"other\""),
        ])
    func reader(_ from: String, _ to: String) {
        let broken = Snapshot.kcidb.replacing(from, with: to)
        #expect(broken != Snapshot.kcidb)
        #expect(throws: KCIDBDocument.Malformed.self) { try KCIDBDocument(broken) }
    }
}
