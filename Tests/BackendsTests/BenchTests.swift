import InterruptModel
import Lockstep
import Synchronization
import TestSupport
import Testing
import Verdicts

@testable import Backends

/// Round trips are counted and timed one by one, and what is none of them has no figure.
@Suite("Bench") struct BenchTests {
    private func bench(
        _ rounds: Int = 20, warmUp: Int = 3, kind: MachineKind = .secure,
        irqchip: IRQChip = .split
    ) -> RoundTripBench {
        RoundTripBench(rounds: rounds, warmUp: warmUp, kind: kind, irqchip: irqchip)
    }

    /// Measures with a clock that goes on by 10 ns with each reading.
    private func measure(
        _ bench: RoundTripBench, on backend: any Backend, tick: UInt64 = 10,
        proceeds: (Int) -> Bool = { _ in true }
    ) throws(BackendFailure) -> RoundTripMeasurement {
        var backend = backend
        var time: UInt64 = 0
        return try bench.measure(
            on: &backend,
            now: {
                time += tick
                return time
            }, proceeds: proceeds)
    }

    /// What a measurement fails with.
    private func failure(
        of bench: RoundTripBench, on backend: any Backend, tick: UInt64 = 10
    ) -> String? {
        do {
            _ = try measure(bench, on: backend, tick: tick)
            return nil
        } catch {
            if case .failed(let sentence) = error { return sentence }
            return nil
        }
    }

    // MARK: - What is measured

    @Test(
        "On the model every round that was asked for counts, whatever the machine",
        arguments: MachineKind.allCases, IRQChip.allCases)
    func counts(kind: MachineKind, irqchip: IRQChip) throws {
        for design in EOIDesigns.all {
            var bench = bench(kind: kind, irqchip: irqchip)
            bench.design = design
            var asked: [Int] = []
            let result = try measure(bench, on: ModelBackend()) {
                asked.append($0)
                return true
            }
            #expect(result.round.count == 20 && result.eoi?.count == 20)
            #expect(result.deliveries == 20 && result.endings == 20)
            #expect(asked == Array(0..<23), "those of the warm-up are not timed")
            #expect(result.setup.kind == kind && result.setup.irqchip == irqchip)
        }
    }

    @Test("A round's time spans four looks at the clock, its EOI's the two in the middle")
    func timesAreThoseOfTheClock() throws {
        let result = try measure(bench(), on: ModelBackend())
        #expect(result.round.min == 30 && result.round.max == 30)
        #expect(result.round.percentile(50) == 30)
        #expect(result.eoi?.min == 10 && result.eoi?.max == 10)
        #expect(result.round.total == 20 * 30)
        #expect(abs(result.roundsPerSecond - 1e9 / 30) < 1)
    }

    @Test("The cost of a reading is the time between two, and the clock does not go back")
    func aReadingOfTheClockHasItsPrice() {
        var time: UInt64 = 0
        let cost = BenchClock.cost {
            time += 7
            return time
        }
        #expect(cost == 7)
        let now = BenchClock.start()
        let (first, second) = (now(), now())
        #expect(first <= second)
    }

    @Test("Percentiles are those of the sorted times to a thousandth, sum and ends exact")
    func percentilesAreThoseOfTheTimes() {
        var latencies = Latencies()
        #expect(latencies.count == 0 && latencies.max == 0 && latencies.percentile(99) == 0)
        // From nanoseconds to hours, so that it has to grow; no two alike (Knuth's golden ratio).
        let times = (1...5_000).map { (number: UInt64) in
            (number &* 0x9E37_79B9_7F4A_7C15) >> (20 + number % 40)
        }
        for time in times { latencies.record(time) }
        let sorted = times.sorted()
        #expect(latencies.count == 5_000)
        #expect(latencies.min == sorted[0] && latencies.max == sorted[4_999])
        #expect(latencies.total == times.reduce(0, +))
        for (percent, rank) in [(50, 2_500), (90, 4_500), (99, 4_950), (99.9, 4_995)] {
            let (found, exact) = (Double(latencies.percentile(percent)), Double(sorted[rank - 1]))
            #expect(found >= exact && found <= exact * 1.001, "p\(percent)")
        }
    }

    // MARK: - What is not

    /// Each loses the interrupt or its end in another place.
    @Test(
        "A backend with a broken rule has no figure, on either irqchip",
        arguments: [
            Rule.serviceSetsRemoteIRR, .levelAssertServes, .levelRequestSetsTMR, .injectSetsShadow,
            .completionClearsShadow, .eoiClearsRemoteIRR, .eoiClearsPageISR, .vmrunWritesPageTMR,
        ])
    func brokenRule(rule: Rule) {
        for irqchip in IRQChip.allCases {
            let mutant = ModelBackend(space: WideSpace(breaking: rule))
            let failure = failure(of: bench(irqchip: irqchip), on: mutant)
            #expect(failure?.hasPrefix("round 1 of 23: step ") == true, "\(failure ?? "none")")
        }
    }

