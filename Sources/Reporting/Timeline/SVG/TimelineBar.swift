internal import InterruptModel

/// Something that holds for a while, from one place of a picture to another: a vector in a
/// register, Remote IRR of a pin.
struct TimelineBar: Equatable {
    /// The vector or the pin.
    var id: Int
    /// Pixels.
    var from, to: Int
    /// Whether it is there and should not be: nothing will end it.
    var isWrong: Bool
    /// Whether it goes on as something else, or came from that: no edge is drawn there.
    var continues = false

    /// What a row is about.
    struct Rule: Sendable {
        /// What is there in a state, and whether it is wrong.
        var read: @Sendable (Portrait) -> [Int: Bool]
        /// The event with which it comes, if one says so; else it is there when its moment begins.
        var begins: @Sendable (Event, Int) -> Bool = { _, _ in false }
        /// The event with which it goes.
        var ends: @Sendable (Event, Int) -> Bool = { _, _ in false }
    }

    /// The bars of a row, by place.
    static func all(
        on axis: TimelineAxis, before start: Portrait, _ rule: Rule
    ) -> [TimelineBar] {
        var (bars, open): ([TimelineBar], [Int: TimelineBar]) = ([], [:])
        func begin(_ id: Int, _ x: Int, _ isWrong: Bool, continues: Bool = false) {
            open[id] = TimelineBar(
                id: id, from: x, to: axis.end, isWrong: isWrong, continues: continues)
        }
        func end(_ id: Int, _ x: Int) {
            guard var bar = open.removeValue(forKey: id) else { return }
            bar.to = x
            bars.append(bar)
        }
        var before = rule.read(start)
        for (id, isWrong) in before { begin(id, TimelineAxis.gutter, isWrong, continues: true) }
        for moment in axis.moments {
            let now = rule.read(moment.portrait)
            let inside = moment.events.flatMap { event in
                (0...255).filter { rule.begins(event.event, $0) }
            }
            for id in Set(before.keys).union(now.keys).union(inside).sorted() {
                let comes = moment.last { rule.begins($0, id) }
                let goes = moment.first { rule.ends($0, id) }
                switch (before[id], now[id]) {
                case (nil, let isWrong?): begin(id, comes ?? moment.x, isWrong)
                case (_?, nil): end(id, goes ?? moment.x)
                case (let was?, let isWrong?):
                    if let goes, let comes, goes < comes {
                        end(id, goes)
                        begin(id, comes, isWrong)
                    } else if was != isWrong {
                        end(id, moment.turn)
                        begin(id, moment.turn, isWrong, continues: true)
                    }
                case (nil, nil):
                    guard let goes, let comes = moment.first({ rule.begins($0, id) }), comes < goes
                    else { continue }
                    begin(id, comes, false)
                    end(id, goes)
                }
            }
            before = now
        }
        return (bars + open.values).sorted { ($0.from, $0.id) < ($1.from, $1.id) }
    }
}
