import Testing
import Verdicts

@testable import Reporting

@Suite("tmt's results (reports §15)")
struct TMTTests {
    private func results(
        _ events: [RunEvent] = Script.events, groups: [String: String] = [:]
    ) throws -> [TMTResults.Result] {
        try TMTResults(written(events, TMTRecorder(groups: groups))).list
    }

    @Test("A run of a hazard, a failure, a skip and what never ran reads exactly like this")
    func snapshot() {
        let events = Script.run(
            [Script.hazard, Script.fail, Script.skip], unfinished: ["never@kernel"])
        #expect(
            written(events, TMTRecorder(groups: ["never": "level"])) == """
                - name: "/nesting/nested-eoi"
                  result: "pass"
                  note:
                    - "compared 1 step, 8 fields, 1 EOI"
                    - "hazard: attribution, redelivery"
                    - "0.005 s"
                  duration: "00:00:00"
                - name: "/level/level-retrigger"
                  result: "fail"
                  note:
                    - "step 6: EOI-WRONG-VECTOR: EOI exit vector expected 0x41, observed 0x31"
                    - "compared 6 steps, 48 fields, 1 EOI"
                    - "0.006 s"
                    - "rerun: savic-eoi run level-retrigger --backend model --design rfc-v2 \
                --irqchip split"
                  duration: "00:00:00"
                - name: "/ack/resample-ack"
                  result: "skip"
                  note:
                    - "needs the irqchip in the kernel; add --irqchip kernel"
                - name: "/level/never/kernel"
                  result: "error"
                  note:
                    - "not run or not finished"

                """)
    }

    @Test("Each verdict has its result; only what could not be judged is info")
    func verdicts() throws {
        var shown = Script.pass
        shown.name = "shown"
        shown.outcome.verdict = .shown
        let events = Script.run(Script.results + [shown], unfinished: ["never-reached"])
        let list = try results(events)
        #expect(
            list.map(\.result) == [
                "pass", "pass", "fail", "skip", "error", "error", "info", "error",
            ])
        #expect(list.last?.name == "/never-reached", "its group is not known")
    }

    @Test(
        "A duration has hours, minutes and whole seconds",
        arguments: [
            (0.4, "00:00:00"), (0.6, "00:00:01"), (59.9, "00:01:00"), (3661, "01:01:01"),
            (400_000, "111:06:40"), (-1, "00:00:00"), (.nan, "00:00:00"),
        ])
    func durations(_ seconds: Double, _ text: String) throws {
        var result = Script.pass
        result.duration = seconds
        #expect(try results(Script.run([result])).map(\.duration) == [text])
    }

    @Test("Whatever a name or a reason is, every result comes back, each with a name of its own")
    func hostile() throws {
        for text in [Script.hostile, "", "@", "/", "- x: y", "á\u{0}", "\u{1F512}\"", "x@y@z"] {
            var bad = Script.error
            bad.name = text
            bad.group = text
            bad.outcome.failure = text
            let list = try results(Script.run([bad, bad], unfinished: [text]))
            #expect(list.map(\.result) == ["error", "error", "error"], "\(text)")
        }
    }

    @Test("Nothing is written before the end, and nothing that ran is an empty list")
    func buffered() throws {
        #expect(pieces(Script.events, TMTRecorder()).count == 1)
        #expect(pieces(Script.events.dropLast(), TMTRecorder()).isEmpty)
        #expect(written(Script.run([]), TMTRecorder()) == "[]\n")
    }

    @Test(
        "The reader itself refuses what tmt refuses",
        arguments: [
            "name: \"/a\"\n", "- name: \"a\"\n  result: \"pass\"\n  note: []\n",
            "- name: \"/a\"\n  result: \"good\"\n  note: []\n",
            "- name: \"/a\"\n  result: \"pass\"\n  note: \"x\"\n",
            "- name: \"/a\"\n  result: \"pass\"\n  note: []\n  duration: 9 s\n",
            "- result: \"pass\"\n", "- name: \"/a\"\n  result: \"pass\"\n  note: []\n  x: 1\n",
        ])
    func reader(_ text: String) {
        #expect(throws: TMTResults.Malformed.self) { try TMTResults(text) }
    }
}
