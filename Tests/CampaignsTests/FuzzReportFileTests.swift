import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Campaigns

@Suite("Reports of a fuzzing campaign (what fuzz --json writes and merge reads)")
struct FuzzReportFileTests {
    private func load(_ text: String) throws(ScenarioError) -> FuzzReportFile {
        try FuzzReportFile(Array(text.utf8), file: "a.json")
    }

    private static let scenario =
        "name: fuzz-7-1\\nsummary: \\\"a line\\\"\\nsource: a test\\ngroups: [found]\\n"
        + "machine:\\n  pins:\\n    - {pin: 2, vector: 0x31}\\nsteps:\\n  - assert 2\\n  - run\\n"

    /// Line 19 is the finding.
    static let good = """
        {
          "schemaVersion": 2,
          "tool": {"version": "0.1.0"},
          "host": {"kernel": "6.19.0", "cpu": "a: b # c"},
          "seed": 18446744073709551615,
          "backend": "kvm",
          "irqchip": "split",
          "design": "plain",
          "steps": 24,
          "runs": 10,
          "hostile": true,
          "routes": false,
          "strict": false,
          "shard": {"number": 2, "count": 3},
          "performed": 3,
          "compared": {"steps": 72, "fields": 1152, "eois": 9},
          "duplicates": 1,
          "findings": [
            {"run": 4, "code": "STATE", \(mismatch), \
        "steps": 2, "originalSteps": 24, "reproduced": 9, "repeats": 10, "scenario": "\(scenario)"}
          ],
          "failures": {"KVM_RUN: {[ \\"no\\"": 1},
          "interrupted": false
        }

        """

    @Test("A report is read, and members that it does not know are not looked at")
    func report() throws {
        let text = Self.good.replacing(
            "  \"routes\"", with: "  \"new\": [{\"a\": [1]}],\n\"routes\"")
        let report = try load(text)
        #expect(report.settings.seed == .max && report.settings.backend == .kvm)
        #expect(report.settings.isHostile && !report.settings.changesRoutes)
        #expect(report.settings.isStrict == false && report.settings.shards == 3)
        #expect(report.shard == Shard(number: 2, count: 3))
        #expect(report.performed == 3 && report.duplicates == 1 && !report.isInterrupted)
        #expect(report.steps == 72 && report.fields == 1152 && report.eois == 9)
        #expect(report.host.map(\.value) == ["6.19.0", "a: b # c"])
        #expect(report.failures == ["KVM_RUN: {[ \"no\"": 1])
        let finding = try #require(report.findings.first)
        #expect(finding.run == 4)
        #expect(finding.fingerprint.code == .state && finding.fingerprint.field == "IRR")
        #expect(finding.originalLength == 24 && finding.reproduced == 9 && finding.repeats == 10)
        #expect(finding.scenario.name == "fuzz-7-1" && finding.scenario.steps.count == 2)
        #expect("\(report.place(of: "seed"))" == "a.json:5:11")
    }

    @Test("On one line it is the same report")
    func compact() throws {
        let text = Self.good.split(separator: "\n").joined()
        #expect(try load(text).findings.count == 1)
    }

    private static let mismatch = """
        "mismatch": {"code": "STATE", "step": 2, "field": "IRR", "differences": \
        [{"field": "IRR", "expected": "0x31", "observed": "none", "before": ""}], "history": \
        [{"step": 2, "text": "run", "events": "accept 0x31", "violations": ["attribution"]}], \
        "omittedSteps": 1}
        """

    @Test("A finding shows as the report says it")
    func mismatches() throws {
        let expected = Mismatch(
            code: .state, step: 2,
            differences: [
                FieldDifference(field: "IRR", expected: "0x31", observed: "none", before: "")
            ],
            history: [
                HistoryLine(
                    step: 2, text: "run", events: "accept 0x31", violations: ["attribution"])
            ], omittedSteps: 1)
        #expect(try load(Self.good).findings.first?.mismatch == expected)
    }

    /// The same for a member of the mismatch.
    private static func brokenMismatch(
        _ rule: String, _ old: String, _ new: String, _ words: String...
    ) -> BrokenFile {
        var file = broken(rule, mismatch, mismatch.replacing(old, with: new))
        file.words = words
        return file
    }

