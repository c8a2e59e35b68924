import Testing

@testable import InterruptModel

/// What some kernels do and others do not (KernelRule; seen on Debian's kernels 6.1 to 7.3).
@Suite("What some kernels do and others do not (KernelRule)") struct KernelRuleTests {
    private func without(_ rule: KernelRule) -> KernelRules {
        KernelRules.newest.subtracting(KernelRules([rule]))
    }

    @Test("Without “unmask-resamples” KVM's IOAPIC serves the stored level (before fef8f2b90edb)")
    func unmask() {
        let setup = MachineSetup.plain(
            PinSetup(pin: 2, vector: 0x31, masked: true, resampler: true))
        func unmasked(_ setup: MachineSetup) -> [Event]? {
            var bench = PlainBench(setup)
            bench.run(.irqfd(pin: 2))
            return bench.perform(.unmask(pin: 2))
        }
        #expect(unmasked(setup) == [.resampled(pin: 2)])
        let older = setup.with { $0.kernelRules = without(.unmaskResamples) }
        #expect(unmasked(older) == [.level(0x31)])
        // A userspace IOAPIC is this tool's own, whatever the kernel.
        #expect(unmasked(older.with { $0.irqchip = .split }) == [.resampled(pin: 2)])
    }

    @Test(
        "Without “split-keeps-in-flight” a moved vector leaves a split irqchip (fceb3a36c29a)",
        arguments: IRQChip.allCases)
    func splitInFlight(irqchip: IRQChip) {
        var bench = PlainBench(
            MachineSetup.plain(.low).with {
                $0.irqchip = irqchip
                $0.kernelRules = without(.splitKeepsInFlight)
            })
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.retarget(pin: 2, destination: 1), .scan)
        // KVM's own IOAPIC has always kept what is in flight.
        #expect(bench.state.vcpus[0].apic.handled == (irqchip == .kernel ? [0x31] : []))
    }

    @Test(
        "Without “stale-vector-forgotten” a moved vector's EOI asks for no scan (87e4951e250b)",
        arguments: IRQChip.allCases)
    func staleVector(irqchip: IRQChip) {
        var bench = PlainBench(
            MachineSetup.plain(.low).with {
                $0.irqchip = irqchip
                $0.kernelRules = without(.staleVectorForgotten)
            })
        bench.run(.assert(pin: 2))
        bench.take(0x31)
        bench.run(.retarget(pin: 2, destination: 1), .scan, .eoi)
        bench.refuse(.scan)
        #expect(bench.state.vcpus[0].apic.handled == [0x31])
    }

    @Test("Rules are read back as they are spelt, alone, together and by class")
    func spelling() {
        for bits in UInt8(0)..<8 {
            let rules = KernelRules(rawValue: bits)
            #expect(KernelRules(spelling: rules.spelling) == rules)
            #expect(KernelRules(rules.members) == rules)
        }
        #expect(KernelRules.newest.spelling == "6.16")
        #expect(KernelRules(spelling: "none") == KernelRules(spelling: "6.1"))
        #expect(KernelRules(spelling: "6.12") == without(.staleVectorForgotten))
        let two = KernelRules(spelling: "stale-vector-forgotten,unmask-resamples")
        #expect(two?.members.count == 2)
        for wrong in ["", "6.5", "unmask-resamples,", "Unmask-Resamples", "all"] {
            #expect(KernelRules(spelling: wrong) == nil, "\(wrong)")
        }
    }
}