    @Test("An EOI or an interrupt that is lost is named with its round and step")
    func theLostEOIIsNamedWithItsRound() {
        let lost = ScriptedBackend(at: 4 * 5 + 4) {
            $0.events.removeAll { $0 == .eoiExit(vector: 0x31) }
        }
        #expect(
            failure(of: bench(), on: lost)
                == "round 5 of 23: step 4, “eoi”: EOI exits: the model expects 0x31, the backend "
                + "saw none")
        let unseen = ScriptedBackend(at: 22 * 5 + 2) {
            $0.events.removeAll { $0 == .accepted(vector: 0x31) }
        }
        #expect(
            failure(of: bench(), on: unseen)?.hasPrefix(
                "round 23 of 23: step 2, “run”: interrupts taken") == true)
    }

    /// The model agrees that nothing happens, and that is no round trip either.
    @Test("Assumptions under which KVM sees no EOI have no figure")
    func noEOI() {
        for irqchip in IRQChip.allCases {
            var bench = bench(irqchip: irqchip)
            bench.assumptions.pageTMR = .never
            #expect(
                failure(of: bench, on: ModelBackend())
                    == "round 1 of 23: no EOI reached the IOAPIC")
        }
    }

    @Test(
        "A backend that cannot show a round trip is not asked for one",
        arguments: [
            (IRQChip.split, ObservedField.eoiExits), (.split, .accepted), (.kernel, .remoteIRR),
            (.kernel, .accepted),
        ])
    func blind(irqchip: IRQChip, field: ObservedField) {
        let backend = ScriptedBackend {
            $0.sees = FieldSet.all(of: .secure).subtracting(FieldSet([field]))
            $0.prepareFailure = .failed("it was asked")
        }
        #expect(
            failure(of: bench(irqchip: irqchip), on: backend)
                == "nothing can be measured: the backend does not show "
                + field.name(on: .secure))
    }

    @Test("A clock that stands still measures nothing")
    func stoppedClock() {
        let sentence = failure(of: bench(), on: ModelBackend(), tick: 0)
        #expect(sentence?.hasPrefix("nothing was measured") == true)
    }

    // MARK: - Ends

    @Test("The machine is given back once, however the measurement ends")
    func givenBack() throws {
        let count = Mutex(0)
        func backend(_ adjust: (inout ScriptedBackend) -> Void) -> ScriptedBackend {
            ScriptedBackend {
                $0.onTearDown = { count.withLock { $0 += 1 } }
                adjust(&$0)
            }
        }
        _ = try measure(bench(), on: backend { _ in })
        #expect(count.withLock { $0 } == 1)
        #expect(failure(of: bench(), on: backend { $0.prepareFailure = .failed("no") }) == "no")
        #expect(count.withLock { $0 } == 2)
        let failing = backend {
            $0.step = 8
            $0.stepFailure = .failed("no")
        }
        #expect(
            failure(of: bench(), on: failing) == "round 2 of 23: step 3, “deassert 2”: no")
        #expect(count.withLock { $0 } == 3)
        #expect(throws: BackendFailure.interrupted) {
            try measure(bench(), on: backend { _ in }) { $0 < 9 }
        }
        #expect(count.withLock { $0 } == 4)
    }

    @Test("A timeout stays a timeout with its round, an interruption an interruption")
    func ends() {
        for (failure, end) in [
            (BackendFailure.interrupted, BackendFailure.interrupted),
            (.timeout("late"), .timeout("round 1 of 23: step 2, “run”: late")),
        ] {
            let backend = ScriptedBackend {
                $0.step = 2
                $0.stepFailure = failure
            }
            #expect(throws: end) { try measure(bench(), on: backend) }
        }
    }

    @Test("What a backend lacks is said before anything is measured")
    func whatABackendLacksIsSaidBefore() {
        let skip = Skip(reason: "needs a host", hint: "buy one")
        #expect(bench().obstacle(on: ScriptedBackend { $0.skip = skip }) == skip)
        #expect(bench().obstacle(on: ModelBackend()) == nil)
    }

    // MARK: - Hosts that end interrupts at delivery

    /// There every round still takes an interrupt and ends it, but in other steps: the time of the
    /// guest's EOI is the time of nothing.
    @Test(
        "A KVM that ends interrupts itself is measured without the guest's EOI",
        arguments: IRQChip.allCases)
    func peculiar(irqchip: IRQChip) throws {
        let bench = bench(kind: .plain, irqchip: irqchip)
        let result = try measure(bench, on: PeculiarBackend())
        #expect(result.setup.endsAtDelivery && result.eoi == nil)
        #expect(result.round.count == 20 && result.round.min == 30)
        #expect(result.deliveries == 20 && result.endings == 20)
    }

    @Test(
        "One that loses interrupts or EOIs has no figure either",
        arguments: [
            Rule.eoiClearsRemoteIRR, .serviceSetsRemoteIRR, .levelAssertServes,
            .levelRequestSetsTMR,
        ])
    func brokenPeculiar(rule: Rule) {
        let mutant = PeculiarBackend(space: WideSpace(breaking: rule))
        for irqchip in IRQChip.allCases {
            #expect(failure(of: bench(kind: .plain, irqchip: irqchip), on: mutant) != nil)
        }
    }
}
