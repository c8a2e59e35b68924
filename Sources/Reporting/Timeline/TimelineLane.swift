internal import InterruptModel
internal import Lockstep

/// A row of a picture, from left to right. The order of rows is the way of an interrupt: device,
/// IOAPIC, KVM, VMCB, the guest's page, and what was done about its end.
struct TimelineLane {
    /// What a column shows.
    enum Cell: Equatable {
        /// A line or a flag, and whether it was so before.
        case level(isHigh: Bool, wasHigh: Bool)
        /// Something is there: what, whether that begins here, and whether it is wrong.
        case held(String, begins: Bool, isWrong: Bool = false)
        /// Something happened.
        case noted(String, isWrong: Bool = false)
        /// Nothing.
        case empty
    }

    let label: String
    let cells: [Cell]
    /// Whether it is shown where nothing is in it.
    var isConstant = false

    /// The groups of rows of a picture, each set apart from the next. Several vCPUs are bands: what
    /// they share stands above them.
    static func groups(
        of columns: [TimelineColumn], before start: Portrait, in timeline: Timeline
    ) -> [[TimelineLane]] {
        let setup = timeline.setup
        let isSecure = setup.kind == .secure
        let shared = shared(columns, [start] + columns.map(\.portrait), setup)
        let wrong = invariants(columns) + lostLines(of: timeline, columns)
        var groups: [[TimelineLane]]
        if timeline.band != nil || setup.vcpus == 1 {
            let portraits = [start] + columns.map(\.portrait)
            groups = [
                shared + way(portraits, isSecure), service(portraits, isSecure),
                happenings(columns),
            ]
        } else {
            groups =
                [shared]
                + (0..<setup.vcpus).map { vcpu in
                    let columns = columns.map { $0.seen(from: vcpu) }
                    let portraits = [start.seen(from: vcpu)] + columns.map(\.portrait)
                    let own =
                        way(portraits, isSecure) + service(portraits, isSecure)
                        + happenings(columns)
                    return own.map {
                        TimelineLane(
                            label: "@\(vcpu) \($0.label)", cells: $0.cells,
                            isConstant: $0.isConstant)
                    }
                }
        }
        groups.append(wrong)
        return groups.map { $0.filter { $0.isConstant || !$0.isEmpty } }.filter { !$0.isEmpty }
    }

    /// Lines, and Remote IRR.
    private static func shared(
        _ columns: [TimelineColumn], _ portraits: [Portrait], _ setup: MachineSetup
    ) -> [TimelineLane] {
        let pins = setup.pins.sorted { $0.pin < $1.pin }
        return pins.map { pin in
            TimelineLane(
                label: "line \(pin.pin)".padded(to: 8) + Spelling.vector(pin.vector),
                cells: levels(portraits.map { $0.lines.contains(Int(pin.pin)) }), isConstant: true)
        } + pins.map { pin in remoteIRR(Int(pin.pin), columns, portraits) }
    }

    /// The way of a vector to the guest.
    private static func way(_ portraits: [Portrait], _ isSecure: Bool) -> [TimelineLane] {
        [vectors(isSecure ? "KVM IRR" : "IRR", portraits) { $0.registers.irr }]
            + (isSecure
                ? [
                    vectors("RequestedIRR", portraits) { $0.registers.requested },
                    vectors("page IRR", portraits) { $0.registers.pageIRR },
                ] : [])
            + [
                TimelineLane(
                    label: "guest IF", cells: levels(portraits.map(\.registers.interruptFlag)),
                    isConstant: true)
            ]
    }

    /// What is in service, and for whom.
    private static func service(_ portraits: [Portrait], _ isSecure: Bool) -> [TimelineLane] {
        isSecure
            ? [
                vectors("page ISR (real)", isConstant: true, portraits) { $0.registers.pageISR },
                TimelineLane(
                    label: "shadow ISR", cells: held(portraits.map(shadow)), isConstant: true),
            ] : [vectors("ISR", isConstant: true, portraits) { $0.registers.isr }]
    }

    private static func vectors(
        _ label: String, isConstant: Bool = false, _ portraits: [Portrait],
        _ read: (Portrait) -> WideVectors
    ) -> TimelineLane {
        TimelineLane(
            label: label, cells: held(portraits.map { text(read($0)) }), isConstant: isConstant)
    }

    private var isEmpty: Bool { cells.allSatisfy { $0 == .empty } }

    // MARK: - States

    private static func levels(_ states: [Bool]) -> [Cell] {
        zip(states, states.dropFirst()).map { .level(isHigh: $1, wasHigh: $0) }
    }

    /// - Parameter states: what is there, the empty text for nothing; the first is before all.
    private static func held(_ states: [String]) -> [Cell] {
        zip(states, states.dropFirst()).map { before, now in
            now.isEmpty
                ? .empty
                : .held(now, begins: now != before, isWrong: now.contains { "(≠".contains($0) })
        }
    }

    /// `41 31`, the highest first.
    private static func text(_ vectors: WideVectors) -> String {
        vectors.elements.reversed().map(short).joined(separator: " ")
    }

    /// `31`: hexadecimal digits, as pictures have no room for more.
    private static func short(_ vector: UInt8) -> String {
        String(Spelling.vector(vector).dropFirst(2))
    }

    /// What KVM has noted; in parentheses what is nowhere on its way; `≠` where KVM would end
    /// another vector than the guest.
    private static func shadow(_ portrait: Portrait) -> String {
        let noted = portrait.registers.isr.elements.reversed().map { vector in
            portrait.stale.contains(Int(vector)) ? "(\(short(vector)))" : short(vector)
        }
        return (noted + (portrait.disagrees ? ["≠"] : [])).joined(separator: " ")
    }

