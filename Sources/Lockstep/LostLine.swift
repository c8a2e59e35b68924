internal import InterruptModel

/// A part of a run in which nothing serves a line that asks: neither KVM nor the hardware nor the
/// guest's handlers, whatever they go on to do (`LineFate`). The guest alone cannot mend it.
public struct LostLine: Equatable, Sendable {
    public var pin: UInt8
    /// The step behind which that is so; 0 where it is so before the first.
    public var since: Int
    /// The first step behind which it is no longer so: the device has given up, or another line
    /// has helped. Nil where it is so at the end.
    public var until: Int?

    package init(pin: UInt8, since: Int, until: Int? = nil) {
        (self.pin, self.since, self.until) = (pin, since, until)
    }

    /// Whether it is so behind a step.
    package func holds(behind step: Int) -> Bool {
        since <= step && until.map { step < $0 } ?? true
    }
}

extension Timeline {
    /// The same with its lost lines. That takes a search for each step, so only who draws the run
    /// asks for it.
    /// - Parameter goesOn: says no when the work is to end.
    package func withLostLines(
        goesOn: @escaping @Sendable () -> Bool = { true }
    ) -> Timeline {
        var timeline = self
        // A plain machine has no design, and any will do.
        let design = EOIDesigns.named(design) ?? EOIDesigns.standard
        timeline.lostLines = LostLineSearch(self, design, goesOn: goesOn).lines
        return timeline
    }

    /// Whether nothing serves a line behind a step.
    package func isLost(_ pin: UInt8, behind step: Int) -> Bool {
        lostLines.contains { $0.pin == pin && $0.holds(behind: step) }
    }

    /// The pins of lines that are lost at any time, in their order.
    package var lostPins: [UInt8] { Set(lostLines.map(\.pin)).sorted() }
}

/// Finds the lines that a run loses, and when.
///
/// It is the model that is asked. So nothing is said of a run in which the backend has gone another
/// way, and nothing of one in which KVM enters in the middle of the guest's commands, which a
/// search leaves out.
struct LostLineSearch {
    private let timeline: Timeline
    private let design: EOIDesignEntry
    private let goesOn: @Sendable () -> Bool

    /// Steps of a run, at most: each may take a search.
    private static let longest = 200

    /// - Parameter goesOn: says no when the work is to end.
    init(
        _ timeline: Timeline, _ design: EOIDesignEntry, goesOn: @escaping @Sendable () -> Bool
    ) {
        (self.timeline, self.design, self.goesOn) = (timeline, design, goesOn)
    }

    /// In the order of their pins and steps; without pins of which it is not known.
    var lines: [LostLine] {
        let setup = timeline.setup
        guard timeline.steps.count <= Self.longest,
            timeline.steps.allSatisfy({ $0.observed == nil }),
            !(setup.entersAfterExit && setup.kind == .secure)
        else { return [] }
        return setup.pins.map(\.pin).sorted().flatMap(parts)
    }

    private func parts(_ pin: UInt8) -> [LostLine] {
        var parts: [LostLine] = []
        for step in 0...timeline.steps.count {
            guard let isLost = isLost(pin, behind: step) else { return [] }
            let wasLost = parts.last?.holds(behind: step) ?? false
            if isLost, !wasLost { parts.append(LostLine(pin: pin, since: step)) }
            if !isLost, wasLost { parts[parts.count - 1].until = step }
        }
        return parts
    }

    /// Nil where that could not be found out.
    private func isLost(_ pin: UInt8, behind count: Int) -> Bool? {
        // Of a line that is low no interrupt is owed.
        guard timeline.portrait(behind: count).lines.contains(Int(pin)) else { return false }
        let performed = timeline.steps.prefix(count).filter { $0.leftOut == nil }.map(\.action)
        let fate = try? LineFate.of(
            pin, on: timeline.setup, design: design, after: performed,
            granularity: timeline.granularity, goesOn: goesOn)
        return fate.flatMap { $0 == .open ? nil : $0 == .stuck }
    }
}
