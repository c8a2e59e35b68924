import InterruptModel
import Scenarios
import TestSupport
import Testing

@Suite("Files of assumptions (what characterize writes and run --assumptions reads)")
struct AssumptionFileTests {
    private func load(_ text: String) throws(ScenarioError) -> PartialAssumptions {
        try AssumptionFile(Array(text.utf8), file: "host.json").assumptions
    }

    @Test("A report of characterize is read, and its other keys are not looked at")
    func report() throws {
        let file = try load(
            """
            {
              "schemaVersion": 2,
              "tool": {"version": "0.1.0"},
              "host": {"kernel": "6.19.0", "cpu": "a: b # c"},
              "assumptions": {
                "page-tmr": "never",
                "native-level-eoi": "ends",
                "disallowed": "kept",
                "before-enable": "dropped"
              },
              "findings": [{"name": "page-tmr", "answer": null, "evidence": "“quoted”"}]
            }
            """)
        #expect(
            file == [
                .pageTMR: "never", .nativeLevelEOI: "ends", .disallowed: "kept",
                .beforeEnable: "dropped",
            ])
    }

    @Test("What the file does not say is left open")
    func partial() throws {
        let file = try load("assumptions:\n  page-tmr: guest\n")
        #expect(file == [.pageTMR: "guest"])
        #expect(try load("assumptions: {}") == (try load("{\"assumptions\": {}}")))
    }

    @Test("Every value of every axis can be written")
    func values() throws {
        for axis in AxisEntry.ofHardware {
            for word in axis.words {
                let file = try load("assumptions: {\(axis.name): \(word)}")
                #expect(file[axis] == word && file.list.compactMap(\.value) == [word])
            }
        }
    }

    static let broken = [
        BrokenFile(
            "an unknown axis gets a suggestion",
            ScenarioText(raw: "assumptions:\n  §page-tmrs: never\n"),
            "unknown key “page-tmrs” in assumptions", "did you mean “page-tmr”?",
            "expected page-tmr, native-level-eoi, disallowed, before-enable"),
        BrokenFile(
            "a guest's policy is no assumption about the hardware",
            ScenarioText(raw: "assumptions: {§guest-eoi: linux}\n"), "unknown key “guest-eoi”"),
        BrokenFile(
            "an unknown value gets a suggestion",
            ScenarioText(raw: "{\"assumptions\": {\n  \"page-tmr\": §\"nevr\"}}\n"),
            "unknown page TMR “nevr”", "did you mean “never”?",
            "expected always, accurate, never, guest"),
        BrokenFile(
            "a fate is one of its words", ScenarioText(raw: "assumptions: {disallowed: §lost}\n"),
            "unknown fate of a disallowed vector “lost”", "expected dropped, kept"),
        BrokenFile(
            "what is not known is left out, not null",
            ScenarioText(raw: "{\"assumptions\": {\"before-enable\": §null}}\n"),
            "unknown fate of an early vector “null”"),
        BrokenFile(
            "a value is a word", ScenarioText(raw: "assumptions: {native-level-eoi: §[traps]}\n"),
            "expected native EOI of a level vector", "found a list"),
        BrokenFile(
            "there have to be assumptions", ScenarioText(raw: "§{\"schemaVersion\": 2}\n"),
            "no “assumptions”", "expected what characterize --json prints"),
        BrokenFile(
            "a report is of this version",
            ScenarioText(raw: "{\"schemaVersion\": §'1', \"assumptions\": {}}\n"),
            "expected schemaVersion 2, found “1”", "make the report again"),
        BrokenFile(
            "assumptions are a mapping", ScenarioText(raw: "assumptions: §never\n"),
            "expected assumptions as a mapping", "found “never”"),
        BrokenFile(
            "the file is a mapping", ScenarioText(raw: "§[page-tmr]\n"),
            "expected a report of characterize as a mapping", "found a list"),
        BrokenFile("there is something in the file", ScenarioText(raw: "§"), "the file is empty"),
        BrokenFile(
            "half a report is none", ScenarioText(raw: "{\"assumptions\": {\n§"), "expected"),
        BrokenFile(
            "a key is there once",
            ScenarioText(raw: "assumptions: {§page-tmr: never, page-tmr: guest}\n"),
            "duplicate key"),
        BrokenFile(
            "there are no anchors", ScenarioText(raw: "assumptions: §&a {page-tmr: never}\n"),
            "no anchors"),
    ]

    @Test("A wrong file names its place, what was found and what was expected", arguments: broken)
    func isRefused(broken: BrokenFile) throws {
        let error = #expect(throws: ScenarioError.self) {
            try AssumptionFile(broken.text.bytes, file: "host.json")
        }
        let message = error?.message ?? ""
        for word in broken.words { #expect(message.contains(word), "\(message)") }
        #expect(error?.location.file == "host.json")
        #expect(error?.location.line == broken.text.place?.line)
        #expect(error?.location.column == broken.text.place?.column)
    }
}
