internal import InterruptModel
internal import Scenarios

/// What has happened in a run so far, as expectations ask for it.
struct RunFacts {
    private var eoiExits: [PlacedVector] = []
    private var taken: [PlacedVector] = []
    private var acknowledgements: [UInt8] = []
    private var resamples: [UInt8] = []
    private var lineStatus: [Int] = []
    private var faults = 0
    private var snapshot = Snapshot()

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    /// Adds a step of a vCPU in which backend and model agree: the prediction is then what the
    /// backend saw, and stands in for what it cannot see.
    mutating func add(_ agreed: Observation, on vcpu: UInt8) {
        snapshot = agreed.snapshot
        for event in agreed.events { add(event, on: vcpu) }
    }

    private mutating func add(_ event: Event, on vcpu: UInt8) {
        switch event {
        case .accepted(let vector): taken.append(PlacedVector(vector, on: vcpu))
        // With a split irqchip this is the exit, which the comparison has just checked.
        case .ioapicEOI(let vector): eoiExits.append(PlacedVector(vector, on: vcpu))
        case .acknowledged(let pin, _): acknowledgements.append(pin)
        case .resampled(let pin): resamples.append(pin)
        case .lineStatus(let status): lineStatus.append(Int(status))
        case .faulted: faults += 1
        default: break
        }
    }

    /// What does not hold, as text.
    struct Contradiction {
        var field: String
        var expected: String
        var found: String
    }

    /// What is there instead of `expected`, as text, or nil when it holds.
    func contradiction(to fact: Expectation.Fact) -> Contradiction? {
        func text(_ list: [String]) -> String {
            list.isEmpty ? "none" : list.joined(separator: ", ")
        }
        func compare(_ field: String, _ expected: String, _ found: String) -> Contradiction? {
            expected == found
                ? nil : Contradiction(field: field, expected: expected, found: found)
        }
        func list(
            _ field: String, _ expected: [PlacedVector], _ found: [PlacedVector]
        ) -> Contradiction? {
            let holds =
                expected.count == found.count
                && zip(expected, found).allSatisfy { $0.stands(for: $1) }
            return holds
                ? nil
                : Contradiction(
                    field: field, expected: text(expected.map(spelling)),
                    found: text(found.map(spelling)))
        }
        func set(
            _ field: String, _ expected: [PlacedVector],
            _ register: KeyPath<Registers, WideVectors>
        ) -> Contradiction? {
            let found = members(of: register)
            let holds =
                expected.allSatisfy { member in found.contains { member.stands(for: $0) } }
                && found.allSatisfy { member in expected.contains { $0.stands(for: member) } }
            func spell(_ members: [PlacedVector]) -> String {
                members.isEmpty ? "–" : "{" + members.map(spelling).joined(separator: ", ") + "}"
            }
            return holds
                ? nil : Contradiction(field: field, expected: spell(expected), found: spell(found))
        }
        switch fact {
        case .eoiExits(let expected): return list("EOIs", expected, eoiExits)
        case .order(let expected): return list("interrupts taken", expected, taken)
        case .deliveries(let expected): return contradiction(toDeliveries: expected)
        case .acknowledgements(let pins):
            return compare(
                "acks", text(pins.map(String.init)), text(acknowledgements.map(String.init)))
        case .resamples(let pins):
            return compare(
                "resamples", text(pins.map(String.init)), text(resamples.map(String.init)))
        case .lineStatus(let list):
            return compare(
                "line status", text(list.map(String.init)), text(lineStatus.map(String.init)))
        case .faults(let count): return compare("#GP", "\(count)", "\(faults)")
        case .remoteIRR(let pins):
            return compare(
                "Remote IRR", Spelling.pins(PinSet(pins.map(Int.init))),
                Spelling.pins(snapshot.remoteIRR))
        case .irr(let list): return set("IRR", list, \.irr)
        case .isr(let list): return set("ISR", list, \.isr)
        case .tmr(let list): return set("TMR", list, \.tmr)
        case .pageIRR(let list): return set("page IRR", list, \.pageIRR)
        case .pageISR(let list): return set("page ISR", list, \.pageISR)
        }
    }
    /// How often each vector was taken; those that are not named were not taken.
    private func contradiction(toDeliveries expected: [PlacedVector: Int]) -> Contradiction? {
        let found = taken.reduce(into: [PlacedVector: Int]()) { $0[$1, default: 0] += 1 }
        let holds =
            expected.allSatisfy { member, count in
                found.reduce(0) { $0 + (member.stands(for: $1.key) ? $1.value : 0) } == count
            } && found.keys.allSatisfy { one in expected.keys.contains { $0.stands(for: one) } }
        func text(_ counts: [PlacedVector: Int]) -> String {
            let named = counts.filter { $0.value > 0 }.map { (spelling($0.key), $0.value) }
            let sorted = named.sorted { $0.0 < $1.0 }
            return sorted.isEmpty
                ? "none" : sorted.map { "\($0.0)×\($0.1)" }.joined(separator: ", ")
        }
        return holds
            ? nil
            : Contradiction(field: "deliveries", expected: text(expected), found: text(found))
    }

    /// What a register of each vCPU has now.
    private func members(of register: KeyPath<Registers, WideVectors>) -> [PlacedVector] {
        (0..<snapshot.vcpus).flatMap { vcpu in
            snapshot[vcpu: vcpu][keyPath: register].elements.map {
                PlacedVector($0, on: UInt8(vcpu))
            }
        }
    }

    /// `0x31`, and with several vCPUs `0x31@1`.
    private func spelling(_ member: PlacedVector) -> String {
        let vector = Spelling.vector(member.vector)
        guard let vcpu = member.vcpu, snapshot.vcpus > 1 else { return vector }
        return "\(vector)@\(vcpu)"
    }
}
