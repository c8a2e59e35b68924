package import InterruptModel
package import Lockstep
package import Verdicts

/// Times EOI round trips on a backend.
///
/// Every round is held against the model, after it and outside its time: what is counted as a
/// round trip has taken an interrupt and ended it, or there is no figure at all.
package struct RoundTripBench: Sendable {
    /// Rounds that are timed, 1 or more.
    package var rounds: Int
    /// Rounds before them that are checked and not timed. The emulator's guest tells of itself in
    /// its first two, which takes it longer.
    package var warmUp: Int
    package var kind: MachineKind
    package var irqchip: IRQChip
    /// The EOI design that the hypervisor of a secure machine has.
    package var design: EOIDesignEntry
    package var assumptions: Assumptions

    package init(
        rounds: Int, warmUp: Int, kind: MachineKind, irqchip: IRQChip = .split,
        design: EOIDesignEntry = EOIDesigns.standard, assumptions: Assumptions = Assumptions()
    ) {
        self.rounds = rounds
        self.warmUp = warmUp
        self.kind = kind
        self.irqchip = irqchip
        self.design = design
        self.assumptions = assumptions
    }

    private var setup: MachineSetup { RoundTrip.setup(kind, irqchip, assumptions) }

    /// Why a backend cannot go through the rounds on this host, or nil.
    package func obstacle(on backend: any Backend) -> Skip? {
        backend.obstacle(to: RoundTrip.scenario(on: setup), setup, design)
    }

    /// Goes through the rounds on a fresh machine.
    /// - Parameters:
    ///   - now: a clock in nanoseconds that never goes back.
    ///   - proceeds: asked before each round with the number of rounds that are done, those of the
    ///     warm-up too; false ends the measurement as interrupted.
    /// - Returns: the times of all rounds; errors leave no part of them.
    package func measure(
        on backend: inout any Backend, now: () -> UInt64, proceeds: (Int) -> Bool = { _ in true }
    ) throws(BackendFailure) -> RoundTripMeasurement {
        try backend.look(at: irqchip)
        let setup = backend.actual(setup)
        var check = try RoundTripCheck(setup, design, backend)
        do {
            try backend.prepare(setup, design: design)
        } catch {
            backend.tearDown()
            throw error
        }
        defer { backend.tearDown() }
        var measurement = RoundTripMeasurement(setup: setup)
        var seen = RoundTrip.steps.map { _ in Observation() }
        for round in 0..<warmUp + rounds {
            guard proceeds(round) else { throw .interrupted }
            do {
                let times = try perform(on: &backend, into: &seen, now)
                let evidence = try check.check(seen)
                if round >= warmUp { measurement.add(times, evidence) }
            } catch {
                throw error.placed("round \(round + 1) of \(warmUp + rounds)")
            }
        }
        guard measurement.round.total > 0 else {
            throw .failed("nothing was measured: the clock stood still over \(rounds) rounds")
        }
        return measurement
    }

    /// Performs one round, and looks at the clock four times.
    private func perform(
        on backend: inout any Backend, into seen: inout [Observation], _ now: () -> UInt64
    ) throws(BackendFailure) -> RoundTripTimes {
        let start = now()
        try perform(0..<RoundTrip.eoi, on: &backend, into: &seen)
        let eoiStart = now()
        try perform(RoundTrip.eoi..<RoundTrip.eoi + 1, on: &backend, into: &seen)
        let eoiEnd = now()
        try perform(RoundTrip.eoi + 1..<seen.count, on: &backend, into: &seen)
        return RoundTripTimes(round: now() - start, eoi: eoiEnd - eoiStart)
    }

    private func perform(
        _ steps: Range<Int>, on backend: inout any Backend, into seen: inout [Observation]
    ) throws(BackendFailure) {
        for step in steps {
            do {
                try backend.perform(RoundTrip.steps[step], isAtomic: false, into: &seen[step])
            } catch {
                throw error.placed(inStep: step)
            }
        }
    }
}

/// What one round took, in nanoseconds.
struct RoundTripTimes {
    var round: UInt64
    /// The step in which the guest ends its interrupt, alone.
    var eoi: UInt64
}

/// The times of all rounds on one machine.
package struct RoundTripMeasurement: Sendable {
    /// The machine as the host really made it.
    package let setup: MachineSetup
    /// Whole rounds: five steps, and three readings of the clock.
    package private(set) var round = Latencies()
    /// The guest's EOI alone and one reading of the clock. None where the host's KVM ends
    /// interrupts at delivery: the guest's EOI ends nothing there.
    package private(set) var eoi: Latencies?
    /// Interrupts that the guest was seen to take.
    package private(set) var deliveries = 0
    /// EOIs that were seen to reach the IOAPIC.
    package private(set) var endings = 0

    init(setup: MachineSetup) {
        self.setup = setup
        eoi = setup.endsAtDelivery ? nil : Latencies()
    }

    mutating func add(_ times: RoundTripTimes, _ evidence: RoundTripCheck.Evidence) {
        round.record(times.round)
        eoi?.record(times.eoi)
        deliveries += evidence.deliveries
        endings += evidence.endings
    }

    /// Rounds per second of the rounds' own time: what lies between them is this tool's check.
    package var roundsPerSecond: Double {
        Double(round.count) / (Double(round.total) / 1_000_000_000)
    }
}
