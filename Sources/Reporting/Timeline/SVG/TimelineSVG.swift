internal import InterruptModel
package import Lockstep
internal import Verdicts

/// A timeline as an SVG picture: time runs to the right, an interrupt walks down, its end walks up.
package struct TimelineSVG {
    private let timeline: Timeline
    private let story: TimelineStory
    private let axis: TimelineAxis
    private let rows: [TimelineRow]
    private let start: Portrait
    /// Whether it says itself what it is about.
    private let hasHeading: Bool
    private let top: Int

    /// Columns that fit into a picture that somebody can look at.
    package static let mostColumns = 400
    /// Pixels of the step numbers and what each does.
    private static let header = 40

    /// - Parameters:
    ///   - steps: those that are shown.
    ///   - hasHeading: names the run above the picture, where no page does it.
    package init(_ timeline: Timeline, steps: ClosedRange<Int>, hasHeading: Bool) {
        let timeline = timeline.telling
        self.timeline = timeline
        self.hasHeading = hasHeading
        let all = TimelineColumn.all(of: timeline)
        story = TimelineStory(timeline, all)
        let first = all.firstIndex { steps.contains($0.step) } ?? 0
        start = first == 0 ? timeline.start : all[first - 1].portrait
        axis = TimelineAxis(all.filter { steps.contains($0.step) })
        top = hasHeading ? 66 : 0
        rows = TimelineRow.all(
            of: timeline, on: axis, before: start, from: top + Self.header)
    }

    /// How many columns the picture has.
    package var columnCount: Int { axis.columns.count }

    /// The whole document.
    package var text: String {
        let style = "<style>\(TimelineStyle.colours)\(TimelineStyle.picture)</style>"
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element(style) + "\n"
    }

    /// The picture alone, for a page, whose style it takes.
    package var element: String { element("") }

    private func element(_ style: String) -> String {
        var canvas = SVGCanvas()
        canvas.rect("bg", x: 0, y: 0, width: width, height: height)
        if hasHeading { drawHeading(on: &canvas) }
        drawBands(on: &canvas, to: axis.end)
        drawColumns(on: &canvas)
        for column in axis.columns {
            canvas.path("g", [.init(x: column.x, y: top + 8), .init(x: column.x, y: bottom)])
        }
        for row in rows { draw(row, on: &canvas) }
        TimelineArrows(timeline, axis, rows, start).draw(on: &canvas)
        canvas.group("names") { drawNames(on: &$0) }
        return
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
            + "width=\"\(width)\" height=\"\(height)\" role=\"img\" "
            + "aria-labelledby=\"title verdict\">"
            + "<title id=\"title\">\(XMLText.escaped(timeline.name))</title>"
            + "<desc id=\"verdict\">\(XMLText.escaped(story.verdict.printable))</desc>"
            + "\(style)\(TimelineStyle.markers)\(canvas.body)</svg>"
    }

    private var bottom: Int { rows.last.map { $0.y + $0.height } ?? top + Self.header }
    /// Pixels.
    package var height: Int { bottom + 10 }
    /// Pixels.
    package var width: Int {
        let heading = hasHeading ? (story.headline?.count ?? 0) * TimelineAxis.letter + 32 : 0
        return max(axis.end + 10, heading, 480)
    }

    // MARK: - What stands around it

    private func drawHeading(on canvas: inout SVGCanvas) {
        canvas.text("h", x: 8, y: 20, timeline.name)
        canvas.text("t d", x: 8, y: 38, story.machine)
        if let headline = story.headline { canvas.text("t bad", x: 8, y: 58, "✗ \(headline)") }
    }

    private func drawBands(on canvas: inout SVGCanvas, to end: Int) {
        for row in rows {
            canvas.rect("band", x: 0, y: row.y, width: end, height: row.height)
        }
    }

    /// What each row is, on a ground of its own: a page keeps it in sight, over what scrolls away.
    private func drawNames(on canvas: inout SVGCanvas) {
        canvas.rect("bg", x: 0, y: top, width: TimelineAxis.gutter, height: height - top)
        drawBands(on: &canvas, to: TimelineAxis.gutter)
        var owner = ""
        for row in rows {
            if row.owner != owner, !row.owner.isEmpty {
                canvas.text("o", x: 8, y: row.y + 15, row.owner)
            }
            if !row.owner.isEmpty { owner = row.owner }
            canvas.text(looks(of: row), x: 86, y: row.y + 15, row.label)
            if case .line(let pin) = row.kind,
                let vector = timeline.setup.pins.first(where: { Int($0.pin) == pin })?.vector
            {
                canvas.text(
                    "t s k\(colour(Int(vector)))", x: TimelineAxis.gutter - 8, y: row.y + 15,
                    Spelling.vector(vector), isAtEnd: true)
            }
        }
    }

    private func looks(of row: TimelineRow) -> String {
        switch row.kind {
        case .invariant: "t s bad"
        case .happenings: "t d s"
        default: "t"
        }
    }

    private func drawColumns(on canvas: inout SVGCanvas) {
        for column in axis.columns {
            canvas.column(
                step: column.content.step, isLit: column.content.isCulprit, x: column.x, y: top,
                width: column.width, height: bottom - top)
        }
        for column in axis.columns {
            let isCulprit = column.content.isCulprit
            canvas.text(
                isCulprit ? "h bad" : "h", x: column.x + 8, y: top + 16,
                "\(isCulprit ? "✗ " : "")\(column.content.step)")
        }
        for column in axis.columns {
            canvas.text("t d", x: column.x + 8, y: top + 32, column.content.words)
        }
    }

    // MARK: - Rows

    private func draw(_ row: TimelineRow, on canvas: inout SVGCanvas) {
        switch row.kind {
        case .line(let pin):
            drawWave(row, "w w\(colour(ofPin: pin))", on: &canvas) { $0.lines.contains(pin) }
            drawUnserved(pin, row, on: &canvas)
        case .flag: drawWave(row, "w n", on: &canvas) { $0.registers.interruptFlag }
        case .remoteIRR(let pin):
            drawBars(row, .remoteIRR, on: &canvas) {
                (colour(ofPin: pin), $0.isWrong ? "orphan" : "")
            }
        case .register(let field):
            drawBars(row, field, on: &canvas) {
                let name = Spelling.vector(UInt8($0.id))
                return (colour($0.id), $0.isWrong ? name + " stale" : name)
            }
        case .disagreement:
            for bar in row.bars {
                let other =
                    bar.id == TimelineBar.Rule.nothing
                    ? "nothing" : Spelling.vector(UInt8(bar.id))
                canvas.rect(
                    "box", x: bar.from, y: row.y + 2, width: bar.to - bar.from,
                    height: 14)
                let words = bar.to - bar.from > 56 ? "≠ " + other : "≠"
                canvas.text("t s bad", x: bar.from + 4, y: row.y + 13, words)
            }
        case .happenings(let lane): drawWords(lane, row, on: &canvas)
        case .invariant(let lane): drawBreaks(lane, row, on: &canvas)
        }
    }

    /// - Parameter style: the colour of a bar, and the words in it.
    private func drawBars(
        _ row: TimelineRow, _ field: ObservedField, on canvas: inout SVGCanvas,
        _ style: (TimelineBar) -> (colour: Int, words: String)
    ) {
        let isUnseen = timeline.outcome.unobservable.contains {
            $0.field == field.name(on: timeline.setup.kind)
        }
        for bar in row.bars {
            let (y, height) = row.slot(bar.id)
            let looks = bar.isWrong ? "hol" : "b\(style(bar).colour)" + (isUnseen ? " un" : "")
            canvas.rect(
                looks, x: bar.from, y: y, width: max(3, bar.to - bar.from), height: height)
        }
        for bar in row.bars {
            let (y, height) = row.slot(bar.id)
            let words = style(bar).words
            guard height > 8, !words.isEmpty, bar.to - bar.from > words.count * 7 else { continue }
            canvas.text(bar.isWrong ? "t s bad" : "t s", x: bar.from + 4, y: y + 10, words)
        }
    }

    private func drawWave(
        _ row: TimelineRow, _ looks: String, on canvas: inout SVGCanvas,
        _ isHigh: (Portrait) -> Bool
    ) {
        func level(_ isHigh: Bool) -> Int { isHigh ? row.y + 4 : row.y + row.height - 4 }
        var high = isHigh(start)
        var points = [SVGCanvas.Point(x: TimelineAxis.gutter, y: level(high))]
        for moment in axis.moments where isHigh(moment.portrait) != high {
            points.append(.init(x: moment.x - 3, y: level(high)))
            high.toggle()
            points.append(.init(x: moment.x + 3, y: level(high)))
        }
        points.append(.init(x: axis.end, y: level(high)))
        canvas.path(looks, points)
    }

    /// Rings a line as long as it asks in vain, and one that is stuck at the end.
    private func drawUnserved(_ pin: Int, _ row: TimelineRow, on canvas: inout SVGCanvas) {
        for bar in row.bars {
            canvas.rect(
                "bl nt", x: bar.from - 6, y: row.y + 1, width: bar.to - bar.from + 6,
                height: row.height - 2)
            guard bar.to == axis.end else { continue }
            canvas.text(
                "t s bad halo", x: axis.end - 6, y: row.y + 17, "nobody will serve it",
                isAtEnd: true)
        }
        guard row.bars.last?.to != axis.end, timeline.outcome.stuck.map(Int.init) == pin else {
            return
        }
        canvas.text("t s bad halo", x: axis.end - 6, y: row.y + 17, "stuck", isAtEnd: true)
    }

    private func drawWords(_ lane: TimelineLane, _ row: TimelineRow, on canvas: inout SVGCanvas) {
        for (column, cell) in zip(axis.columns, lane.cells) {
            guard case .noted(let text, let isWrong) = cell else { continue }
            canvas.text(isWrong ? "t s bad" : "t s", x: column.x + 8, y: row.y + 13, text)
        }
    }

    private func drawBreaks(_ lane: TimelineLane, _ row: TimelineRow, on canvas: inout SVGCanvas) {
        for (column, cell) in zip(axis.columns, lane.cells) {
            let turn = column.moments.last?.turn ?? column.x + 8
            switch cell {
            case .noted: canvas.text("t bad", x: turn - 4, y: row.y + 13, "✗")
            case .held(_, let begins, _):
                let from = begins ? turn + 10 : column.x
                if begins { canvas.text("t bad", x: turn - 4, y: row.y + 13, "✗") }
                canvas.path(
                    "bl",
                    [
                        .init(x: from, y: row.y + 9),
                        .init(x: column.x + column.width, y: row.y + 9),
                    ])
            case .level, .empty: break
            }
        }
    }

    // MARK: - Colours

    private func colour(_ vector: Int) -> Int { timeline.colour(ofVector: vector) }

    private func colour(ofPin pin: Int) -> Int {
        timeline.setup.pins.first { Int($0.pin) == pin }.map { colour(Int($0.vector)) } ?? 0
    }
}

extension Timeline {
    /// Which of the looks of `TimelineStyle` a vector has: its place among the machine's.
    func colour(ofVector vector: Int) -> Int {
        let vectors = Set(setup.pins.map { Int($0.vector) }).sorted()
        let place = vectors.firstIndex(of: vector) ?? vectors.count
        return place % TimelineStyle.vectors
    }
}
