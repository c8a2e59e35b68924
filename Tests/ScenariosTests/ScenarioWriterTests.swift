import InterruptModel
import Scenarios
import Testing

/// What the writer writes the loader reads.
@Suite("Writing scenarios")
struct ScenarioWriterTests {
    @Test("Every scenario of the catalogue survives, but for what it expects")
    func roundTrip() throws {
        for scenario in try Catalogue.load() {
            let text = ScenarioWriter.text(of: scenario)
            let read = try ScenarioLoader.load(Array(text.utf8), file: "written.yaml")
            let copy = try #require(read.first)
            #expect(copy.name == scenario.name && copy.summary == scenario.summary)
            #expect(copy.setup == scenario.setup, "\(scenario.name)")
            #expect(copy.machines == scenario.machines && copy.irqchips == scenario.irqchips)
            #expect(copy.granularity == scenario.granularity && copy.danger == scenario.danger)
            #expect(copy.hazards == scenario.hazards)
            #expect(copy.design == nil && copy.stuck == nil)
            #expect(copy.steps.flatMap(\.actions) == scenario.steps.flatMap(\.actions))
        }
    }

    @Test("A design and a stuck line come back")
    func found() throws {
        var scenario = Scenario(
            found: "one", summary: "s", source: "t", setup: .levels(2), actions: [.run])
        (scenario.design, scenario.stuck) = ("guest-conveys", 3)
        let text = ScenarioWriter.text(of: scenario)
        let copy = try #require(try ScenarioLoader.load(Array(text.utf8), file: "one.yaml").first)
        #expect(copy.design == "guest-conveys" && copy.stuck == 3)
    }

    @Test("Text that YAML would take for something else is quoted")
    func quotes() throws {
        let scenario = Scenario(
            found: "odd", summary: "a \"b\": {c} \\ # d", source: "two\nlines",
            setup: .levels(1), actions: [.assert(pin: 2), .run])
        let text = ScenarioWriter.text(of: scenario)
        let copy = try #require(try ScenarioLoader.load(Array(text.utf8), file: "odd.yaml").first)
        #expect(copy.summary == scenario.summary && copy.source == "two lines")
    }

    /// Foreign reports bring such text, and a reproducer that cannot be read is none (command-line
    /// §9).
    @Test("Whatever characters a text has, it is read back, and no line is too long")
    func anyText() throws {
        var texts = (0..<0x20).map { "a\(Unicode.Scalar(UInt8($0)))b" }.filter { $0 != "a\nb" }
        texts += [
            "\u{7F}\u{85}\u{9B}\u{2028}\u{2029}\u{202E}\u{FEFF}\u{FFFE}\u{10FFFF}\u{E000}",
            String(repeating: "\u{0}", count: 390), String(repeating: "\u{202E} ", count: 190),
            String(repeating: " ", count: 700), String(repeating: "é \\ \" ", count: 120),
            String(repeating: "x", count: 5_000), " a ", "", "💩", "\t", "# a", "- a", "a: b",
        ]
        for text in texts {
            var scenario = Scenario(
                found: "odd", summary: text, source: text, setup: .levels(1), actions: [.run])
            scenario.explanation = text
            let written = ScenarioWriter.text(of: scenario)
            let lines = written.utf8.split(separator: UInt8(ascii: "\n"))
            #expect(lines.allSatisfy { $0.count <= 400 })
            let read = try ScenarioLoader.load(Array(written.utf8), file: "odd.yaml")
            let copy = try #require(read.first)
            #expect(copy.summary == text && copy.source == text, "\(text.debugDescription)")
            let words = text.split(whereSeparator: \.isWhitespace)
            #expect(copy.explanation.split(whereSeparator: \.isWhitespace) == words)
        }
    }
}

extension ScenarioStep {
    /// The actions, repeats counted out, with their marks.
    fileprivate var actions: [String] {
        switch self {
        case .action(let action, let isOptional, _): ["\(action) \(isOptional)"]
        case .expect: []
        case .repeat(let times, let steps): ["\(times)"] + steps.flatMap(\.actions)
        }
    }
}
