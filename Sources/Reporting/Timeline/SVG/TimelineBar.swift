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

    /// What a row is about.
    struct Rule: Sendable {
        /// What is there in a state, and whether it is wrong.
        var read: @Sendable (Portrait) -> [Int: Bool]
        /// What comes with an event; what no event says to come is there when its moment begins.
        var begins: @Sendable (Event) -> Int? = { _ in nil }
        /// What goes with one.
        var ends: @Sendable (Event) -> Int? = { _ in nil }
    }

    /// The bars of a row, by place.
    static func all(
        on axis: TimelineAxis, before start: Portrait, _ rule: Rule
    ) -> [TimelineBar] {
        var (bars, open): ([TimelineBar], [Int: TimelineBar]) = ([], [:])
        func begin(_ id: Int, _ x: Int, _ isWrong: Bool) {
            open[id] = TimelineBar(id: id, from: x, to: axis.end, isWrong: isWrong)
        }
        func end(_ id: Int, _ x: Int) {
            guard var bar = open.removeValue(forKey: id) else { return }
            bar.to = x
            bars.append(bar)
        }
        var before = rule.read(start)
        for (id, isWrong) in before { begin(id, TimelineAxis.gutter, isWrong) }
        for moment in axis.moments {
            let now = rule.read(moment.portrait)
            let inside = moment.events.compactMap { rule.begins($0.event) }
            for id in Set(before.keys).union(now.keys).union(inside).sorted() {
                let comes = moment.last { rule.begins($0) == id }
                let goes = moment.first { rule.ends($0) == id }
                switch (before[id], now[id]) {
                case (nil, let isWrong?): begin(id, comes ?? moment.x, isWrong)
                case (_?, nil): end(id, goes ?? moment.x)
                case (let was?, let isWrong?):
                    if let goes, let comes, goes < comes {
                        end(id, goes)
                        begin(id, comes, isWrong)
                    } else if was != isWrong {
                        end(id, moment.turn)
                        begin(id, moment.turn, isWrong)
                    }
                case (nil, nil):
                    guard let goes, let comes = moment.first({ rule.begins($0) == id }),
                        comes < goes
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
