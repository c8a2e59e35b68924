import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing

@testable import Reporting

@Suite("The picture of a run in SVG")
struct TimelineSVGTests {
    private func svg(_ timeline: Timeline, _ steps: ClosedRange<Int>? = nil) -> TimelineSVG {
        TimelineSVG(timeline, steps: steps ?? timeline.interesting, hasHeading: true)
    }

    private func elements(_ timeline: Timeline) throws -> Element {
        try JUnitReader.read(svg(timeline).text)
    }

    private func texts(_ element: Element) -> [String] {
        element.all("text").flatMap { line in
            let pieces = line.all("tspan")
            return pieces.isEmpty ? [line.text] : pieces.map(\.text)
        }
    }

    /// Elements that look so themselves or in a group.
    private func looks(_ looks: String, _ name: String, in element: Element) -> [Element] {
        [name, "g"].flatMap { kind in
            element.all(kind).filter { $0.attributes["class"] == looks }
                .flatMap { kind == name ? [$0] : $0.all(name) }
        }
    }

    @Test("Every scenario's picture is well-formed XML, and says in words what goes wrong")
    func wellFormed() throws {
        for timeline in try Timelines.ofCatalogue() {
            let picture = try elements(timeline)
            #expect(picture.name == "svg")
            #expect(picture.all("title").map(\.text) == [timeline.name])
            let story = TimelineStory(timeline, TimelineColumn.all(of: timeline))
            let verdict = story.headline ?? "nothing goes wrong"
            #expect(picture.all("desc").map(\.text) == [verdict])
        }
    }

