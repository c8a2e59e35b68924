import Scenarios
import TestSupport
import Testing

/// A scenario is to end, and a message to stay one (command-line §3, §7).
@Suite("Bounds of scenario files")
struct BoundTests {
    private func error(_ text: String) throws -> ScenarioError {
        try #require(throws: ScenarioError.self) {
            try ScenarioText("steps: \(text)").load()
        }
    }

    /// Repeats around something, from the outside: with a step before and behind, or without.
    private static func nested(_ depth: Int, _ inner: String, beside: Bool) -> String {
        (0..<depth).reduce(inner) { text, _ in
            let repeats = "{repeat: 10001, steps: \(text)}"
            return beside ? "[run, \(repeats), run]" : "[\(repeats)]"
        }
    }

    @Test("Nothing is no step, however deep it stands", arguments: 0...3, [false, true])
    func empty(depth: Int, beside: Bool) throws {
        let text = Self.nested(depth, "[]", beside: beside)
        let error = try error(text)
        #expect(error.message == "expected at least one step")
        #expect(error.location.line == 6)
        let start = try #require(text.firstRange(of: "[]")).lowerBound
        let column = text.distance(from: text.startIndex, to: start) + "steps: ".count + 1
        #expect(error.location.column == column)
    }

    @Test(
        "To look counts as a step, so repeats cannot hide behind it", arguments: 2...3,
        ["expect", "always"])
    func checksCount(depth: Int, word: String) throws {
        let text = Self.nested(depth, "[{\(word): {irr: []}}]", beside: false)
        let error = try error(text)
        #expect(error.message.contains("expected at most 200000"))
        #expect(error.location.description == "test.yaml:6:8")
        #expect(throws: Never.self) {
            try ScenarioText("steps: \(Self.nested(1, "[{\(word): {irr: []}}]", beside: false))")
                .load()
        }
    }

    /// Every place of a file where a word can stand that is wrong.
    private static let places = [
        "name: §", "machines: §", "irqchips: [§]", "granularity: §", "danger: §", "§: 1",
        "groups: [§]", "hazards: {§: attribution}", "hazards: {rfc-v1@§: attribution}",
        "hazards: {rfc-v1: [§]}", "machine: {§: 1}", "machine: {pins: [{pin: §, vector: 49}]}",
        "machine: {pins: [{pin: 1, vector: §}]}", "machine: {nesting: §, pins: []}",
        "machine: {kernel-rules: §}", "machine: {page-tmr: §}", "steps: [§]", "steps: [assert §]",
        "steps: [trigger 2 §]", "steps: [{§: 1}]", "steps: [{repeat: §, steps: [run]}]",
        "expect: {§: []}", "expect: {irr: [§]}", "expect: {faults: §}",
        "expect: {deliveries: {§: 1}}", "steps: §", "expect: §",
    ]

    @Test("A wrong word is cut in the message, wherever it stands", arguments: places)
    func longWords(place: String) throws {
        for length in [70, 79, 80, 81, 300] {
            let word = String(repeating: "q", count: length)
            let text = ScenarioText(place.replacing("§", with: word))
            let error = try #require(throws: ScenarioError.self) { try text.load() }
            let longest = error.message.split { $0 != "q" }.map(\.count).max() ?? 0
            #expect(longest <= 80, "\(error)")
            #expect(error.message.contains("q…”") == (longest == 80 && length > 80), "\(error)")
        }
    }

    /// Yams reads names over many lines, where the bound on lines does not help.
    @Test("A word of many lines is cut, too, and so is one character of many marks")
    func manyLines() throws {
        let lines = String(repeating: "  qqqqqqqqqqqqqqqqqqqq\n", count: 5_000)
        let error = try #require(throws: ScenarioError.self) {
            try ScenarioText("name: \n" + lines).load()
        }
        #expect(error.message.utf8.count < 300)
        let marks = "e" + String(repeating: "\u{301}", count: 150)
        let marked = try #require(throws: ScenarioError.self) {
            try ScenarioText("name: \(marks)").load()
        }
        #expect(marked.message.utf8.count < 400)
    }

    @Test("A long word is near nothing that is much shorter")
    func nearest() {
        let names = ["level-basic", "edge-basic"]
        let long = String(repeating: "a", count: 200_000)
        #expect(Nearest.nearest(to: long, among: names) == nil)
        #expect(Nearest.nearest(to: "level-basi", among: names) == "level-basic")
        #expect(Nearest.nearest(to: "leval-bsic", among: names) == "level-basic")
        #expect(Nearest.nearest(to: "level", among: names) == "level-basic", "it begins so")
    }
}
