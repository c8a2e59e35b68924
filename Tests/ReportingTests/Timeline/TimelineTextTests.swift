import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing

@testable import Reporting

@Suite("The picture of a run in letters")
struct TimelineTextTests {
    private func lines(
        _ timeline: Timeline, _ steps: ClosedRange<Int>? = nil, width: Int = 80,
        colour: Bool = false
    ) -> [String] {
        TimelineText(
            timeline, steps: steps, again: "savic-eoi show \(timeline.name)", width: width,
            palette: Palette(colour: colour)
        ).lines
    }

    @Test("stuck-line looks as it did when somebody looked at it")
    func golden() throws {
        let text = lines(try Timelines.named("stuck-line")).joined(separator: "\n")
        #expect(text == TimelinePicture.stuckLine)
    }

    @Test("No line of any scenario is wider than the terminal", arguments: [80, 100, 120])
    func width(columns: Int) throws {
        for timeline in try Timelines.ofCatalogue() {
            // What is to be copied or is drawn of letters is not broken.
            let wide = lines(timeline, width: columns).filter {
                $0.count > columns && !$0.hasPrefix("again") && !$0.hasPrefix("wrong")
            }
            #expect(wide.isEmpty, "\(timeline.name): \(wide)")
        }
    }

    @Test("With ASCII alone every letter stands where it stands in UTF-8")
    func ascii() throws {
        for timeline in try Timelines.ofCatalogue() {
            let drawn = lines(timeline)
            let plain = drawn.map(\.inASCII)
            #expect(plain.allSatisfy { $0.allSatisfy(\.isASCII) }, "\(timeline.name)")
            #expect(plain.map(\.count) == drawn.map(\.count), "\(timeline.name)")
        }
    }

    @Test("Colour changes no letter")
    func colour() throws {
        let timeline = try Timelines.named("stuck-line")
        let bare = lines(timeline, colour: true).map {
            $0.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        }
        #expect(bare == lines(timeline))
    }

    @Test("Where nothing goes wrong nothing is called wrong, and no invariant has a row")
    func harmless() throws {
        let text = lines(try Timelines.named("level-basic")).joined(separator: "\n")
        #expect(!text.contains("✗") && !text.contains("breaks") && !text.contains("wrong"))
        #expect(text.contains("guest ends"))
    }

    @Test("Every scenario that breaks something says so in its head, by the first that breaks")
    func headline() throws {
        for timeline in try Timelines.ofCatalogue() {
            let picture = lines(timeline)
            let isBroken = timeline.steps.contains { !$0.breaks.isEmpty }
            let head = picture.prefix { !$0.isEmpty }.contains { $0.hasPrefix("✗ step ") }
            #expect(head == isBroken, "\(timeline.name)")
            #expect(picture.contains { $0.hasPrefix("breaks") } == isBroken, "\(timeline.name)")
        }
    }

    @Test("Of a long run the steps around the first wrong one are shown, and how many are not")
    func folded() throws {
        let round = "{repeat: 12, steps: [assert 2, run, deassert 2, eoi, sti]}"
        let long = try Timelines.of(ScenarioText("steps: [\(round)]"))
        let picture = lines(long)
        #expect(picture.contains("(36 steps before: --all)"))
        #expect(lines(long, 3...4).contains("(2 steps before: --all)"))
        #expect(lines(long, 3...4).contains("(56 steps behind: --all)"))
        #expect(!lines(long, 1...60).contains { $0.contains("--all") })
        #expect(lines(long, 70...80).contains("(no step to show)"))
    }

    @Test("A pin that an EOI acknowledges as an edge is not said to be served again")
    func acknowledgedAsEdge() throws {
        // A message on the vector clears TMR, and KVM's IOAPIC takes the EOI for an edge's.
        let text = ScenarioText(
            "machines: [plain]", "irqchips: [kernel]", "steps: [assert 2, run, msi 0x31, eoi]")
        let timeline = try Timelines.of(text)
        let last = try #require(timeline.steps.last)
        #expect(last.own.events.contains(.acknowledged(pin: 2, vector: 0x31)))
        #expect(last.own.portrait.registers.remoteIRR == PinSet([2]))
        #expect(!lines(timeline).contains { $0.contains("again═") || $0.contains("freed") })
    }

    @Test("Where a backend does something else, both are named, and the step is the culprit")
    func mismatch() throws {
        let picture = lines(try Timelines.mismatch())
        #expect(picture.contains("✗ step 4: model does something else than the model"))
        #expect(picture.contains("expect  Remote IRR: –"))
        #expect(picture.contains("model   Remote IRR: {2}"))
        #expect(picture.contains { $0.hasPrefix("step") && $0.contains("▶ 4") })
        #expect(picture.contains { $0.hasPrefix("ended   step 4: ") })
    }

