import StateExplorer
import Testing

@testable import InterruptModel

@Suite("Which lines can still be served, by searches and after given steps") struct LineFateTests {
    private func stuck(
        _ setup: MachineSetup, _ design: EOIDesignEntry = EOIDesigns.standard,
        with more: [Action] = [], _ granularity: Granularity
    ) throws -> (search: ModelSearch, stuck: [StuckObligation]) {
        let actions = SearchAlphabet.complete(
            SearchAlphabet.standard(on: setup, granularity) + more, on: setup, granularity)
        let search = try ModelSearch(
            setup, design: design, actions: actions, granularity: granularity)
        let found = search.system.search(for: SearchQuestion(0, checksLiveness: true))
        return (search, try #require(found.stuck))
    }

    private static let resampler = MachineSetup(
        pins: [PinSetup(pin: 2, vector: 0x31, resampler: true)])

    @Test(
        "An EOI's ack lowers a resample irqfd, which serves its line: its owner raises it again",
        arguments: IRQChip.allCases, MachineKind.allCases)
    func resampled(irqchip: IRQChip, kind: MachineKind) throws {
        var setup = Self.resampler
        (setup.irqchip, setup.kind) = (irqchip, kind)
        for granularity in [Granularity.atomic, .step] {
            #expect(try stuck(setup, with: [.irqfd(pin: 2)], granularity).stuck == [])
        }
    }

    @Test("A resample irqfd whose EOI never reaches KVM is stuck like any line")
    func resampledInVain() throws {
        var setup = Self.resampler
        setup.pageTMR = .never
        let found = try stuck(setup, with: [.irqfd(pin: 2)], .step).stuck
        #expect(found.map(\.obligation) == [0])
    }

    @Test("Where userspace holds the line too, an ack alone serves nobody")
    func heldToo() throws {
        let machine = PlainMachine<NarrowSpace>(
            Self.resampler, space: try #require(NarrowSpace(vectors: [0x31], pins: [2])))
        var monitor = LivenessMonitor()
        monitor.note(.resampled(pin: 0))
        #expect(machine.served(monitor, by: 0) == PinSet([0]))
        for held in [Action.assert(pin: 0), .irqfd(pin: 0)] {
            var high = machine
            var sink = StepMonitor()
            #expect(high.perform(held, into: &sink))
            #expect(high.served(monitor, by: 0).isEmpty)
        }
    }

    @Test("A line that userspace holds is owed an interrupt though KVM has dropped its level")
    func dropped() throws {
        // An unmask asks the resampler's owner, who is not the one that holds the line.
        let steps: [Action] = [.mask(pin: 2), .assert(pin: 2), .unmask(pin: 2)]
        var setup = Self.resampler
        setup.irqchip = .split
        let fate = try LineFate.of(
            2, on: setup, design: EOIDesigns.standard, after: steps, granularity: .step)
        #expect(fate == .stuck)
        // A kernel without the rule serves the stored level.
        setup.irqchip = .kernel
        setup.kernelRules = []
        let older = try LineFate.of(
            2, on: setup, design: EOIDesigns.standard, after: steps, granularity: .step)
        #expect(older == .servable)
    }

    @Test(
        "What a search calls stuck is stuck after its steps, for each design and way of the TMR",
        arguments: EOIDesigns.all.map(\.name), PageTMR.allCases)
    func agree(name: String, pageTMR: PageTMR) throws {
        let design = try #require(EOIDesigns.named(name))
        for irqchip in IRQChip.allCases {
            for granularity in [Granularity.atomic, .step] {
                var setup = MachineSetup.levels(2)
                (setup.pageTMR, setup.irqchip) = (pageTMR, irqchip)
                let (search, stuck) = try stuck(setup, design, granularity)
                let pins = setup.pins.map(\.pin)
                for line in stuck {
                    let way = try #require(line.actions).map { search.actions[$0] }
                    func fate(_ steps: some Sequence<Action>) throws -> LineFate {
                        try LineFate.of(
                            pins[line.obligation], on: setup, design: design,
                            after: Array(steps), granularity: granularity)
                    }
                    #expect(try fate(way) == .stuck)
                    // The way is shortest, so it was not before its last step.
                    #expect(try fate(way.dropLast()) != .stuck)
                }
            }
        }
    }

    @Test("A low, masked, edge or foreign line waits for nothing; one that is served does not stay")
    func others() throws {
        func fate(_ change: (inout PinSetup) -> Void, _ steps: [Action]) throws -> LineFate {
            var pin = PinSetup(pin: 5, vector: 0x41)
            change(&pin)
            return try LineFate.of(
                5, on: MachineSetup(pins: [PinSetup(pin: 2, vector: 0x31), pin]),
                design: EOIDesigns.standard, after: steps, granularity: .step)
        }
        #expect(try fate({ _ in }, []) == .notOwed)
        #expect(try fate({ _ in }, [.assert(pin: 2)]) == .notOwed)
        #expect(try fate({ $0.masked = true }, [.assert(pin: 5)]) == .notOwed)
        #expect(try fate({ $0.trigger = .edge }, [.assert(pin: 5)]) == .notOwed)
        #expect(try fate({ $0.destination = 1 }, [.assert(pin: 5)]) == .notOwed)
        #expect(try fate({ _ in }, [.assert(pin: 5)]) == .servable)
        #expect(try fate({ _ in }, [.assert(pin: 5), .run, .eoi]) == .servable)
    }

    @Test("Work that is ended leaves the question open")
    func open() throws {
        let fate = try LineFate.of(
            2, on: .levels(3), design: EOIDesigns.standard, after: [.assert(pin: 2)],
            granularity: .atomic, goesOn: { false })
        #expect(fate == .open)
    }

    @Test("Too many pins, vectors or actions are told apart")
    func tooWide() {
        func excess(_ setup: MachineSetup, _ actions: [Action]) -> SearchTooWide? {
            do {
                _ = try ModelSearch(
                    setup, design: EOIDesigns.standard, actions: actions, granularity: .atomic)
                return nil
            } catch {
                return error
            }
        }
        #expect(excess(.levels(8), [.run]) == nil)
        #expect(excess(.levels(9), []) == SearchTooWide(.pins, count: 9))
        let vectors = (0..<9 as Range<UInt8>).map { Action.msi(vector: 0x40 + $0) }
        #expect(excess(MachineSetup(), vectors) == SearchTooWide(.vectors, count: 9))
        let many = (0..<257).map { Action.tpr(UInt8($0 % 256)) }
        #expect(excess(.levels(1), many) == SearchTooWide(.actions, count: 257))
    }
}
