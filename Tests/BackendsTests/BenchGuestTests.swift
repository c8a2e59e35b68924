import InterruptModel
import Lockstep
import Simulation
import Testing

@testable import Backends

extension OnEmulator {
    @Suite("Bench on the emulator") struct EmulatorBenchTests {
        private func measure(
            _ irqchip: IRQChip, _ space: WideSpace = WideSpace()
        ) throws(BackendFailure) -> RoundTripMeasurement {
            var backend: any Backend = EmulatorBackend(space: space)
            let bench = RoundTripBench(rounds: 20, warmUp: 2, kind: .secure, irqchip: irqchip)
            return try bench.measure(on: &backend, now: BenchClock.start())
        }

        @Test("Every round takes its interrupt and ends it", arguments: IRQChip.allCases)
        func counts(irqchip: IRQChip) throws {
            let result = try measure(irqchip)
            #expect(result.round.count == 20 && result.eoi?.count == 20)
            #expect(result.deliveries == 20 && result.endings == 20)
            #expect(result.round.min >= result.eoi?.min ?? .max, "a round has its EOI in it")
        }

        @Test("A lost EOI is an error", arguments: IRQChip.allCases)
        func lost(irqchip: IRQChip) {
            #expect(throws: BackendFailure.self) {
                try measure(irqchip, WideSpace(breaking: .eoiClearsRemoteIRR))
            }
        }
    }
}

extension OnPlayedHost {
    @Suite("Bench on savic") struct SavicBenchTests {
        /// Nothing about the host is settled, and a round trip is safe all the same.
        @Test("Every round takes its interrupt and ends it", arguments: IRQChip.allCases)
        func counts(irqchip: IRQChip) throws {
            let rig = SavicRig()
            var backend: any Backend = rig.backend
            let bench = RoundTripBench(rounds: 20, warmUp: 2, kind: .secure, irqchip: irqchip)
            #expect(bench.obstacle(on: backend) == nil)
            let result = try bench.measure(on: &backend, now: BenchClock.start())
            #expect(result.round.count == 20 && result.eoi?.count == 20)
            #expect(result.deliveries == 20 && result.endings == 20)
            #expect(rig.host.seen.failures.isEmpty && rig.host.seen.vectorMinusOnes == 0)
            #expect(rig.kernel.isIdle)
        }

        @Test("A host that is not as assumed has no figure, and comes to no harm")
        func otherHost() {
            var role = SecureHost.Role()
            role.assumptions.pageTMR = .never
            let rig = SavicRig(role)
            var backend: any Backend = rig.backend
            let bench = RoundTripBench(rounds: 20, warmUp: 2, kind: .secure)
            #expect(throws: BackendFailure.self) {
                try bench.measure(on: &backend, now: BenchClock.start())
            }
            #expect(rig.host.seen.vectorMinusOnes == 0 && rig.kernel.isIdle)
        }
    }
}
