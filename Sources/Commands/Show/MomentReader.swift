internal import InterruptModel
internal import Reporting
internal import Scenarios

/// Reads the moments of a run as `show --json` writes them.
struct MomentReader {
    /// Whether the machine has Secure AVIC, and so the registers that come with it.
    let isSecure: Bool
    /// How many vCPUs it has.
    let vcpus: Int

    static let pins = 0...23
    private static let kind = TimelineFile.kind

    private func members(
        of cursor: YAMLCursor, _ what: String
    ) throws(ScenarioError) -> ReportMembers {
        try ReportMembers(cursor, of: what, in: Self.kind)
    }

    func moment(_ cursor: YAMLCursor) throws(ScenarioError) -> Moment {
        let members = try members(of: cursor, "the moment")
        return Moment(
            events: try events(try members["events"]),
            portrait: try portrait(try members["after"]))
    }

    func portrait(_ cursor: YAMLCursor) throws(ScenarioError) -> Portrait {
        let members = try members(of: cursor, "the state")
        var portrait = Portrait()
        portrait.registers = try registers(try members["registers"])
        portrait.lines = try pins(try members["lines"])
        portrait.orphans = try pins(try members["orphans"])
        portrait.unserved = try pins(try members["unserved"])
        portrait.first = try prospect(members)
        portrait.others = try others(of: members) { cursor throws(ScenarioError) in
            try prospect(try self.members(of: cursor, "the prospect"))
        }
        return portrait
    }

    private func prospect(_ members: ReportMembers) throws(ScenarioError) -> Prospect {
        var prospect = Prospect()
        prospect.stale = try vectors(try members["stale"])
        let (ended, completed) = (try members["guestWouldEnd"], try members["kvmWouldComplete"])
        prospect.guestWouldEnd = ended.isNull ? nil : try vector(ended)
        prospect.kvmWouldComplete = completed.isNull ? nil : try vectors(completed)
        return prospect
    }

    /// What is said of the vCPUs behind the first one.
    private func others<Part>(
        of members: ReportMembers, _ read: (YAMLCursor) throws(ScenarioError) -> Part
    ) throws(ScenarioError) -> [Part] {
        guard vcpus > 1 else { return [] }
        let cursor = try members["others"]
        let parts = try cursor.list("the other vCPUs", read)
        guard parts.count == vcpus - 1 else {
            throw cursor.error("expected \(vcpus - 1) other vCPUs, found \(parts.count)")
        }
        return parts
    }

    func registers(_ cursor: YAMLCursor) throws(ScenarioError) -> Snapshot {
        let members = try members(of: cursor, "the registers")
        var snapshot = Snapshot()
        snapshot.remoteIRR = try pins(try members["remoteIRR"])
        snapshot.first = try registers(of: members)
        snapshot.others = try others(of: members) { cursor throws(ScenarioError) in
            try registers(of: try self.members(of: cursor, "the registers"))
        }
        return snapshot
    }

    private func registers(of members: ReportMembers) throws(ScenarioError) -> Registers {
        var registers = Registers()
        registers.irr = try vectors(try members["irr"])
        registers.isr = try vectors(try members[isSecure ? "shadowISR" : "isr"])
        registers.tmr = try vectors(try members["tmr"])
        registers.ppr = try vector(try members["ppr"])
        registers.interruptFlag = try members["interruptFlag"].flag("the guest's interrupt flag")
        guard isSecure else { return registers }
        registers.requested = try vectors(try members["requested"])
        let page = try self.members(of: try members["page"], "the page")
        registers.pageIRR = try vectors(try page["irr"])
        registers.pageISR = try vectors(try page["isr"])
        registers.pageTMR = try vectors(try page["tmr"])
        return registers
    }

    func invariants(_ cursor: YAMLCursor) throws(ScenarioError) -> InvariantSet {
        var invariants: [Invariant] = []
        for member in try cursor.list("invariants") {
            let name = try member.text("an invariant")
            guard let invariant = Invariant(name: name) else {
                throw member.unknown(
                    "invariant", name, among: Invariant.allCases.map(\.name))
            }
            invariants.append(invariant)
        }
        return InvariantSet(invariants)
    }

    // MARK: - Numbers

    private func vector(_ cursor: YAMLCursor) throws(ScenarioError) -> UInt8 {
        UInt8(try cursor.number(in: 0...255, "a vector"))
    }

    private func vectors(_ cursor: YAMLCursor) throws(ScenarioError) -> WideVectors {
        var vectors = WideVectors()
        for member in try cursor.list("vectors") { vectors.insert(Int(try vector(member))) }
        return vectors
    }

    private func pins(_ cursor: YAMLCursor) throws(ScenarioError) -> PinSet {
        var pins = PinSet()
        for member in try cursor.list("pins") {
            pins.insert(try member.number(in: Self.pins, "a pin"))
        }
        return pins
    }

    // MARK: - Events

    func events(_ cursor: YAMLCursor) throws(ScenarioError) -> [Event] {
        try cursor.list("events", event)
    }

    private func event(_ cursor: YAMLCursor) throws(ScenarioError) -> Event {
        let members = try members(of: cursor, "the event")
        let vcpu = UInt8(try members["vcpu"].number(in: 0...(vcpus - 1), "a vCPU"))
        func ofVector() throws(ScenarioError) -> UInt8 { try vector(try members["vector"]) }
        func ofPin() throws(ScenarioError) -> UInt8 {
            UInt8(try members["pin"].number(in: Self.pins, "a pin"))
        }
        func isLevel() throws(ScenarioError) -> Bool {
            try members["level"].flag("whether it is level")
        }
        let name: EventName = try members["event"].choice("event")
        return switch name {
        case .delivered: .delivered(vector: try ofVector(), level: try isLevel(), to: vcpu)
        case .accepted: .accepted(vector: try ofVector())
        case .ended: .ended(vector: try ofVector(), level: try isLevel())
        case .eoiRead: .eoiRead
        case .completed: .completed(vector: try ofVector())
        case .vectorMinusOne: .vectorMinusOne
        case .ioapicEOI: .ioapicEOI(vector: try ofVector())
        case .eoiExit: .eoiExit(vector: try ofVector())
        case .exitRequested: .exitRequested(vector: try ofVector())
        case .exitBegins: .exitBegins(ended: try ofVector())
        case .eoiSuppressed: .eoiSuppressed(vector: try ofVector())
        case .acknowledged: .acknowledged(pin: try ofPin(), vector: try ofVector())
        case .resampled: .resampled(pin: try ofPin())
        case .delayed: .delayed(pin: try ofPin())
        case .lineStatus:
            .lineStatus(Int8(try members["status"].number(in: -128...127, "a line status")))
        case .faulted: .faulted
        case .lostEdge: .lostEdge(vector: try ofVector())
        case .takenElsewhere: .takenElsewhere(pin: try ofPin())
        case .hostWarning: .hostWarning(try warning(try members["warning"]))
        }
    }

    private func warning(_ cursor: YAMLCursor) throws(ScenarioError) -> HostWarning {
        let word = try cursor.text("a check of KVM's")
        guard let warning = HostWarning.allCases.first(where: { $0.spelling == word }) else {
            throw cursor.unknown(
                "check of KVM's", word, among: HostWarning.allCases.map(\.spelling))
        }
        return warning
    }
}
