internal import InterruptModel
internal import Lockstep

/// The arrows of a picture: down from the line to the guest's ISR, and up again with the EOI. The
/// wrong one is red and thick, beside a dotted one to where it should have gone.
struct TimelineArrows {
    private typealias Point = SVGCanvas.Point

    private let timeline: Timeline
    private let axis: TimelineAxis
    private let rows: [TimelineRow]
    private let start: Portrait

    init(_ timeline: Timeline, _ axis: TimelineAxis, _ rows: [TimelineRow], _ start: Portrait) {
        (self.timeline, self.axis, self.rows, self.start) = (timeline, axis, rows, start)
    }

    func draw(on canvas: inout SVGCanvas) {
        var before = start
        drawFirstNote(on: &canvas)
        for moment in axis.moments {
            drawHandOff(moment, before, on: &canvas)
            drawEnds(moment, on: &canvas)
            before = moment.portrait
        }
        before = start
        for moment in axis.moments {
            drawNotes(moment, before, on: &canvas)
            before = moment.portrait
        }
    }

    // MARK: - Places

    private func row(_ field: ObservedField) -> TimelineRow? {
        rows.first { if case .register(let other) = $0.kind { other == field } else { false } }
    }

    private func row(ofPin pin: Int) -> TimelineRow? {
        rows.first { if case .remoteIRR(let other) = $0.kind { other == pin } else { false } }
    }

    private func looks(_ vector: UInt8) -> String {
        "a a\(timeline.colour(ofVector: Int(vector)))"
    }

    private var isSecure: Bool { timeline.setup.kind == .secure }
    /// The guest's own ISR.
    private var real: TimelineRow? { row(isSecure ? .pageISR : .isr) }
    /// Where KVM looks for what an EOI ends.
    private var noted: TimelineRow? { row(.isr) }

    // MARK: - Down

    /// What one register gave to the next.
    private func drawHandOff(
        _ moment: TimelineAxis.PlacedMoment, _ before: Portrait, on canvas: inout SVGCanvas
    ) {
        let way: [(ObservedField, (Snapshot) -> WideVectors)] =
            isSecure
            ? [
                (.irr, \.irr), (.requested, \.requested), (.pageIRR, \.pageIRR),
                (.pageISR, \.pageISR),
            ] : [(.irr, \.irr), (.isr, \.isr)]
        for (place, (field, read)) in way.enumerated() {
            let was = read(before.registers)
            for vector in read(moment.portrait.registers).elements
            where !was.contains(Int(vector)) {
                let line = looks(vector)
                guard let to = row(field), let bar = bar(of: vector, in: to, at: moment) else {
                    continue
                }
                let end = Point(x: bar.from + 4, y: to.slot(bar.id).y)
                if field == .irr {
                    if let y = source(of: vector, at: bar.from) {
                        canvas.arrow(line, [Point(x: end.x, y: y), end])
                    }
                    continue
                }
                let source = way[..<place].last { _, read in
                    read(before.registers).contains(Int(vector))
                }
                guard let source, let from = row(source.0) else { continue }
                let slot = from.slot(Int(vector))
                canvas.arrow(
                    line, [Point(x: end.x, y: slot.y + slot.height), end])
            }
        }
    }

    /// What KVM noted of what it handed to the guest.
    private func drawNotes(
        _ moment: TimelineAxis.PlacedMoment, _ before: Portrait, on canvas: inout SVGCanvas
    ) {
        guard isSecure, let shadow = noted, let irr = row(.irr) else { return }
        for vector in moment.portrait.registers.isr.elements
        where !before.registers.isr.contains(Int(vector)) {
            let line = looks(vector)
            let (x, from) = (moment.x + 14, irr.slot(Int(vector)))
            let to = shadow.slot(Int(vector)).y
            canvas.arrow(
                line + " nt", [Point(x: x, y: from.y + from.height), Point(x: x, y: to)])
        }
    }

    /// Says once what a dashed arrow is.
    private func drawFirstNote(on canvas: inout SVGCanvas) {
        let portraits = [start] + axis.moments.map(\.portrait)
        guard isSecure, let real,
            let first = zip(axis.moments, portraits).first(where: { moment, before in
                !moment.portrait.registers.isr.subtracting(before.registers.isr).isEmpty
            })
        else { return }
        canvas.text("t s halo", x: first.0.x + 20, y: real.y - 8, "noted")
    }

    /// The lower edge of the Remote IRR that comes at this place, for this vector: a message or an
    /// edge has none, and comes from nowhere in the picture.
    private func source(of vector: UInt8, at x: Int) -> Int? {
        for pin in timeline.setup.pins.map({ Int($0.pin) }) {
            guard let row = row(ofPin: pin), row.bars.contains(where: { $0.from == x }) else {
                continue
            }
            let sends = axis.moments.contains { moment in
                moment.events.contains {
                    $0.x == x && $0.event == .delivered(vector: vector, level: true)
                }
            }
            if sends { return row.slot(pin).y + 12 }
        }
        return nil
    }

