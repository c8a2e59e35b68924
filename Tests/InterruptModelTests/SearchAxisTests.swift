import StateExplorer
import Testing

@testable import InterruptModel

/// Every axis of a setup with every verb at once: the search over words and the slow one see the
/// same first depths, so nothing that some combination of actions can change is left out.
@Suite("Every axis of a setup with every verb at once") struct SearchAxisTests {
    struct Axis: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout MachineSetup) -> Void

        init(_ name: String, _ change: @escaping @Sendable (inout MachineSetup) -> Void) {
            testDescription = name
            self.change = change
        }
    }

    static let axes = [
        Axis("as it is") { _ in },
        Axis("interrupts off") { $0.interruptsEnabled = false },
        Axis("nesting") { $0.nesting = true },
        Axis("an EOI register, suppression honoured") {
            $0.hasEOIRegister = true
            $0.broadcastSuppression = .enabled
        },
        Axis("suppression never honoured") { $0.broadcastSuppression = .disabled },
        Axis("late EOI exits") { $0.exitsLate = true },
        Axis("an older kernel") { $0.kernelRules = [] },
        Axis("KVM ends at delivery") { $0.endsAtDelivery = true },
        Axis("KVM enters after an exit") { $0.entersAfterExit = true },
        Axis("page TMR never set, both EOIs") {
            $0.pageTMR = .never
            $0.guestEOI = .both
        },
        Axis("page TMR is the guest's, GHCB") {
            $0.pageTMR = .guest
            $0.guestEOI = .ghcb
        },
        Axis("native EOI") { $0.guestEOI = .native },
        Axis("page TMR never set, Linux' toggle") {
            $0.pageTMR = .never
            $0.guestEOI = .linuxToggle
        },
        Axis("Secure AVIC is off") { $0.savicEnabled = false },
        Axis("the APIC is off") { $0.apicEnabled = false },
        Axis("nothing is allowed") { $0.allowed = [] },
        Axis("an edge pin") { $0.pins[0].trigger = .edge },
        Axis("a masked pin") { $0.pins[0].masked = true },
        Axis("a pin of another vCPU") { $0.pins[0].destination = 1 },
        Axis("broadcast") { $0.pins[0].destination = 0xFF },
        Axis("a resampler") { $0.pins[0].resampler = true },
        Axis("a notifier on an edge pin") {
            $0.pins[0].notifier = true
            $0.pins[0].trigger = .edge
        },
        Axis("a pin of the same vector") {
            $0.pins.append(PinSetup(pin: 3, vector: 0x31, resampler: true))
        },
    ]

    private func slow(
        _ setup: MachineSetup, _ space: NarrowSpace, _ actions: [Action],
        _ granularity: Granularity, deepest: Int
    ) -> SlowReport {
        switch setup.kind {
        case .plain:
            SlowSearch.report(
                PlainMachine(setup, space: space), actions, granularity, deepest: deepest)
        case .secure:
            SlowSearch.report(
                SecureMachine<NarrowSpace, RFCv2>(setup, space: space), actions, granularity,
                deepest: deepest)
        }
    }

    private func expectSame(
        _ setup: MachineSetup, _ granularity: Granularity, deepest: Int
    ) throws {
        let actions = SearchAlphabet.complete(
            SearchAlphabet.standard(on: setup, granularity)
                + SearchAlphabet.verbs(granularity).filter {
                    $0 != .hypervisor(.lateExit) || setup.exitsLate
                }
                .flatMap { SearchAlphabet.actions($0, on: setup) }, on: setup, granularity)
        let made = NarrowSpace(vectors: setup.pins.map(\.vector), pins: setup.pins.map(\.pin))
        let space = try #require(made)
        let narrow = actions.map {
            $0.renumbered(
                pin: { UInt8(space.index(ofPin: $0) ?? 0) },
                vector: { UInt8(space.index(of: $0) ?? 0) })
        }
        let search = try ModelSearch(
            setup, design: EOIDesignEntry(RFCv2.self), actions: actions,
            granularity: granularity)
        let found = search.system.search(
            for: SearchQuestion(PropertyBits(InvariantSet(Invariant.allCases).rawValue)),
            limits: SearchLimits(depth: deepest))
        let reference = slow(setup, space, narrow, granularity, deepest: deepest)
        let name = "\(setup.kind), \(setup.irqchip), \(granularity)"
        #expect(found.states == reference.states, "\(name)")
        #expect(found.transitions == reference.transitions, "\(name)")
        #expect(found.depth == reference.depth, "\(name)")
        let lengths = found.counterexamples.compactMap { each in
            Invariant(rawValue: UInt8(each.property)).map { ($0.name, each.length) }
        }
        #expect(Dictionary(uniqueKeysWithValues: lengths) == reference.broken, "\(name)")
    }

    @Test("Every verb at once: the first depths hold the same states", arguments: axes)
    func everything(axis: Axis) throws {
        for kind in MachineKind.allCases {
            for irqchip in IRQChip.allCases {
                // Pin 8 is the RTC's.
                var setup = MachineSetup(
                    kind: kind, irqchip: irqchip, pins: [PinSetup(pin: 8, vector: 0x31)])
                axis.change(&setup)
                try expectSame(setup, .atomic, deepest: 3)
                // A step takes an interrupt as far as several atomic actions do: a request, a step,
                // its EOI and a fourth action in two machines; three in the others.
                let isUsual = (kind == .plain) == (irqchip == .kernel)
                try expectSame(setup, .step, deepest: isUsual ? 4 : 3)
            }
        }
    }
}
