import Testing

@testable import InterruptModel

@Suite("Checks of KVM's own that a guest can make fail under the RFC's series")
struct HostWarningTests {
    @Test("A level RTC interrupt ends below a count of 0 (patch 14; rtc_irq_eoi)")
    func rtcLevel() throws {
        var runner = try Runner(.secure(PinSetup(pin: 8, vector: 0x58)))
        runner.run(.assertStatus(pin: 8))
        runner.take(0x58)
        runner.run(.deassert(pin: 8))
        let performed = runner.perform(.eoi)
        let events = try #require(performed)
        #expect(events.contains(.hostWarning(.rtcCount)))
        #expect(runner.violations == [.hostWarning])
        #expect(runner.picture.remoteIRR == [])
    }

    @Test("Without KVM_IRQ_LINE_STATUS, or with an edge that ends in hardware, nothing warns")
    func rtcHarmless() throws {
        var plainLine = try Runner(.secure(PinSetup(pin: 8, vector: 0x58)))
        plainLine.run(.assert(pin: 8))
        plainLine.take(0x58)
        plainLine.run(.eoi)
        #expect(plainLine.violations == [])
        var edge = try Runner(.secure(.rtc))
        edge.run(.assertStatus(pin: 8))
        edge.take(0x38)
        edge.run(.eoi)
        #expect(edge.violations == [])
    }

    @Test("A plain machine counts, so its EOI warns of nothing")
    func plainCounts() {
        var bench = PlainBench(.plain(PinSetup(pin: 8, vector: 0x58)))
        bench.run(.assertStatus(pin: 8))
        bench.take(0x58)
        bench.run(.deassert(pin: 8))
        bench.expect(.eoi, .ends(0x58), .completes(0x58), .reaches(0x58), .acks(8, 0x58))
    }

    @Test("The 8259's interrupt with nothing in the local APIC is a WARN at injection (patch 06)")
    func extINT() throws {
        var runner = try Runner(.secure(.low))
        runner.run(.extINT)
        runner.refuse(.extINT)
        runner.expect(.inject, .hostWarning(.lostInterrupt))
        #expect(runner.violations == [.hostWarning])
        runner.run(.assert(pin: 2))
        runner.expect(.inject)
        #expect(runner.violations == [], "with something pending there is something to find")
        #expect(runner.picture.requested == [0x31])
    }

    @Test("There is no 8259 with a split irqchip, and a plain machine's is not modelled")
    func no8259() throws {
        for kind in MachineKind.allCases {
            for irqchip in IRQChip.allCases where (kind, irqchip) != (.secure, .kernel) {
                var runner = try Runner(MachineSetup.of(kind, .low).with { $0.irqchip = irqchip })
                runner.refuse(.extINT)
            }
        }
    }
}