    private static func remoteIRR(
        _ pin: Int, _ columns: [TimelineColumn], _ portraits: [Portrait]
    ) -> TimelineLane {
        var cells: [Cell] = []
        for (index, column) in columns.enumerated() {
            let (before, now) = (portraits[index], column.portrait)
            let wasSet = before.registers.remoteIRR.contains(pin)
            let isOrphan = now.orphans.contains(pin)
            guard now.registers.remoteIRR.contains(pin) else {
                cells.append(.empty)
                continue
            }
            if isOrphan {
                cells.append(
                    .held(" orphan", begins: !before.orphans.contains(pin), isWrong: true))
            } else if wasSet, now.lines.contains(pin), column.servesAgain(pin) {
                // It was cleared, and set again at once: the line was still high.
                let isWrong = column.freesWrongly(pin)
                cells.append(.held(isWrong ? "freed ✗" : "again", begins: true, isWrong: isWrong))
            } else {
                cells.append(.held("", begins: !wasSet || before.orphans.contains(pin)))
            }
        }
        return TimelineLane(label: "Remote IRR \(pin)", cells: cells, isConstant: true)
    }

    // MARK: - What happened

    /// A row for each kind of thing that happened.
    static func happenings(_ columns: [TimelineColumn]) -> [TimelineLane] {
        func lane(_ label: String, _ read: (Event) -> String?) -> TimelineLane {
            let cells = columns.map { column -> Cell in
                let marks = column.marks.compactMap { mark in
                    read(mark.event).map { (text: $0, isWrong: mark.isWrong) }
                }
                guard !marks.isEmpty else { return .empty }
                let isWrong = marks.contains(where: \.isWrong)
                let text = marks.map(\.text).joined(separator: " ")
                return .noted(isWrong ? text + " ✗" : text, isWrong: isWrong)
            }
            return TimelineLane(label: label, cells: cells)
        }
        return [
            lane("guest takes") { if case .accepted(let it) = $0 { short(it) } else { nil } },
            lane("guest ends") { if case .ended(let it, _) = $0 { short(it) } else { nil } },
            lane("reads EOI") { $0 == .eoiRead ? "read" : nil },
            lane("KVM completes") {
                switch $0 {
                case .completed(let vector): short(vector)
                case .vectorMinusOne: "−1"
                default: nil
                }
            },
            lane("EOI exit") { if case .eoiExit(let it) = $0 { short(it) } else { nil } },
            lane("ack pin") { if case .acknowledged(let pin, _) = $0 { "\(pin)" } else { nil } },
            lane("resample pin") { if case .resampled(let pin) = $0 { "\(pin)" } else { nil } },
            lane("lost edge") { if case .lostEdge(let it) = $0 { short(it) } else { nil } },
            lane("host WARN") { if case .hostWarning = $0 { "WARN" } else { nil } },
            lane("fault") { $0 == .faulted ? "#GP" : nil },
        ].filter { !$0.isEmpty }
    }

    /// A row for each invariant that is broken: where, and as long as it stays so.
    static func invariants(_ columns: [TimelineColumn]) -> [TimelineLane] {
        Invariant.allCases.map { invariant in
            let cells = columns.map { column -> Cell in
                let isBroken = column.violations.contains(InvariantSet(invariant))
                let begins = column.breaks.contains(InvariantSet(invariant))
                guard isBroken || begins else { return .empty }
                if invariant.isOfState { return .held("✗", begins: begins, isWrong: begins) }
                return .noted("✗", isWrong: true)
            }
            return TimelineLane(label: invariant.label, cells: cells)
        }.filter { !$0.isEmpty }
    }

    /// A row for each line that nothing serves for a while, or any more: from the first state on
    /// from which the guest alone cannot mend it.
    static func lostLines(
        of timeline: Timeline, _ columns: [TimelineColumn]
    ) -> [TimelineLane] {
        timeline.lostPins.map { pin in
            let cells = columns.enumerated().map { index, column -> Cell in
                // The state behind a step is that of its last column.
                let isLast = index + 1 == columns.count || columns[index + 1].step != column.step
                let step = isLast ? column.step : column.step - 1
                guard timeline.isLost(pin, behind: step) else { return .empty }
                let begins = isLast && !timeline.isLost(pin, behind: step - 1)
                return .held("✗", begins: begins, isWrong: begins)
            }
            return TimelineLane(label: "stuck line \(pin)", cells: cells)
        }.filter { !$0.isEmpty }
    }
}

extension TimelineColumn {
    /// Whether an EOI has reached this pin, and something was delivered as level behind it. An EOI
    /// that counts as one of an edge acknowledges too, and clears nothing.
    fileprivate func servesAgain(_ pin: Int) -> Bool {
        let behind = marks.drop { mark in
            guard case .acknowledged(let other, _) = mark.event else { return true }
            return Int(other) != pin
        }
        return behind.contains { mark in
            if case .delivered(_, level: true, _) = mark.event { true } else { false }
        }
    }

    /// Whether that EOI was another vector's.
    fileprivate func freesWrongly(_ pin: Int) -> Bool {
        marks.contains { mark in
            guard mark.isWrong, case .acknowledged(let other, _) = mark.event else { return false }
            return Int(other) == pin
        }
    }
}

extension Invariant {
    /// Whether it is of a state, and so stays broken.
    fileprivate var isOfState: Bool {
        InvariantSet(orphans: PinSet(bits: 1), unserved: PinSet(bits: 1), isStale: true).contains(
            InvariantSet(self))
    }

    /// The name in at most 15 letters.
    fileprivate var label: String {
        let name = name.replacing("no-", with: "").replacing("-", with: " ")
        return name == "orphaned remote irr" ? "orphaned R.IRR" : name
    }
}
