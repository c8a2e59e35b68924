internal import InterruptModel
internal import Lockstep
internal import Verdicts

/// Holds rounds that a backend has performed against the model's own, and counts what they did: a
/// round in which no interrupt was taken or none was ended is quick, and worth nothing.
struct RoundTripCheck {
    /// What a round was seen to do.
    struct Evidence {
        /// Interrupts that the guest took.
        var deliveries = 0
        /// EOIs that reached the IOAPIC.
        var endings = 0
        /// Those of them in the step in which the guest ends its interrupt.
        var endingsByGuest = 0
    }

    private let setup: MachineSetup
    private let model: RunningMachine
    /// One for each step.
    private let comparisons: [Comparison]
    private var predicted = Observation()

    /// Errors: `.failed` where the backend cannot show that a round was one.
    init(
        _ setup: MachineSetup, _ design: EOIDesignEntry, _ backend: any Backend
    ) throws(BackendFailure) {
        self.setup = setup
        model = RunningMachine(setup, design: design)
        comparisons = RoundTrip.steps.map {
            Comparison(
                visible: backend.visible(on: setup, after: $0), kind: setup.kind,
                irqchip: setup.irqchip)
        }
        // KVM's own IOAPIC makes no exits; there Remote IRR falls at the EOI.
        let ending: ObservedField = setup.irqchip == .split ? .eoiExits : .remoteIRR
        for field in [.accepted, ending]
        where !comparisons.allSatisfy({ $0.visible.contains(field) }) {
            throw .failed(
                "nothing can be measured: the backend does not show \(field.name(on: setup.kind))")
        }
    }

    /// Checks one round.
    /// - Parameter seen: what the backend saw of each step.
    /// - Returns: what it did, each at least once.
    mutating func check(_ seen: [Observation]) throws(BackendFailure) -> Evidence {
        var evidence = Evidence()
        for (step, action) in RoundTrip.steps.enumerated() {
            guard model.step(action, into: &predicted) != nil else {
                throw .failed("the model cannot take the step under these assumptions")
                    .placed(inStep: step)
            }
            guard comparisons[step].agrees(predicted, seen[step]) else {
                throw .failed(difference(step, seen[step])).placed(inStep: step)
            }
            evidence.deliveries += seen[step].events.count {
                $0 == .accepted(vector: RoundTrip.vector)
            }
            let endings = endings(seen, step)
            evidence.endings += endings
            if step == RoundTrip.eoi { evidence.endingsByGuest += endings }
        }
        try demand(evidence)
        return evidence
    }

    private func difference(_ step: Int, _ seen: Observation) -> String {
        let found = comparisons[step].differences(predicted, seen, before: Snapshot())[0].difference
        return "\(found.field): the model expects \(found.expected), the backend saw "
            + found.observed
    }

    /// How many EOIs reached the IOAPIC in a step.
    private func endings(_ seen: [Observation], _ step: Int) -> Int {
        switch setup.irqchip {
        case .split: seen[step].events.count { $0 == .eoiExit(vector: RoundTrip.vector) }
        case .kernel:
            step > 0 && seen[step - 1].snapshot.remoteIRR.contains(Int(RoundTrip.pin))
                && !seen[step].snapshot.remoteIRR.contains(Int(RoundTrip.pin)) ? 1 : 0
        }
    }

    /// The model may agree that nothing happened: under some assumptions an EOI never gets to KVM.
    private func demand(_ evidence: Evidence) throws(BackendFailure) {
        if evidence.deliveries == 0 { throw .failed("the guest took no interrupt") }
        if evidence.endings == 0 { throw .failed("no EOI reached the IOAPIC") }
        // Where KVM ends interrupts at delivery, that is when its EOI comes.
        guard !setup.endsAtDelivery else { return }
        if evidence.deliveries != 1 || evidence.endings != 1 || evidence.endingsByGuest != 1 {
            throw .failed(
                "the guest took \(evidence.deliveries) interrupts and ended "
                    + "\(evidence.endingsByGuest), and \(evidence.endings) EOIs reached the IOAPIC")
        }
    }
}

extension BackendFailure {
    /// The same, with the step of the round in front of its sentence.
    func placed(inStep step: Int) -> BackendFailure {
        let text = RoundTrip.steps[step].description
        return placed("step \(step + 1), “\(text)”")
    }

    /// The same, with a place in front of its sentence.
    func placed(_ place: String) -> BackendFailure {
        switch self {
        case .timeout(let sentence): .timeout("\(place): \(sentence)")
        case .failed(let sentence): .failed("\(place): \(sentence)")
        case .lacking, .interrupted: self
        }
    }
}