    private static func broken(
        _ rule: String, _ old: String, _ new: String, _ words: String...
    ) -> BrokenFile {
        var file = BrokenFile(rule, ScenarioText(raw: good.replacing(old, with: new)))
        file.words = words
        return file
    }

    static let files = [
        broken(
            "it has a seed", "  \"seed\": 18446744073709551615,\n", "",
            "no “seed”", "expected what fuzz --json prints"
        ).atItsStart,
        broken(
            "a seed has 64 bits", "18446744073709551615", "§18446744073709551616",
            "expected a seed"),
        broken("the schema is known", "Version\": 2", "Version\": §1", "expected schemaVersion 2"),
        broken(
            "a backend is one of this tool's", "\"kvm\"", "§\"k\\u001bm\"", "unknown backend",
            "expected model, kvm, emulator, savic"),
        broken("a shard is one of its count", "\"number\": 2", "\"number\": §4", "1…3"),
        broken("there is a shard", "\"count\": 3", "\"count\": §0", "a number of shards"),
        broken("no more runs than the shard has", "\"performed\": 3", "\"performed\": §4", "0…3"),
        broken(
            "counts of all shards can be summed up", "\"steps\": 72",
            "\"steps\": §3074457345618258603", "a number of steps"),
        broken("duplicates were performed", "\"duplicates\": 1", "\"duplicates\": §3", "0…2"),
        broken("failures were performed", "\\\"\": 1", "\\\"\": §4", "0…1"),
        broken(
            "a finding is of a run of the shard", "\"run\": 4", "\"run\": §5",
            "run 5 is none of shard 2/3"),
        broken(
            "a finding is of a run of the campaign", "\"run\": 4", "\"run\": §13",
            "of 10 runs"),
        brokenMismatch(
            "a mismatch is an object", "\"mismatch\": {\"code\": \"STATE\", ",
            "\"mismatch\": §3, \"rest\": {", "expected the mismatch as a mapping"),
        brokenMismatch(
            "a mismatch differs in something",
            "{\"code\": \"STATE\", \"step\": 2, \"field\": \"IRR\", \"differences\": "
                + "[{\"field\": \"IRR\", \"expected\": \"0x31\", \"observed\": \"none\", "
                + "\"before\": \"\"}]", "§{\"step\": 2, \"differences\": []",
            "expected at least one field that differs"),
        brokenMismatch("a step has a number", "[{\"step\": 2", "[{\"step\": §-1", "0…200000"),
        brokenMismatch(
            "a step says what it is", "{\"step\": 2, \"text\": \"run\"",
            "§{\"step\": 2", "no “text” in the step"),
        broken(
            "a code is known", "4, \"code\": \"STATE\"", "4, \"code\": §\"STAT\"",
            "unknown mismatch code",
            "did you mean “STATE”?", "expected EOI-MISSING, "),
        broken(
            "a reproducer is a scenario", "\"name: fuzz", "§\"nam: fuzz",
            "expected the text of a scenario; text:1:1: unknown key “nam”"),
        broken(
            "a reproducer's name is fit for a file", "\"name: fuzz-7-1", "§\"name: ../x",
            "expected a name of"),
        broken("a flag is true or false", "\"hostile\": true", "\"hostile\": §3", "true or false"),
        broken(
            "what is merged is no shard", "\"performed\"", "\"merged\": §{}, \"performed\"",
            "merged already"),
        broken("a report is a JSON object", "{\n  \"schema", "§schema", "expected “{”"),
        broken(
            "there is one report", "\"interrupted\": false\n}", "\"interrupted\": false\n}§{}",
            "nothing behind the object"),
        broken(
            "half a report is none", "\"interrupted\": false\n}\n", "\"interrupted\": fals§",
            "ends too early"),
        broken("a string ends on its line", "\"plain\"", "\"pla§\nin\"", "on its line"),
        broken("a string begins where a value can", "\"plain\"", "§p \"lain\"", "expected JSON"),
        broken(
            "values stand behind commas", "\"plain\"", "\"p\" §\"lain\"", "expected “,” or “}”"),
        broken("a member has a value", "\"design\": ", "\"design\" §", "expected “:”"),
        broken("an escape is one of JSON's", "\"plain\"", "\"pl§\\x61in\"", "an escape"),
        broken("a number is one of JSON's", "\"steps\": 24", "\"steps\": §024", "expected JSON"),
        broken("behind a comma something follows", "false\n}", "false,\n§}", "expected JSON"),
        broken("JSON has no comments", "\"plain\",", "\"plain\", §# {", "expected JSON"),
        broken("JSON has no anchors", "\"plain\"", "§&a \"plain\"", "expected JSON"),
        broken(
            "brackets do not nest for ever", "\"plain\"",
            String(repeating: "[", count: 15) + "§[", "deep"),
        broken(
            "a key is there once", "\"hostile\": true,\n  \"routes\"",
            "§\"hostile\": true,\n  \"hostile\"", "duplicate key"),
        BrokenFile("there is something in the file", ScenarioText(raw: "§"), "the file is empty"),
        BrokenFile("a list is no report", ScenarioText(raw: "§[]"), "expected “{”"),
        BrokenFile(
            "blocks do not nest", ScenarioText(raw: "§" + String(repeating: "- ", count: 9)),
            "expected “{”"),
    ]

