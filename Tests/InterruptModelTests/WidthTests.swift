import Testing

@testable import InterruptModel

/// The exhaustive search runs on a few bits what the lockstep runs on 256 vectors: the narrow
/// machine and the wide one must do the same in every reachable state.
@Suite("The narrow machine and the wide one do the same in every reachable state")
struct WidthTests {
    @Test("Narrow and wide machines agree on all of levels(2)", arguments: [false, true])
    func secure(nesting: Bool) throws {
        let setup = Levels.setup(2, nesting: nesting)
        let actions = Levels.actions(2)
        for design in DesignFacts.all { try agree(design.type, setup, actions) }
    }

    @Test(
        "Narrow and wide machines agree in actions that only configuration switches on",
        arguments: [
            (IRQChip.kernel, PageTMR.accurate), (.split, .never), (.kernel, .guest),
        ])
    func otherActions(irqchip: IRQChip, pageTMR: PageTMR) throws {
        let setup = Levels.setup(1, nesting: false).with {
            $0.irqchip = irqchip
            $0.pageTMR = pageTMR
        }
        let actions =
            Levels.actions(1) + [
                .scan, .msi(vector: 0), .mask(pin: 0), .unmask(pin: 0), .readEOI, .spuriousEOI,
                .nonzeroEOI, .disallow(vector: 0), .allow(vector: 0), .reset,
            ]
        try agree(RFCv2.self, setup, actions)
    }

    @Test("Narrow and wide machines agree on all of levels(2) on two vCPUs")
    func severalProcessors() throws {
        let setup = MachineSetup.levels(2, vcpus: 2)
        let actions =
            (0..<UInt8(2)).map { .assert(pin: $0) } + (0..<UInt8(2)).map { .deassert(pin: $0) }
            + [Action.inject, .vmrun, .accept, .eoi, .sti, .cli].flatMap { [$0, $0.on(1)] }
        for design in DesignFacts.all { try agreeOnSeveral(design.type, setup, actions) }
    }

    private func agreeOnSeveral<Design: EOIDesign>(
        _ design: Design.Type, _ setup: MachineSetup, _ actions: [Action]
    ) throws {
        try agree(
            Processors<SecureVCPU<NarrowSpace, Design>>.self,
            Processors<SecureVCPU<WideSpace, Design>>.self, setup, actions)
    }

    private func agree<Design: EOIDesign>(
        _ design: Design.Type, _ setup: MachineSetup, _ actions: [Action]
    ) throws {
        try agree(
            OneProcessor<SecureVCPU<NarrowSpace, Design>>.self,
            OneProcessor<SecureVCPU<WideSpace, Design>>.self, setup, actions)
    }

    private func agree<Small: ProcessorSet, Large: ProcessorSet, Design: EOIDesign>(
        _ small: Small.Type, _ large: Large.Type, _ setup: MachineSetup, _ actions: [Action]
    ) throws
    where
        Small.CPU == SecureVCPU<NarrowSpace, Design>, Large.CPU == SecureVCPU<WideSpace, Design>
    {
        typealias Narrow = Machine<Small>
        typealias Wide = Machine<Large>
        let space = try #require(
            NarrowSpace(vectors: setup.pins.map(\.vector), pins: setup.pins.map(\.pin)))
        let narrow = Narrow(setup, space: space)
        let wide = Wide(setup, space: WideSpace())
        var twins = [narrow.state: wide.state]
        var disagreements = 0
        _ = SlowSearch.breadthFirst(from: narrow.state) { state, _ in
            var successors: [Narrow.State] = []
            for action in actions {
                var small = narrow
                small.state = state
                var large = wide
                large.state = twins[state] ?? wide.state
                var smallTrace = EventTrace()
                var largeTrace = EventTrace()
                let performed = small.perform(action, into: &smallTrace)
                let largePerformed = large.perform(action.widened(from: space), into: &largeTrace)
                if performed != largePerformed
                    || smallTrace.events.map({ $0.widened(from: space) }) != largeTrace.events
                    || small.state != Narrow.State(narrowing: large.state, to: space)
                    || small.violations != large.violations
                {
                    disagreements += 1
                }
                if performed {
                    if twins[small.state] == nil { twins[small.state] = large.state }
                    successors.append(small.state)
                }
            }
            return successors
        }
        #expect(disagreements == 0, "\(Design.name)")
        #expect(twins.count > 1)
    }
}

extension Action {
    /// The same action with the numbers that the narrow indices stand for.
    func widened(from space: NarrowSpace) -> Action {
        renumbered(pin: { space.pin(Int($0)) }, vector: { space.vector(Int($0)) })
    }
}

