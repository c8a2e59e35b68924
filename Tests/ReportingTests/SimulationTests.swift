import Reporting
import Testing
import Verdicts

/// A run on the kernel lab is none of hardware, and no part of its report may be taken for one.
@Suite("A simulated backend")
struct SimulationTests {
    private static let shown = "savic (simulated by the lab)"

    private static func events(simulatedBy: String? = "lab") -> [RunEvent] {
        var header = Script.header
        header.backend = .savic
        header.simulatedBy = simulatedBy
        header.backendReason = "asked for"
        var fail = Script.fail
        fail.rerun = "savic-eoi run level-retrigger --backend savic"
        return Script.events(header, [Script.pass, Script.hazard, fail, Script.error])
    }

    private func text(_ events: [RunEvent]) -> String {
        var options = TextOptions()
        options.width = 100
        return written(events, TextRecorder(options: options))
    }

    @Test("The name says it, by whoever it is")
    func name() {
        #expect(BackendKind.savic.shown(simulatedBy: "lab") == Self.shown)
        #expect(BackendKind.savic.shown(simulatedBy: nil) == "savic")
        #expect(BackendKind.savic.place(simulatedBy: "lab") == "on " + Self.shown)
        #expect(BackendKind.savic.place(simulatedBy: nil) == nil)
    }

    @Test("Text: in the header, under each failure and in the sums; the command stays")
    func inText() {
        let lines = text(Self.events()).split(separator: "\n").map(String.init)
        #expect(lines.contains("backend       \(Self.shown), asked for"))
        let alone = lines.indices.filter { lines[$0] == "         on \(Self.shown)" }
        #expect(alone.count == 2)
        for index in alone { #expect(lines[index + 1].contains("rerun: savic-eoi run ")) }
        #expect(lines.contains { $0.hasPrefix("4 scenarios on \(Self.shown) in ") })
        #expect(lines.contains { $0.hasSuffix("--backend savic") })
    }

    @Test("KTAP: in the header, in each failure's report and before the totals")
    func inKTAP() throws {
        let text = written(Self.events(), KTAPRecorder())
        let notes = try KTAPDocument(text).diagnostics
        #expect(notes.contains("backend: \(Self.shown), asked for"))
        #expect(notes.contains("level-retrigger: on \(Self.shown)"))
        #expect(notes.contains { $0.hasPrefix("on \(Self.shown): compared 19 steps") })
    }

    @Test("JUnit: in the suite's name, in each case's class and in each failure")
    func inJUnit() {
        let text = written(Self.events(), JUnitRecorder())
        #expect(text.contains("<testsuite name=\"\(Self.shown)\""))
        #expect(text.contains("classname=\"\(Self.shown).level\""))
        #expect(text.contains("name=\"backend\" value=\"\(Self.shown), asked for\""))
        #expect(text.ranges(of: "\non \(Self.shown)\nrerun: ").count == 2)
        #expect(!text.contains("classname=\"savic."))
    }

    @Test("TAP: in the header, in the diagnostics of every scenario and in the sums")
    func inTAP() throws {
        let document = try TAPDocument(written(Self.events(), TAPRecorder()))
        #expect(document.comments.contains("backend: \(Self.shown), asked for"))
        #expect(
            document.points.map { $0["place"] } == Array(repeating: "on \(Self.shown)", count: 4))
        #expect(
            document.comments.contains { $0.hasPrefix("ran: 4 scenarios on \(Self.shown) in ") })
    }

    @Test("Markdown: with the facts, in each report and in the sums")
    func inMarkdown() throws {
        let document = try MarkdownDocument(written(Self.events(), MarkdownRecorder()))
        #expect(document.paragraphs[1].hasPrefix("4 scenarios `on \(Self.shown)` in "))
        #expect(document.paragraphs[2].hasPrefix("backend `\(Self.shown), asked for`"))
        let codes = document.details.flatMap(\.code)
        #expect(codes.count == 2)
        for code in codes { #expect(code.contains("\non \(Self.shown)\nrerun: ")) }
    }

    @Test("GitHub: in the header, in each annotation and group, and in the sums")
    func inGitHub() throws {
        let log = try WorkflowLog(written(Self.events(), GitHubRecorder()))
        #expect(log.plain[1] == "backend: \(Self.shown), asked for")
        #expect(log.annotations.count == 3)
        for each in log.annotations { #expect(each.message.contains("\non \(Self.shown)")) }
        #expect(log.groups.count == 2)
        for group in log.groups { #expect(group.lines.contains("on \(Self.shown)")) }
        #expect(log.plain.last?.hasPrefix("4 scenarios on \(Self.shown) in ") == true)
    }

    @Test("KCIDB: in the environment and the comment of each test, and in each excerpt")
    func inKCIDB() throws {
        let identity = KCIDBIdentity(origin: "ci", build: "ci:1", run: "1")
        let tests = try KCIDBDocument(written(Self.events(), KCIDBRecorder(identity))).tests
        #expect(tests.count == 4)
        for test in tests {
            #expect(test["comment"]?.hasSuffix("; on \(Self.shown)") == true)
            #expect(test.environment.hasPrefix("\(Self.shown), irqchip split"))
        }
        let excerpts = tests.compactMap { $0["log_excerpt"] }
        #expect(excerpts.count == 2)
        for excerpt in excerpts { #expect(excerpt.contains("\non \(Self.shown)\nrerun: ")) }
    }

    @Test("LAVA: in the header, between the ends of each scenario, and in the sums")
    func inLAVA() throws {
        let log = try LAVALog(written(Self.events(), LAVARecorder()))
        #expect(log.plain[1] == "backend: \(Self.shown), asked for")
        #expect(log.cases.count == 4)
        for each in log.cases { #expect(each.lines.contains("on \(Self.shown)")) }
        #expect(log.plain.contains { $0.hasPrefix("4 scenarios on \(Self.shown) in ") })
    }

    @Test("tmt: in the notes of each result")
    func inTMT() throws {
        let results = try TMTResults(written(Self.events(), TMTRecorder())).list
        #expect(results.map(\.notes.last) == Array(repeating: "on \(Self.shown)", count: 4))
    }

    @Test("JSON: the name alone, and a member beside it")
    func inJSON() {
        let text = written(Self.events(), JSONRecorder())
        #expect(text.contains("\"backend\": \"savic\",\n  \"simulatedBy\": \"lab\","))
        #expect(!text.contains("simulated by"))
    }

    @Test("Where nobody simulates anything, nothing of it is said")
    func hardware() {
        let events = Self.events(simulatedBy: nil)
        let recorders: [any Recorder] = [
            TextRecorder(), KTAPRecorder(), JUnitRecorder(), JSONRecorder(), TAPRecorder(),
            MarkdownRecorder(), GitHubRecorder(), LAVARecorder(), TMTRecorder(),
            KCIDBRecorder(KCIDBIdentity(origin: "ci", build: "ci:savic", run: "1")),
        ]
        for recorder in recorders {
            let text = written(events, recorder)
            #expect(text.contains("savic"))
            #expect(!text.contains("simulated"))
        }
        #expect(text(events).contains("savic (asked for)"))
    }
}