    @Test("A wrong file names its place, what was found and what was expected", arguments: files)
    func isRefused(broken: BrokenFile) throws {
        let error = #expect(throws: ScenarioError.self) {
            try FuzzReportFile(broken.text.bytes, file: "a.json")
        }
        let message = error?.message ?? ""
        for word in broken.words { #expect(message.contains(word), "\(message)") }
        #expect(error?.location.file == "a.json")
        #expect(error?.location.line == broken.text.place?.line)
        #expect(error?.location.column == broken.text.place?.column)
    }

    /// Python's json writes characters beyond U+FFFF so (command-line §9).
    @Test("A pair of surrogate escapes is one character")
    func surrogatePairs() throws {
        func cpu(_ text: String) throws(ScenarioError) -> String? {
            try load(Self.good.replacing("a: b # c", with: text)).host.last?.value
        }
        #expect(try cpu("\\ud83d\\udca9") == "💩")
        #expect(try cpu("a\\uD834\\uDD1Eb \\u00e9") == "a𝄞b é")
        #expect(try cpu("\\\\ud83d\\\\udca9") == "\\ud83d\\udca9", "these are backslashes")
        let halves = [
            "\\ud83d", "\\udca9", "\\udca9\\ud83d", "\\ud83dx", "\\ud83d\\u0041", "\\ud8",
        ]
        for half in halves {
            #expect(throws: ScenarioError.self, "\(half)") { try cpu(half) }
        }
    }

    @Test("What came of the runs is no more than was performed, all together (command-line §9)")
    func sums() throws {
        func failures(_ text: String) throws(ScenarioError) -> [String: Int] {
            try load(Self.good.replacing("\"KVM_RUN: {[ \\\"no\\\"\": 1", with: text)).failures
        }
        // Three performed, one finding, one duplicate.
        #expect(try failures("\"a\": 1, \"b\": 0").count == 2)
        let most = Int.max
        for text in ["\"a\": 2", "\"a\": 1, \"b\": 1", "\"a\": \(most), \"b\": \(most)"] {
            #expect(throws: ScenarioError.self) { try failures(text) }
        }
    }

    @Test("Whatever is cut off or replaced, the reader throws or reads, and never goes down")
    func neverTraps() {
        let bytes = Array(Self.good.utf8)
        for end in bytes.indices {
            _ = try? FuzzReportFile(Array(bytes[..<end]), file: "a")
        }
        // Each place gets three of the ten, and its neighbours the others.
        let marks = Array("{}[]\",:-9#".utf8)
        for index in bytes.indices {
            var changed = bytes
            for turn in 0..<3 {
                changed[index] = marks[(3 * index + turn) % marks.count]
                _ = try? FuzzReportFile(changed, file: "a")
            }
        }
    }
}

extension BrokenFile {
    /// The same, with the mark at the beginning.
    fileprivate var atItsStart: BrokenFile {
        var file = self
        file.text = ScenarioText(raw: "§" + String(decoding: text.bytes, as: UTF8.self))
        return file
    }
}