    /// Found by looking at the pictures: the headline named the vector that was completed first.
    @Test(
        "The headline and the arrows name what was taken for what",
        arguments: [
            ("double-eoi-steals", "step 5: the EOI of 0x41 is taken for 0x31, too", true),
            ("read-eoi", "step 3: a read of the EOI register is taken for 0x31", false),
            ("stuck-line", "step 5: the EOI of 0x31 is taken for 0x41", true),
        ])
    func taken(name: String, headline: String, hasArrows: Bool) throws {
        let picture = lines(try Timelines.named(name))
        #expect(picture.contains("✗ " + headline))
        #expect(picture.contains { $0.hasPrefix("wrong   guest ends") } == hasArrows)
    }

    @Test("Of several completions in one EOI each wrong one is marked")
    func severalWrong() throws {
        let scenarios = try Catalogue.load()
        let scenario = try #require(scenarios.first { $0.name == "double-eoi-steals" })
        var backend: any Backend = ModelBackend()
        let run = Lockstep(LockstepOptions()).record(scenario, on: &backend)
        let columns = TimelineColumn.all(of: try #require(run.timeline))
        let last = columns.last { $0.isCulprit }
        let culprit = try #require(last)
        #expect(culprit.completed.map(\.vector) == [0x41, 0x31])
        #expect(culprit.completed.map(\.isWrong) == [false, true])
    }

    @Test("A step that was left out says so, and the machine stays as it was")
    func leftOut() throws {
        let text = ScenarioText("steps: [assert 2, run, \"eoi?\", \"eoi?\"]")
        let timeline = try Timelines.of(text)
        #expect(timeline.steps.map { $0.leftOut != nil } == [false, false, false, true])
        #expect(lines(timeline).contains { $0.hasSuffix("(not)") })
    }
}

@Suite("The picture of several vCPUs (processors §2)")
struct BandTests {
    private func timeline() throws -> Timeline { try Timelines.named("one-vector-two-vcpus") }

    private func lines(_ timeline: Timeline) -> [String] {
        TimelineText(timeline, again: nil, width: 120, palette: Palette(colour: false)).lines
    }

    private func row(_ label: String, _ lines: [String]) -> [Substring]? {
        lines.first { $0.hasPrefix(label) }?.dropFirst(label.count).split(separator: " ")
    }

    @Test("What they share stands once, and each has a band of its own")
    func bands() throws {
        let lines = lines(try timeline())
        #expect(lines.count { $0.hasPrefix("Remote IRR 3") } == 1)
        let empty = Array(repeating: Substring("·"), count: 8)
        var (first, second) = (empty, empty)
        (first[6], second[7]) = ("31", "31")
        #expect(row("@0 guest ends", lines) == first)
        #expect(row("@1 guest ends", lines) == second)
        #expect(row("guest ends", lines) == nil)
        #expect(lines[1].contains("2 vCPUs"))
    }

    @Test("The acknowledgement of a line that another vCPU serves is the wrong one")
    func wrongArrow() throws {
        let lines = lines(try timeline())
        #expect(row("@0 ack pin", lines)?.contains("✗") == true)
        #expect(row("@1 ack pin", lines)?.contains("✗") == false)
        #expect(
            lines[2] == "✗ step 7: pin 3 is acknowledged, and its interrupt has not been served")
    }

    @Test("One vCPU's part has its registers and what happens on it, under the usual names")
    func part() throws {
        let whole = try timeline()
        let part = whole.seen(from: 1)
        #expect(part.steps.map(\.action) == whole.steps.map(\.action))
        #expect(part.steps.allSatisfy { $0.own.portrait.registers.vcpus == 1 })
        let lines = lines(part)
        #expect(row("guest takes", lines)?.firstIndex(of: "31") == 3)
        #expect(lines[1].contains("vCPU 1 of 2"))
        #expect(lines[2] == "✗ step 7: no-premature-ack breaks on vCPU 0")
        #expect(part.seen(from: 0).band == 1)
    }

    @Test("A picture is of the vCPU on which something goes wrong")
    func picture() throws {
        let whole = try timeline()
        let svg = TimelineSVG(whole, steps: 1...8, hasHeading: true).text
        #expect(svg == TimelineSVG(whole.seen(from: 0), steps: 1...8, hasHeading: true).text)
        #expect(svg != TimelineSVG(whole.seen(from: 1), steps: 1...8, hasHeading: true).text)
        #expect(svg.contains("vCPU 0 of 2"))
    }
}
