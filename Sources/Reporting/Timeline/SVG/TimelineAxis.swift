internal import InterruptModel

/// Where columns, moments and events stand in a picture, from left to right, in pixels.
struct TimelineAxis {
    /// An event at its place.
    struct PlacedEvent {
        var event: Event
        var isWrong: Bool
        var x: Int
    }

    /// A moment: where it begins, what happens, and the machine behind it.
    struct PlacedMoment {
        var x: Int
        var events: [PlacedEvent]
        var portrait: Portrait

        /// Where what is right turns wrong in it, and the other way round.
        var turn: Int { events.first(where: \.isWrong)?.x ?? events.last?.x ?? x }

        /// Where the first event of a kind stands.
        func first(_ isMeant: (Event) -> Bool) -> Int? { events.first { isMeant($0.event) }?.x }
        /// Where the last one stands.
        func last(_ isMeant: (Event) -> Bool) -> Int? { events.last { isMeant($0.event) }?.x }
    }

    /// A column at its place.
    struct PlacedColumn {
        var content: TimelineColumn
        var x, width: Int
        var moments: [PlacedMoment]
    }

    /// Pixels of the names of rows, left of all columns.
    static let gutter = 214
    private static let narrowest = 66
    /// Pixels of a letter in a header.
    static let letter = 8

    let columns: [PlacedColumn]
    /// Where the last column ends.
    let end: Int

    init(_ columns: [TimelineColumn]) {
        var placed: [PlacedColumn] = []
        var x = Self.gutter
        for column in columns {
            placed.append(Self.place(column, at: x))
            x += placed[placed.count - 1].width
        }
        (self.columns, end) = (placed, x)
    }

    /// All moments in order.
    var moments: [PlacedMoment] { columns.flatMap(\.moments) }

    private static func place(_ column: TimelineColumn, at left: Int) -> PlacedColumn {
        var x = left + 8
        var moments: [PlacedMoment] = []
        for (index, moment) in column.moments.enumerated() {
            if index > 0 { x += 12 }
            var placed = PlacedMoment(x: x, events: [], portrait: moment.portrait)
            for mark in moment.marks where mark.event.hasPlace {
                x += mark.room
                placed.events.append(
                    PlacedEvent(event: mark.event, isWrong: mark.isWrong, x: x))
            }
            moments.append(placed)
        }
        let header = 20 + letter * column.words.count
        let width = max(narrowest, header, x - left + column.roomForWords)
        return PlacedColumn(content: column, x: left, width: width, moments: moments)
    }
}

extension TimelineColumn {
    /// What its header says: `retarget 3 1`.
    var words: String {
        ([verb, operands].filter { !$0.isEmpty } + (leftOut == nil ? [] : ["(not)"]))
            .joined(separator: " ")
    }

    /// Pixels right of what happened: what is said of a wrong end stands there.
    fileprivate var roomForWords: Int {
        if completed.contains(where: \.isWrong) { return 160 }
        let isUnheard = isCulprit && ended != nil && completed.isEmpty
        return isUnheard ? 266 : 18
    }
}

extension TimelineColumn.Mark {
    /// Pixels before it. What follows a wrong one has to leave room for a word about it.
    fileprivate var room: Int {
        switch event {
        case .completed, .vectorMinusOne: isWrong ? 96 : 26
        case .acknowledged: isWrong ? 34 : 14
        default: 22
        }
    }
}

extension Event {
    /// Whether it is drawn at a place of its own.
    fileprivate var hasPlace: Bool {
        switch self {
        case .delivered, .accepted, .ended, .eoiRead, .completed, .vectorMinusOne, .acknowledged:
            true
        case .ioapicEOI, .eoiExit, .exitRequested, .exitBegins, .eoiSuppressed, .resampled,
            .delayed, .lineStatus, .faulted, .lostEdge, .takenElsewhere, .hostWarning:
            false
        }
    }
}
