import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Reporting

@Suite("The page of a run")
struct TimelinePageTests {
    private func page(
        _ timeline: Timeline, _ steps: ClosedRange<Int>? = nil, index: String? = nil
    ) -> TimelinePage {
        TimelinePage(
            timeline, steps: steps ?? timeline.interesting,
            again: "savic-eoi show \(timeline.name) --html", index: index)
    }

    @Test("The template names what there is, and all of it")
    func template() throws {
        let asked = TemplateNames.asked(by: PackageResources.show_mustache)
        #expect(TemplateNames.given(by: page(try Timelines.named("stuck-line")).content) == asked)
        #expect(asked.count > 20)
    }

    @Test("Where a line is lost and no invariant breaks, it is not said that nothing goes wrong")
    func lostAlone() throws {
        var timeline = try Timelines.named("level-basic")
        timeline.lostLines = [LostLine(pin: 2, since: 2)]
        #expect(try page(timeline).text().contains("✗ line 2 is stuck at the end"))
        timeline.lostLines = [LostLine(pin: 2, since: 2, until: 3)]
        #expect(try page(timeline).text().contains("✗ line 2 is stuck for a while"))
        timeline.lostLines = []
        #expect(try page(timeline).text().contains("nothing goes wrong"))
    }

    @Test("A page of a report leads back to its first page, and one of its own nowhere")
    func index() throws {
        let timeline = try Timelines.named("stuck-line")
        #expect(try page(timeline, index: "index.html").text().contains("<a href=\"index.html\">"))
        #expect(try !page(timeline).text().contains("<a href"))
    }

    @Test("No page needs a network or leaves a tag of the template")
    func selfContained() throws {
        for timeline in try Timelines.ofCatalogue() {
            let text = try page(timeline).text()
            #expect(!text.contains("{{"), "\(timeline.name)")
            let addresses = text.split(separator: "http").dropFirst()
            #expect(
                addresses.allSatisfy {
                    $0.hasPrefix("://www.w3.org/2000/svg") || $0.hasPrefix("-equiv")
                }, "\(timeline.name)")
            #expect(text.contains("default-src 'none'"))
        }
    }

    @Test("It opens at the first wrong step, and has what each step did")
    func panels() throws {
        let timeline = try Timelines.named("stuck-line")
        let text = try page(timeline).text()
        let parts = text.split(separator: "<section").dropFirst()
        #expect(parts.count == timeline.steps.count)
        let open = parts.filter { $0.hasPrefix(" class=\"on\"") }
        #expect(open.count == 1 && open[0].contains("id=\"s5\""))
        #expect(open[0].contains("<li class=\"x\">✗ KVM completes 0x41</li>"))
        #expect(open[0].contains("<li>guest ends 0x31</li>"))
        #expect(open[0].contains("breaks attribution, no-premature-ack"))
        let run = parts.filter { $0.contains("id=\"s1\"") }
        #expect(run[0].contains("line 2\tlow\t→ high"))
    }

    @Test("A run in which nothing goes wrong says so")
    func rightRun() throws {
        let text = try page(Timelines.named("level-basic")).text()
        #expect(text.contains("<p class=\"head\">nothing goes wrong</p>"))
        #expect(!text.contains("red arrow") && !text.contains("id=\"c\""))
    }

    @Test("A line that is stuck is what a page is about in which no invariant breaks")
    func stuckAlone() throws {
        var timeline = try Timelines.named("level-basic")
        timeline.outcome.stuck = 2
        let text = try page(timeline).text()
        #expect(text.contains("<p class=\"head\">✗ line 2 is stuck at the end"))
        #expect(!text.contains("nothing goes wrong"))
    }

    @Test("A run that is not what its scenario says does not pass for one without a fault")
    func expectation() throws {
        let timeline = try Timelines.of(
            ScenarioText(
                """
                steps: [assert 2, run]
                expect: {deliveries: {0x31: 7}}
                """))
        #expect(timeline.outcome.verdict == .fail && timeline.culprit?.number == 2)
        let text = try page(timeline).text()
        #expect(!text.contains("nothing goes wrong"))
        #expect(text.contains("EXPECTATION") && text.contains("class=\"verdict x\""))
        let picture = TimelineSVG(timeline, steps: 1...2, hasHeading: true).text
        #expect(picture.contains("EXPECTATION"))
    }

    @Test("A failure behind a known hazard is what the page is about")
    func lateFailure() throws {
        let timeline = try Timelines.of(
            ScenarioText(
                """
                steps: [spurious-eoi, {repeat: 40, steps: [cli, sti]}]
                hazards: {rfc-v2: memory-safety}
                expect-secure: {deliveries: {0x31: 7}}
                always: {deliveries: {0x31: 7}}
                """))
        #expect(timeline.outcome.verdict == .fail)
        let last = timeline.steps.count
        #expect(timeline.steps[0].breaks == InvariantSet(.memorySafety))
        #expect(timeline.culprit?.number == last && timeline.interesting.upperBound == last)
        let text = try page(timeline).text()
        #expect(text.contains("EXPECTATION") && !text.contains("✗ step 1"))
    }

    @Test("It speaks of an arrow where the picture has one")
    func arrows() throws {
        let (follow, dotted) = ("thick red arrow", "the dotted one")
        let stuck = try Timelines.named("stuck-line")
        let all = try page(stuck).text()
        #expect(all.contains(follow) && all.contains(dotted))
        let part = try page(stuck, 1...3).text()
        #expect(!part.contains(follow) && !part.contains("id=\"c\""))
        let read = try page(Timelines.named("read-eoi")).text()
        #expect(read.contains(follow) == read.contains("class=\"wrong"))
        #expect(!read.contains(dotted))
    }

    @Test("A page of 200 steps takes less than 100 kB with all of them")
    func size() throws {
        let steps = "[assert 2, run, deassert 2, eoi, sti]"
        let timeline = try Timelines.of(
            ScenarioText("steps: [{repeat: 40, steps: \(steps)}]"))
        #expect(timeline.steps.count == 200)
        #expect(try page(timeline, 1...200).text().utf8.count < 100_000)
    }

    @Test("Names and texts of files are no markup")
    func neutral() throws {
        var timeline = try Timelines.named("stuck-line")
        timeline.name = "<img src=x onerror=alert(1)>"
        timeline.summary = "</h1><script>alert(2)</script>\u{1b}[31m{{name}}"
        let text = try page(timeline).text()
        #expect(!text.contains("<img") && !text.contains("alert(2)</script>"))
        #expect(!text.contains("\u{1b}"))
        #expect(text.contains("&lt;img src=x onerror=alert(1)&gt;"))
    }

    @Test("What a backend did otherwise stands in the step in which it did")
    func mismatch() throws {
        let text = try page(Timelines.mismatch()).text()
        #expect(text.contains("Remote IRR: the model expects"))
    }
}
