import Testing
import Verdicts

@testable import Reporting

@Suite("Steps under a hazard, and what is known about a mismatch (reports §5)")
struct HazardStepTests {
    private static let hazard: ScenarioResult = {
        var result = Script.hazard
        result.outcome.steps = [
            HistoryLine(step: 3, text: "assert 3", events: "deliver 0x41 level"),
            HistoryLine(
                step: 4, text: "eoi", events: "KVM completes 0x41", violations: ["attribution"]),
        ]
        return result
    }()

    private func lines(_ result: ScenarioResult, showSteps: Bool) -> [String] {
        var options = TextOptions()
        options.showHeader = false
        options.showFinal = false
        options.showHazardSteps = showSteps
        options.width = 100
        let text = written(Script.run([result]), TextRecorder(options: options))
        return text.split(separator: "\n").map(String.init)
    }

    @Test("An arrow stands at each step that broke an invariant, earlier steps are counted")
    func steps() {
        #expect(
            Array(lines(Self.hazard, showSteps: true).dropFirst()) == [
                "           (2 earlier steps left out)",
                "              3  assert 3  deliver 0x41 level",
                "           →  4  eoi       KVM completes 0x41; breaks attribution",
            ])
    }

    @Test("Nobody is shown steps that were not asked for")
    func quiet() {
        #expect(lines(Self.hazard, showSteps: false).count == 1)
    }

    @Test("What is known about a mismatch follows its explanation, and JSON has it too")
    func note() {
        var result = Script.fail
        result.outcome.mismatch?.note = "mended by fceb3a36c29a"
        let text = lines(result, showSteps: false)
        #expect(text.contains("         mended by fceb3a36c29a"))
        let json = written(Script.run([result]), JSONRecorder())
        #expect(json.contains("\"note\": \"mended by fceb3a36c29a\""))
    }

    @Test("What a difference is like is told: what fits into a sentence, and that there is more")
    func likeness() {
        func told(_ likeness: [String]?) -> String {
            var result = Script.fail
            result.outcome.mismatch?.likeness = likeness
            return lines(result, showSteps: false).joined(separator: " ")
        }
        #expect(!told(nil).contains("The model does") && !told(nil).contains("No single change"))
        #expect(told([]).contains("No single change of the model that is known here does the same"))
        #expect(told(["with a", "with b"]).contains("The model does the same with a, or with b."))
        let many = (1...6).map { "with \($0)" }
        #expect(told(many).contains("with 3, or with 4, or in 2 other ways."))
        var result = Script.fail
        result.outcome.mismatch?.likeness = ["with a"]
        let json = written(Script.run([result]), JSONRecorder())
        #expect(json.contains("\"likeness\": [\"with a\"]"))
    }

    @Test("The JSON of a hazard names the invariants at their step")
    func json() {
        let json = written(Script.run([Self.hazard]), JSONRecorder())
        #expect(json.contains("\"steps\""))
        #expect(json.contains("\"violations\": [\"attribution\"]"))
    }
}
