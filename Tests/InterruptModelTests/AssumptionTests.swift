import Testing

@testable import InterruptModel

/// What nobody has published, as axes (model-contract §4), and how the rules follow each of them.
@Suite("Assumptions about the hardware")
struct AssumptionTests {
    @Test("A disallowed request is dropped or kept, as assumed (RFC selftests 32, 35; hazard A5)")
    func disallowed() {
        for fate in RequestFate.allCases {
            var bench = SecureBench(
                MachineSetup.secure(.low).with {
                    $0.allowed = []
                    $0.assumptions.disallowed = fate
                })
            bench.run(.assert(pin: 2), .inject, .vmrun)
            #expect(bench.state.vcpus[0].page.irr == [])
            bench.run(.allow(vector: 0x31))
            if fate == .kept {
                bench.run(.vmrun)
                #expect(bench.state.vcpus[0].page.irr == [0x31])
            } else {
                bench.refuse(.vmrun)
            }
        }
    }

    @Test("Nothing reaches a page that is not enabled; the request is dropped or kept (hazard F31)")
    func beforeEnable() {
        for fate in RequestFate.allCases {
            var bench = SecureBench(
                MachineSetup.secure(.low).with {
                    $0.savicEnabled = false
                    $0.assumptions.beforeEnable = fate
                })
            bench.run(.assert(pin: 2), .inject, .vmrun)
            #expect(bench.state.vcpus[0].page.irr == [])
            bench.run(.enableSAVIC)
            bench.refuse(.enableSAVIC)
            if fate == .kept {
                bench.run(.vmrun)
                #expect(bench.state.vcpus[0].page.irr == [0x31])
            } else {
                bench.refuse(.vmrun)
            }
        }
    }

    @Test(
        "A native EOI of a level vector traps or ends; savic_eoi() never gets there (hazard A6)",
        arguments: GuestEOI.allCases)
    func nativeLevelEOI(guestEOI: GuestEOI) {
        var bench = SecureBench(
            MachineSetup.secure(.low).with {
                $0.guestEOI = guestEOI
                $0.assumptions.nativeLevelEOI = .ends
            })
        bench.run(.assert(pin: 2), .inject, .vmrun, .accept, .deassert(pin: 2))
        let events = bench.perform(.eoi) ?? []
        #expect(events.contains(.ioapicEOI(vector: 0x31)) == (guestEOI != .native))
        #expect(bench.state.vcpus[0].page.isr == [])
    }

    @Test("Each combination of the axes' values is one assumption set, in the order of reports")
    func everySetOnce() {
        let sets = Assumptions.all
        #expect(sets.count == AxisEntry.ofHardware.reduce(1) { $0 * $1.words.count })
        #expect(Set(sets).count == sets.count)
        #expect(sets.first?.words == AxisEntry.ofHardware.compactMap(\.words.first))
        #expect(sets.last?.words == AxisEntry.ofHardware.compactMap(\.words.last))
    }

    @Test("Each axis has each of its values, apart from all other axes")
    func eachAxisIsItsOwn() {
        for axis in AxisEntry.all {
            for word in axis.words {
                let setup = MachineSetup().with(axis, word)
                #expect(setup[axis] == word)
                for other in AxisEntry.all where other != axis {
                    #expect(setup[other] == MachineSetup()[other], "\(axis.name) \(other.name)")
                }
            }
        }
    }

    @Test("With an entry after the exit, what the EOI serves again is injected in the same step")
    func entersAfterExit() {
        for reenters in [false, true] {
            var machine = SecureMachine<WideSpace, RFCv2>(
                MachineSetup.secure(.low).with { $0.entersAfterExit = reenters },
                space: WideSpace())
            var trace = EventTrace()
            for action in [Action.assert(pin: 2), .run, .eoi] {
                #expect(machine.step(action, into: &trace))
            }
            let vcpu = machine.state.vcpus[0]
            #expect(vcpu.apic.irr == (reenters ? [] : [0x31]))
            #expect(vcpu.page.irr == (reenters ? [0x31] : []))
            #expect(vcpu.apic.isr == (reenters ? [0x31] : []))
        }
    }

    @Test("A new life enables the APIC, and tells KVM (kvm-snp-uapi §3.5; found by fuzz)")
    func newLifeEnablesAPIC() {
        var bench = SecureBench(MachineSetup.secure(.low))
        bench.run(.disableAPIC, .reset, .assert(pin: 2))
        #expect(bench.state.vcpus[0].apic.irr == [0x31])
    }

    @Test("SPIV is written whole: enabling takes suppression back, suppressing enables")
    func spivIsWhole() {
        var bench = SecureBench(MachineSetup.secure(.low).with { $0.irqchip = .kernel })
        bench.run(.suppressBroadcast, .enableAPIC, .assert(pin: 2))
        bench.take(0x31)
        bench.run(.eoi)
        #expect(bench.state.ioapic.remoteIRR == [2])
        bench.run(.disableAPIC, .suppressBroadcast)
        #expect(bench.state.vcpus[0].apic.enabled)
    }

    @Test("Between two lives a KVM that re-enters injects into an APIC without a page (hazard F30)")
    func injectsBetweenLives() {
        for reenters in [false, true] {
            var machine = SecureMachine<WideSpace, OneOutstanding>(
                MachineSetup.secure(.low, .high).with { $0.entersAfterExit = reenters },
                space: WideSpace())
            var trace = EventTrace()
            for action in [Action.assert(pin: 2), .assert(pin: 3), .run, .reset] {
                #expect(machine.step(action, into: &trace))
            }
            // The lower one was held back; forgetting the higher one lets it go.
            let vcpu = machine.state.vcpus[0]
            #expect(vcpu.apic.irr == (reenters ? [] : [0x31]))
            #expect(vcpu.apic.isr == (reenters ? [0x31] : []))
            #expect(vcpu.page.irr == [])
        }
    }

    @Test("With an entry after the exit, a new life begins after an entry of its own")
    func newLifeIsEntered() {
        var machine = SecureMachine<WideSpace, Hardened>(
            MachineSetup.secure(.low).with { $0.entersAfterExit = true }, space: WideSpace())
        var trace = EventTrace()
        for action in [Action.assert(pin: 2), .reset] {
            #expect(machine.step(action, into: &trace))
        }
        #expect(machine.state.vcpus[0].apic.irr == [])
        #expect(machine.state.vcpus[0].page.irr == [])
    }

    @Test(
        "An access that the register does not allow raises #GP where the design looks (hazard B8)")
    func refusedAccess() {
        func faults<Design: EOIDesign>(_ design: Design.Type, _ action: Action) -> Bool {
            var machine = SecureMachine<WideSpace, Design>(.secure(.low), space: WideSpace())
            var trace = EventTrace()
            for action in [Action.assert(pin: 2), .inject, .vmrun, .accept, action] {
                #expect(machine.perform(action, into: &trace))
            }
            return trace.events.contains(.faulted)
        }
        for action in [Action.readEOI, .nonzeroEOI] {
            for design in DesignFacts.all {
                #expect(faults(design.type, action) != design.isRFC, "\(design.name)")
            }
        }
    }
}
