internal import Backends
internal import InterruptModel
internal import KVMHost
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// EOI round trips on each backend and irqchip.
struct RoundTripSection: BenchSection {
    /// Rounds before the timed ones: enough for caches and branch predictors to settle, too few
    /// to wait for on any backend.
    static let warmUp = 200

    /// Those asked for; without any, all that can run here.
    private let backends: [BackendKind]
    private let irqchips: [IRQChip]
    private let design: EOIDesignEntry
    private let axes: PartialAssumptions
    /// Seconds that one `KVM_RUN` may take.
    private let timeout: UInt64
    private var report: RoundTripReport

    init(
        backends: [BackendKind], irqchips: [IRQChip], design: EOIDesignEntry,
        axes: PartialAssumptions, rounds: Int, timeout: UInt64
    ) {
        self.backends = backends
        self.irqchips = irqchips
        self.design = design
        self.axes = axes
        self.timeout = timeout
        report = RoundTripReport(rounds: rounds, warmUp: Self.warmUp, axes: axes)
    }

    let key = "roundTrips"

    mutating func measure() {
        let now = BenchClock.start()
        report.clockCost = BenchClock.cost(of: now)
        for kind in backends.isEmpty ? BackendKind.allCases : backends {
            guard var backend = open(kind) else { continue }
            for irqchip in irqchips {
                let bench = RoundTripBench(
                    rounds: report.rounds, warmUp: report.warmUp, kind: kind.machine,
                    irqchip: irqchip, design: design, assumptions: axes.assumptions)
                add(
                    kind, irqchip, Self.outcome(of: bench, on: &backend, now),
                    simulatedBy: backend.simulatedBy)
            }
        }
    }

    /// - Returns: nil after Ctrl-C, or where the backend refuses; the report says which.
    private mutating func open(_ kind: BackendKind) -> (any Backend)? {
        let outcome: RoundTripReport.Outcome
        do {
            if !Interruption.requested {
                let chosen = ChosenBackend(
                    kind, timeout: timeout, allowHostRisk: false, axes: axes)
                if let refusal = chosen.refusal {
                    throw CommandFailure(status: .internalError, message: refusal)
                }
                return chosen.backend
            }
            outcome = .unfinished(rounds: 0)
        } catch {
            let sentence = (error as? CommandFailure)?.message ?? "\(error)"
            // Only who has asked for it is owed it.
            outcome = backends.isEmpty ? .notRun(Skip(reason: sentence)) : .failed(sentence)
        }
        for irqchip in irqchips { add(kind, irqchip, outcome) }
        return nil
    }

    private mutating func add(
        _ kind: BackendKind, _ irqchip: IRQChip, _ outcome: RoundTripReport.Outcome,
        simulatedBy: String? = nil
    ) {
        report.entries.append(
            RoundTripReport.Entry(
                backend: kind, simulatedBy: simulatedBy, irqchip: irqchip.rawValue,
                machine: kind.machine.rawValue, design: kind.design(design.name), outcome: outcome))
    }

    private static func outcome(
        of bench: RoundTripBench, on backend: inout any Backend, _ now: () -> UInt64
    ) -> RoundTripReport.Outcome {
        if let skip = bench.obstacle(on: backend) { return .notRun(skip) }
        var progress = BenchProgress(
            what: "\(backend.shownName), irqchip \(bench.irqchip.rawValue)",
            total: bench.warmUp + bench.rounds)
        do {
            return .measured(
                try bench.measure(on: &backend, now: now) { done in
                    progress.note(done)
                    return !Interruption.requested
                })
        } catch {
            return switch error {
            case .interrupted: .unfinished(rounds: progress.done)
            case .lacking(let skip): .notRun(skip)
            case .timeout(let sentence), .failed(let sentence): .failed(sentence)
            }
        }
    }

    func text(width: Int, _ palette: Palette) -> String { report.text(width: width, palette) }
    var document: JSONText { report.document }
    var status: ExitStatus { report.status }
}

/// Says on stderr how far a long measurement is.
private struct BenchProgress {
    let what: String
    let total: Int
    private(set) var done = 0
    private let clock = ContinuousClock()
    private var next: ContinuousClock.Instant

    init(what: String, total: Int) {
        self.what = what
        self.total = total
        next = clock.now + .seconds(5)
    }

    mutating func note(_ done: Int) {
        self.done = done
        // Looked at now and then: a round of the model is not much longer than a look.
        guard done % 128 == 0, clock.now >= next else { return }
        next = clock.now + .seconds(5)
        Console.current.say("savic-eoi: \(what): \(done) of \(total) rounds\n")
    }
}
