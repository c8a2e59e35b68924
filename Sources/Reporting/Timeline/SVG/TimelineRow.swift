internal import InterruptModel
internal import Lockstep

/// A row of a picture, from the device at the top to the invariants at the bottom: the way of an
/// interrupt. The guest's real ISR and KVM's shadow of it touch, though they have two owners.
struct TimelineRow {
    /// What is drawn in it.
    enum Kind {
        case line(pin: Int)
        case remoteIRR(pin: Int)
        case register(ObservedField)
        case flag
        /// Where an EOI would be taken for something else.
        case disagreement
        case happenings(TimelineLane)
        case invariant(TimelineLane)
    }

    let kind: Kind
    /// Whose it is.
    let owner: String
    let label: String
    /// Pixels from the upper edge.
    let y, height: Int
    var bars: [TimelineBar] = []
    /// What the bars are about, each on a level of its own, from above.
    var slots: [Int] = []

    /// Where the level of a vector or pin begins, and how high it is.
    func slot(_ id: Int) -> (y: Int, height: Int) {
        let place = slots.firstIndex(of: id) ?? 0
        let each = Self.slotHeight(slots.count)
        return (y + 3 + place * each, each - 3)
    }

    /// Levels of a row that has many are low.
    private static func slotHeight(_ count: Int) -> Int { count > 4 ? 8 : 15 }

    // MARK: - All rows of a picture

    /// - Parameter top: where the first begins.
    static func all(
        of timeline: Timeline, on axis: TimelineAxis, before start: Portrait, from top: Int
    ) -> [TimelineRow] {
        var rows: [TimelineRow] = []
        var y = top
        func add(
            _ kind: Kind, _ owner: String, _ label: String, height: Int,
            _ bars: [TimelineBar] = [], slots: [Int] = [], gap: Int = 0
        ) {
            y += gap
            rows.append(
                TimelineRow(
                    kind: kind, owner: owner, label: label, y: y, height: height, bars: bars,
                    slots: slots))
            y += height
        }
        func register(_ part: Register, isConstant: Bool = false, gap: Int = 6) {
            let bars = TimelineBar.all(on: axis, before: start, part.rule)
            guard isConstant || !bars.isEmpty else { return }
            let slots = Set(bars.map(\.id)).sorted(by: >)
            add(
                .register(part.field), part.owner, part.label,
                height: max(1, slots.count) * slotHeight(slots.count) + 5, bars, slots: slots,
                gap: gap)
        }
        let setup = timeline.setup
        let pins = setup.pins.sorted { $0.pin < $1.pin }
        for pin in pins {
            let rule = TimelineBar.Rule.unserved(Int(pin.pin))
            add(
                .line(pin: Int(pin.pin)), "device", "line \(pin.pin)", height: 24,
                TimelineBar.all(on: axis, before: start, rule))
        }
        for (index, pin) in pins.enumerated() {
            let rule = TimelineBar.Rule.remoteIRR(of: pin, in: setup)
            add(
                .remoteIRR(pin: Int(pin.pin)), "IOAPIC", "Remote IRR \(pin.pin)", height: 20,
                TimelineBar.all(on: axis, before: start, rule), slots: [Int(pin.pin)],
                gap: index == 0 ? 6 : 0)
        }
        let isSecure = setup.kind == .secure
        for part in isSecure ? Register.wayOfSecure : Register.wayOfPlain { register(part) }
        add(.flag, "guest", "interrupts on", height: 20, gap: 6)
        register(isSecure ? .pageISR : .isr, isConstant: true, gap: 10)
        if isSecure {
            let strip = TimelineBar.all(on: axis, before: start, .disagreement)
            if !strip.isEmpty {
                add(.disagreement, "", "", height: 19, strip, slots: strip.map(\.id))
            }
            register(.shadow, isConstant: true, gap: 0)
        }
        let columns = axis.columns.map(\.content)
        for (index, lane) in TimelineLane.happenings(columns).enumerated() {
            add(.happenings(lane), "events", lane.label, height: 17, gap: index == 0 ? 12 : 0)
        }
        let wrong =
            TimelineLane.invariants(columns)
            + TimelineLane.lostLines(of: timeline, columns)
        for (index, lane) in wrong.enumerated() {
            add(.invariant(lane), "breaks", lane.label, height: 17, gap: index == 0 ? 12 : 0)
        }
        return rows
    }
}