    @Test(
        "A column stands for each step, two for the first wrong one where its entry did something")
    func columns() throws {
        for timeline in try Timelines.ofCatalogue() {
            let steps = try elements(timeline).all("path").compactMap { $0.attributes["data-step"] }
            let columns = TimelineColumn.all(of: timeline).map(\.step)
            #expect(
                steps == columns.filter(timeline.interesting.contains).map(String.init),
                "\(timeline.name)")
        }
    }

    @Test("Behind each moment exactly the bars stand of what the state has")
    func bars() throws {
        var compared = 0
        for timeline in try Timelines.ofCatalogue() {
            let columns = TimelineColumn.all(of: timeline)
            let axis = TimelineAxis(columns)
            let rows = TimelineRow.all(of: timeline, on: axis, before: timeline.start, from: 0)
            let ends = axis.moments.dropFirst().map { $0.x - 1 } + [axis.end - 1]
            for row in rows {
                guard let read = reader(of: row.kind, on: timeline.setup.kind) else { continue }
                for (moment, x) in zip(axis.moments, ends) {
                    let there = row.bars.filter { $0.from <= x && x < $0.to }.map(\.id)
                    #expect(
                        Set(there) == read(moment.portrait),
                        "\(timeline.name), \(row.label) before \(x)")
                    compared += 1
                }
            }
        }
        #expect(compared > 1_000)
    }

    /// What a row is about, read from the state without the picture's own rules.
    private func reader(
        of kind: TimelineRow.Kind, on machine: MachineKind
    ) -> ((Portrait) -> Set<Int>)? {
        func vectors(_ read: @escaping (InterruptModel.Snapshot) -> WideVectors) -> (Portrait) ->
            Set<Int>
        {
            { Set(read($0.registers).elements.map(Int.init)) }
        }
        switch kind {
        case .remoteIRR(let pin):
            return { Set($0.registers.remoteIRR.elements.map { Int($0) }).intersection([pin]) }
        case .line(let pin):
            return { Set($0.unserved.elements.map { Int($0) }).intersection([pin]) }
        case .disagreement:
            return {
                let other = $0.kvmWouldComplete?.elements.last.map(Int.init)
                return $0.disagrees ? [other ?? TimelineBar.Rule.nothing] : []
            }
        case .register(.irr): return vectors(\.irr)
        case .register(.isr): return vectors(\.isr)
        case .register(.requested): return vectors(\.requested)
        case .register(.pageIRR): return vectors(\.pageIRR)
        case .register(.pageISR): return vectors(\.pageISR)
        default: return nil
        }
    }

    @Test("The wrong arrow goes from the vector that KVM takes to the pin that it frees")
    func wrongArrow() throws {
        let picture = try elements(Timelines.named("stuck-line"))
        let arrows = looks("wrong", "path", in: picture)
        #expect(arrows.count == 1)
        let words = texts(picture)
        let place = try #require(words.firstIndex(of: "WRONG"))
        #expect(words[place + 1] == "0x41")
        #expect(words.contains("should be") && words.contains("0x31, pin 2"))
        #expect(words.contains("EOI of 0x31") && words.contains("≠ 0x41"))
        #expect(words.contains("orphan") && words.contains("0x31 stale"))
        // It ends at the row of pin 3, which is not the guest's.
        let rows = rows(of: try Timelines.named("stuck-line"))
        let freed = try #require(rows.first { $0.label == "Remote IRR 3" })
        let end = try #require(try points(arrows[0]).last)
        #expect((freed.y...freed.y + freed.height).contains(end.y))
    }

    @Test("An arrow comes out of Remote IRR where that begins, and nowhere else")
    func deliveries() throws {
        var count = 0
        for timeline in try Timelines.ofCatalogue() where timeline.steps.count <= 24 {
            // The EOI of a vCPU that is not drawn may clear it and set it again in one step.
            guard timeline.setup.vcpus == 1 else { continue }
            let rows = rows(of: timeline)
            let pins = rows.filter { if case .remoteIRR = $0.kind { true } else { false } }
            let picture = try elements(timeline)
            let arrows = (0..<TimelineStyle.vectors).flatMap {
                looks("a a\($0)", "path", in: picture)
            }
            for arrow in arrows {
                let points = try points(arrow)
                guard let row = pins.first(where: { ($0.y...$0.y + 20).contains(points[0].y) }),
                    points[1].y > points[0].y
                else { continue }
                count += 1
                #expect(
                    row.bars.contains { $0.from == points[0].x - 4 },
                    "\(timeline.name), \(row.label)")
            }
        }
        #expect(count > 100)
    }

    /// The points of a line that is written with M, L, H and V.
    private func points(_ path: Element) throws -> [SVGCanvas.Point] {
        var points: [SVGCanvas.Point] = []
        var rest = try #require(path.attributes["d"])[...]
        while let letter = rest.popFirst() {
            let words = rest.prefix { !$0.isLetter }
            rest = rest.dropFirst(words.count)
            let numbers = words.split(separator: " ").compactMap { Int($0) }
            switch letter {
            case "H": points.append(.init(x: numbers[0], y: try #require(points.last).y))
            case "V": points.append(.init(x: try #require(points.last).x, y: numbers[0]))
            default: points.append(.init(x: numbers[0], y: numbers[1]))
            }
        }
        return points
    }

    private func rows(of timeline: Timeline) -> [TimelineRow] {
        let axis = TimelineAxis(TimelineColumn.all(of: timeline))
        // Heading and step numbers stand above.
        return TimelineRow.all(of: timeline, on: axis, before: timeline.start, from: 106)
    }

    @Test("Where nothing is wrong no arrow is, and no word says so")
    func rightRun() throws {
        let picture = try elements(Timelines.named("level-basic"))
        #expect(looks("wrong", "path", in: picture).isEmpty)
        #expect(texts(picture).allSatisfy { !$0.contains("WRONG") && !$0.contains("✗") })
        #expect(!looks("a a0", "path", in: picture).isEmpty, "the right arrows are there")
    }

    @Test("An EOI of nothing points at −1, and one that KVM never hears of ends before it")
    func otherWrongs() throws {
        let nothing = try elements(Timelines.named("empty-shadow-eoi"))
        #expect(texts(nothing).contains("−1"))
        #expect(looks("wrong", "path", in: nothing).count == 1)
        let unheard = try elements(Timelines.named("native-eoi-of-level"))
        #expect(looks("wrong cut", "path", in: unheard).count == 1)
        #expect(texts(unheard).contains("KVM is not told of the EOI of 0x31"))
    }

    @Test("The counterexample and the stuck line take less than 16 kB")
    func size() throws {
        let timeline = try Timelines.named("stuck-line")
        #expect(svg(timeline).text.utf8.count < 16_384)
    }

    @Test("Names and texts of files are no markup")
    func neutral() throws {
        var timeline = try Timelines.named("level-basic")
        timeline.name = "</title><script>alert(1)</script>"
        timeline.setup.pins[0].pin = 2
        let text = svg(timeline).text
        #expect(!text.contains("<script"))
        #expect(try JUnitReader.read(text).all("title").map(\.text) == [timeline.name])
    }
}
