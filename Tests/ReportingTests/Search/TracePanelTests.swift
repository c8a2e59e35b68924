import InterruptModel
import Lockstep
import Testing

@testable import Reporting

@Suite("The picture of a search's counterexample")
struct TracePanelTests {
    @Test("Its picture is the same whatever the scenario is called, and stands alone")
    func picture() throws {
        var timeline = try Timelines.named("stuck-line")
        let picture = TracePanel(timeline).picture
        (timeline.name, timeline.summary) = ("another", "of another summary")
        #expect(TracePanel(timeline).picture == picture)
        let element = try JUnitReader.read(picture)
        let actions = timeline.steps.map(\.action.description).joined(separator: ", ")
        #expect(element.all("title").map(\.text) == [actions])
        #expect(element.all("style").first?.text.contains("--bg:") == true)
        // The page that goes through its steps has the colours itself.
        let part = TimelineSVG(timeline, steps: timeline.interesting, hasHeading: false).element
        #expect(!part.contains("--bg:#"))
    }

    @Test("Its page and its picture are files of its name beside the first page")
    func files() throws {
        var panel = TracePanel(try Timelines.named("stuck-line"))
        panel.name = "a-name"
        #expect(panel.content["picture"] as? String == "a-name.svg")
        #expect(panel.content["page"] as? String == "a-name.html")
    }
}
