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