    private func bar(
        of vector: UInt8, in row: TimelineRow, at moment: TimelineAxis.PlacedMoment
    ) -> TimelineBar? {
        row.bars.first { $0.id == Int(vector) && $0.from >= moment.x }
    }

    private func pin(of vector: UInt8) -> Int? {
        timeline.setup.pins.first { $0.vector == vector }.map { Int($0.pin) }
    }

    // MARK: - Up

    /// What the guest ended, what that was taken for, and which pin it reached.
    private func drawEnds(_ moment: TimelineAxis.PlacedMoment, on canvas: inout SVGCanvas) {
        var ended: (vector: UInt8, at: Point)?
        var completed: (vector: UInt8, at: Point, isWrong: Bool)?
        var isTaken = false
        for event in moment.events {
            switch event.event {
            case .ended(let vector, _):
                guard let real else { continue }
                let slot = real.slot(Int(vector))
                ended = (vector, Point(x: event.x, y: slot.y + slot.height))
            case .completed(let vector):
                guard let noted else { continue }
                isTaken = true
                let end = Point(x: event.x, y: noted.slot(Int(vector)).y)
                if isSecure, let ended {
                    let line = looks(ended.vector)
                    canvas.arrow(line, [ended.at, end])
                    if event.isWrong {
                        canvas.text(
                            "t s halo", x: ended.at.x + 8, y: ended.at.y - 4,
                            "EOI of \(Spelling.vector(ended.vector))")
                    }
                }
                completed = (vector, end, event.isWrong)
            case .vectorMinusOne:
                isTaken = true
                drawMinusOne(from: ended?.at, at: event.x, on: &canvas)
            case .acknowledged(let pin, _):
                guard let completed, let row = row(ofPin: Int(pin)) else { continue }
                let end = Point(x: completed.at.x, y: row.slot(Int(pin)).y + 15)
                guard completed.isWrong else {
                    let line = looks(completed.vector)
                    canvas.arrow(line, [completed.at, end])
                    continue
                }
                canvas.arrow("wrong", [completed.at, end])
                drawWrong(completed.vector, at: end, on: &canvas)
                if let ended { drawRight(ended.vector, beside: end, on: &canvas) }
            default: break
            }
        }
        // A level interrupt whose end nobody hears of.
        guard let ended, !isTaken, isSecure, let noted,
            moment.portrait.orphans.elements.contains(where: { pin in
                timeline.setup.pins.contains { Int($0.pin) == pin && $0.vector == ended.vector }
            })
        else { return }
        let end = Point(x: ended.at.x + 30, y: noted.y)
        canvas.arrow("wrong cut", [ended.at, end])
        canvas.text("h bad halo", x: end.x - 4, y: end.y + 4, "✗")
        canvas.text(
            "t s bad halo", x: end.x + 12, y: end.y + 2,
            "KVM is not told of the EOI of \(Spelling.vector(ended.vector))")
    }

    private func drawWrong(_ vector: UInt8, at end: Point, on canvas: inout SVGCanvas) {
        canvas.rect("box", x: end.x + 8, y: end.y + 44, width: 58, height: 34)
        canvas.text("t bad", x: end.x + 14, y: end.y + 58, "WRONG")
        canvas.text("t bad", x: end.x + 14, y: end.y + 72, Spelling.vector(vector))
    }

    private func drawRight(_ vector: UInt8, beside end: Point, on canvas: inout SVGCanvas) {
        guard let pin = pin(of: vector), let row = row(ofPin: pin), let noted else { return }
        let x = end.x + 76
        canvas.arrow(
            "gh",
            [
                Point(x: x, y: noted.slot(Int(vector)).y),
                Point(x: x, y: row.slot(pin).y + 15),
            ])
        canvas.text("t s gk halo", x: x + 6, y: end.y + 58, "should be")
        canvas.text(
            "t s gk halo", x: x + 6, y: end.y + 72, "\(Spelling.vector(vector)), pin \(pin)")
    }

    /// KVM looks for the highest of nothing.
    private func drawMinusOne(from: Point?, at x: Int, on canvas: inout SVGCanvas) {
        guard let noted else { return }
        let end = Point(x: x, y: noted.y + 2)
        canvas.arrow("wrong", [from ?? Point(x: x - 40, y: noted.y - 20), end])
        canvas.rect("box", x: x - 12, y: end.y + 1, width: 28, height: 16)
        canvas.text("t bad", x: x - 8, y: end.y + 13, "−1")
    }
}