extension TimelineBar.Rule {
    /// No vector has this number: what stands for none.
    static let nothing = 256

    /// Remote IRR of one pin: it comes with a delivery and goes with an acknowledgement.
    fileprivate static func remoteIRR(of pin: PinSetup, in setup: MachineSetup) -> Self {
        let number = Int(pin.pin)
        return Self(
            read: { portrait in
                portrait.registers.remoteIRR.contains(number)
                    ? [number: portrait.orphans.contains(number)] : [:]
            },
            begins: { event in
                if case .delivered(pin.vector, level: true, _) = event { number } else { nil }
            },
            ends: { event in
                if case .acknowledged(pin.pin, _) = event { number } else { nil }
            })
    }

    /// A line that asks for service and will not get it.
    fileprivate static func unserved(_ pin: Int) -> Self {
        Self(read: { $0.unserved.contains(pin) ? [pin: true] : [:] })
    }

    /// What KVM would complete in place of what the guest ends.
    fileprivate static let disagreement = Self(read: { portrait in
        guard portrait.disagrees else { return [:] }
        return [portrait.kvmWouldComplete?.elements.last.map(Int.init) ?? nothing: true]
    })
}

/// A register whose vectors are bars.
private struct Register: Sendable {
    let field: ObservedField
    let owner, label: String
    let rule: TimelineBar.Rule

    private init(
        _ field: ObservedField, _ owner: String, _ label: String,
        _ read: @escaping @Sendable (Snapshot) -> WideVectors,
        stale: @escaping @Sendable (Portrait) -> WideVectors = { _ in WideVectors() },
        begins: @escaping @Sendable (Event) -> Int? = { _ in nil },
        ends: @escaping @Sendable (Event) -> Int? = { _ in nil }
    ) {
        (self.field, self.owner, self.label) = (field, owner, label)
        rule = TimelineBar.Rule(
            read: { portrait in
                let wrong = stale(portrait)
                return Dictionary(
                    uniqueKeysWithValues: read(portrait.registers).elements.map {
                        (Int($0), wrong.contains(Int($0)))
                    })
            }, begins: begins, ends: ends)
    }

    static let wayOfPlain = [irr(endsTaken: true)]
    static let wayOfSecure = [
        irr(endsTaken: false), Register(.requested, "VMCB", "RequestedIRR", \.requested),
        Register(.pageIRR, "guest page", "IRR", \.pageIRR, ends: taken),
    ]
    static let isr = Register(.isr, "KVM", "ISR", \.isr, begins: taken, ends: ended)
    static let pageISR = Register(
        .pageISR, "guest page", "ISR – real", \.pageISR, begins: taken, ends: ended)
    static let shadow = Register(
        .isr, "KVM", "shadow ISR", \.isr, stale: \.stale, ends: completed)

    private static func irr(endsTaken: Bool) -> Register {
        Register(
            .irr, "KVM", "IRR", \.irr,
            begins: { if case .delivered(let vector, _, _) = $0 { Int(vector) } else { nil } },
            ends: { endsTaken ? taken($0) : nil })
    }

    @Sendable private static func taken(_ event: Event) -> Int? {
        if case .accepted(let vector) = event { Int(vector) } else { nil }
    }
    @Sendable private static func ended(_ event: Event) -> Int? {
        if case .ended(let vector, _) = event { Int(vector) } else { nil }
    }
    @Sendable private static func completed(_ event: Event) -> Int? {
        if case .completed(let vector) = event { Int(vector) } else { nil }
    }
}
