import Testing

@testable import InterruptModel

/// An edge that KVM has accepted is pending somewhere until it is taken (model-contract §5).
@Suite("Edges that KVM has accepted and nobody will take (model-contract §5)")
struct LostEdgeTests {
    @Test(
        "VMRUN loses an edge that is not allowed, and keeps one that waits",
        arguments: [
            RequestFate.dropped, .kept,
        ])
    func disallowed(fate: RequestFate) throws {
        var runner = try Runner(
            MachineSetup.secure(.edge).with {
                $0.allowed = []
                $0.assumptions.disallowed = fate
            })
        runner.run(.assert(pin: 2), .inject)
        let events = runner.perform(.vmrun)
        #expect(events == (fate == .dropped ? [.lostEdge(vector: 0x31)] : []))
        #expect(runner.violations == (fate == .dropped ? [.noLostEdge] : []))
    }

    @Test(
        "Before the guest enables Secure AVIC, VMRUN loses an edge or keeps it, as assumed",
        arguments: [
            RequestFate.dropped, .kept,
        ])
    func early(fate: RequestFate) throws {
        var runner = try Runner(
            MachineSetup.secure(.low).with {
                $0.savicEnabled = false
                $0.assumptions.beforeEnable = fate
            })
        runner.run(.msi(vector: 0x31), .inject)
        let events = runner.perform(.vmrun)
        #expect(events == (fate == .dropped ? [.lostEdge(vector: 0x31)] : []))
    }

    @Test("A level vector that is dropped is no edge: Remote IRR tells of it")
    func level() throws {
        var runner = try Runner(MachineSetup.secure(.low).with { $0.allowed = [] })
        runner.run(.assert(pin: 2), .inject)
        runner.expect(.vmrun)
        #expect(runner.violations == [.noOrphanedRemoteIRR, .noStaleShadow])
    }

    @Test("An edge that merges with one in the page is not lost")
    func merged() throws {
        var runner = try Runner(.secure(.edge))
        runner.run(.assert(pin: 2), .inject, .vmrun, .disallow(vector: 0x31))
        runner.run(.deassert(pin: 2), .assert(pin: 2), .inject)
        runner.expect(.vmrun)
        #expect(runner.picture.pageIRR == [0x31])
    }

    @Test("An edge on a masked pin or for a disabled local APIC was never accepted")
    func neverAccepted() throws {
        for change: (inout MachineSetup) -> Void in [
            { $0.pins[0].masked = true }, { $0.apicEnabled = false },
        ] {
            var runner = try Runner(MachineSetup.secure(.edge).with(change))
            runner.run(.assert(pin: 2))
            runner.refuse(.inject)
            #expect(runner.violations == [])
        }
    }
}

/// A level line that nobody will serve (model-contract §5: the line sources count, not irr).
@Suite("Level lines that nobody will serve (model-contract §5)") struct LostLevelTests {
    @Test("An unmask that asks the resampler forgets a line that userspace holds")
    func userspaceSource() throws {
        let pin = PinSetup(pin: 2, vector: 0x31, masked: true, resampler: true)
        var runner = try Runner(.plain(pin))
        runner.run(.assert(pin: 2))
        #expect(runner.violations == [], "masked")
        runner.run(.unmask(pin: 2))
        #expect(runner.violations == [.noLostLevel])
    }

    @Test("What the resampler's owner held was asked about, so it is not lost")
    func resamplerSource() throws {
        let pin = PinSetup(pin: 2, vector: 0x31, masked: true, resampler: true)
        var runner = try Runner(.plain(pin))
        runner.run(.irqfd(pin: 2), .unmask(pin: 2))
        #expect(runner.violations == [])
    }
}

@Suite("Before the guest has enabled Secure AVIC its APIC registers are KVM's own")
struct EarlyAccessTests {
    private func runner(enabled: Bool) throws -> Runner {
        try Runner(MachineSetup.secure(.low).with { $0.savicEnabled = enabled })
    }

    @Test("A self-IPI is an edge in the software IRR; afterwards it is the page's")
    func selfIPI() throws {
        var early = try runner(enabled: false)
        early.expect(.ipi(vector: 0x31), .edge(0x31))
        #expect(early.picture.irr == [0x31] && early.picture.pageIRR == [])
        var late = try runner(enabled: true)
        late.expect(.ipi(vector: 0x31))
        #expect(late.picture.irr == [] && late.picture.pageIRR == [0x31])
    }

    @Test("TPR is not the page's, and nothing of a protected APIC goes by KVM's")
    func taskPriority() throws {
        var early = try runner(enabled: false)
        early.run(.tpr(0xF0), .enableSAVIC, .assert(pin: 2))
        early.take(0x31)
    }
}