extension Event {
    /// The same event with the numbers that the narrow indices stand for.
    func widened(from space: NarrowSpace) -> Event {
        func vector(_ index: UInt8) -> UInt8 { space.vector(Int(index)) }
        func pin(_ index: UInt8) -> UInt8 { space.pin(Int(index)) }
        return switch self {
        case .delivered(let index, let level, let vcpu):
            .delivered(vector: vector(index), level: level, to: vcpu)
        case .accepted(let index): .accepted(vector: vector(index))
        case .ended(let index, let level): .ended(vector: vector(index), level: level)
        case .completed(let index): .completed(vector: vector(index))
        case .ioapicEOI(let index): .ioapicEOI(vector: vector(index))
        case .eoiExit(let index): .eoiExit(vector: vector(index))
        case .eoiSuppressed(let index): .eoiSuppressed(vector: vector(index))
        case .acknowledged(let index, let ended):
            .acknowledged(pin: pin(index), vector: vector(ended))
        case .takenElsewhere(let index): .takenElsewhere(pin: pin(index))
        case .resampled(let index): .resampled(pin: pin(index))
        case .delayed(let index): .delayed(pin: pin(index))
        case .exitRequested(let index): .exitRequested(vector: vector(index))
        case .exitBegins(let index): .exitBegins(ended: vector(index))
        case .lostEdge(let index): .lostEdge(vector: vector(index))
        case .eoiRead, .vectorMinusOne, .lineStatus, .faulted, .hostWarning: self
        }
    }
}

extension NarrowVectors {
    init(narrowing wide: WideVectors, to space: NarrowSpace) {
        self.init()
        for vector in wide.elements {
            if let index = space.index(of: vector) { insert(index) }
        }
    }
}

extension PinSet {
    init(narrowing wide: PinSet, to space: NarrowSpace) {
        self.init(wide.elements.compactMap { space.index(ofPin: UInt8($0)) })
    }
}

extension IOAPIC<NarrowSpace> {
    init(narrowing wide: IOAPIC<WideSpace>, to space: NarrowSpace) {
        self.init()
        func pins(_ wide: PinSet) -> PinSet { PinSet(narrowing: wide, to: space) }
        lines = pins(wide.lines)
        resampleLines = pins(wide.resampleLines)
        irr = pins(wide.irr)
        remoteIRR = pins(wide.remoteIRR)
        masked = pins(wide.masked)
        level = pins(wide.level)
        delayed = pins(wide.delayed)
        rtc = wide.rtc
        for number in 0..<24 {
            if let pin = space.index(ofPin: UInt8(number)) {
                vectors[pin] = space.index(of: UInt8(wide.vectors[number])) ?? -1
                destinations[pin] = wide.destinations[number]
                takers[pin] = wide.takers[number]
            }
        }
    }
}

extension SecureVCPU where Space == NarrowSpace {
    init(narrowing wide: SecureVCPU<WideSpace, Design>, to space: NarrowSpace) {
        func vectors(_ wide: WideVectors) -> NarrowVectors {
            NarrowVectors(narrowing: wide, to: space)
        }
        var apic = SoftwareAPIC<NarrowSpace>(identifier: wide.apic.identifier)
        apic.irr = vectors(wide.apic.irr)
        apic.isr = vectors(wide.apic.isr)
        apic.tmr = vectors(wide.apic.tmr)
        apic.handled = vectors(wide.apic.handled)
        apic.stale =
            wide.apic.stale < 0 ? -1 : Int16(space.index(of: UInt8(wide.apic.stale)) ?? -1)
        apic.scanRequested = wide.apic.scanRequested
        apic.enabled = wide.apic.enabled
        apic.suppressesBroadcast = wide.apic.suppressesBroadcast
        self = SecureMachine<NarrowSpace, Design>(.secure(.low), space: space).state.vcpus[0]
        self.apic = apic
        isEnabled = wide.isEnabled
        asksByExtINT = wide.asksByExtINT
        interruptFlag = wide.interruptFlag
        requested = vectors(wide.requested)
        page.irr = vectors(wide.page.irr)
        page.isr = vectors(wide.page.isr)
        page.tmr = vectors(wide.page.tmr)
        page.allowed = vectors(wide.page.allowed)
        page.tpr = wide.page.tpr
    }
}

extension Machine.State where Processors.CPU.Space == NarrowSpace {
    init<Design: EOIDesign, Wide: ProcessorSet>(
        narrowing wide: Machine<Wide>.State, to space: NarrowSpace
    )
    where
        Processors.CPU == SecureVCPU<NarrowSpace, Design>,
        Wide.CPU == SecureVCPU<WideSpace, Design>
    {
        self.init(
            ioapic: IOAPIC(narrowing: wide.ioapic, to: space),
            vcpus: Processors(wide.vcpus.count) {
                // A set has places for vCPUs that the machine has not.
                Processors.CPU(narrowing: wide.vcpus[min($0, wide.vcpus.count - 1)], to: space)
            })
    }
}
