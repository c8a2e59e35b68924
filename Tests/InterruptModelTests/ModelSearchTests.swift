import StateExplorer
import Testing

@testable import InterruptModel

@Suite("The search over words against the slow search over whole states") struct ModelSearchTests {
    private func expectSame(
        _ setup: MachineSetup, _ design: EOIDesignEntry, _ actions: [Action],
        _ slow: ([Action], NarrowSpace) -> SlowReport, deepest: Int, _ name: String
    ) throws {
        let search = try ModelSearch(
            setup, design: design, actions: actions, granularity: .atomic)
        let found = search.system.search(
            for: SearchQuestion(PropertyBits(InvariantSet(Invariant.allCases).rawValue)),
            limits: SearchLimits(depth: deepest))
        var vectors = Set(setup.pins.map(\.vector))
        for action in actions {
            _ = action.renumbered(
                pin: { $0 },
                vector: { vector in
                    vectors.insert(vector)
                    return vector
                })
        }
        let space = try #require(NarrowSpace(vectors: vectors, pins: setup.pins.map(\.pin)))
        let narrow = actions.map {
            $0.renumbered(
                pin: { UInt8(space.index(ofPin: $0) ?? 0) },
                vector: { UInt8(space.index(of: $0) ?? 0) })
        }
        let reference = slow(narrow, space)
        #expect(found.states == reference.states, "\(name)")
        #expect(found.transitions == reference.transitions, "\(name)")
        #expect(found.depth == reference.depth, "\(name)")
        let lengths = found.counterexamples.compactMap { each in
            Invariant(rawValue: UInt8(each.property)).map { ($0.name, each.length) }
        }
        let broken = Dictionary(uniqueKeysWithValues: lengths)
        #expect(broken == reference.broken, "\(name)")
    }

    private func secure<Design: EOIDesign>(
        _ design: Design.Type, _ setup: MachineSetup, _ actions: [Action], _ name: String,
        deepest: Int = .max
    ) throws {
        try expectSame(
            setup, EOIDesignEntry(design), actions,
            { actions, space in
                let machine = SecureMachine<NarrowSpace, Design>(setup, space: space)
                return SlowSearch.report(machine, actions, deepest: deepest)
            }, deepest: deepest, name)
    }

    private func plain(
        _ setup: MachineSetup, _ actions: [Action], _ name: String, deepest: Int = .max
    ) throws {
        try expectSame(
            setup, EOIDesigns.standard, actions,
            { SlowSearch.report(PlainMachine(setup, space: $1), $0, deepest: deepest) },
            deepest: deepest, name)
    }

    @Test("levels(1) and levels(2) of every design give the slow search's report")
    func levels() throws {
        for (count, nesting) in [(1, false), (1, true), (2, false), (2, true)] {
            let setup = Levels.setup(count, nesting: nesting)
            let actions = SearchAlphabet.standard(on: setup, .atomic)
            let name = "levels(\(count)), nesting \(nesting)"
            for design in DesignFacts.all { try secure(design.type, setup, actions, name) }
        }
    }

    @Test("levels(3) of rfc-v2 and levels of a plain machine give the slow search's report")
    func others() throws {
        let three = Levels.setup(3, nesting: false)
        try secure(RFCv2.self, three, SearchAlphabet.standard(on: three, .atomic), "levels(3)")
        for (count, nesting) in [(1, false), (1, true), (2, false), (2, true), (3, false)] {
            let setup = Levels.setup(count, nesting: nesting, kind: .plain)
            let name = "plain levels(\(count)), nesting \(nesting)"
            try plain(setup, SearchAlphabet.standard(on: setup, .atomic), name)
        }
    }

    /// Verbs that a search takes, by name.
    static let verbs = SearchAlphabet.verbs(.atomic).map(\.word)

    @Test(
        "No action changes a part of a state that the layout does not store", arguments: verbs,
        [IRQChip.split, .kernel])
    func everyVerb(name: String, irqchip: IRQChip) throws {
        let verb = try #require(ActionVerb(word: name))
        // A pin with everything on it; pin 8 is the RTC's.
        var setup = MachineSetup(
            irqchip: irqchip,
            pins: [PinSetup(pin: 8, vector: 0x31, resampler: true, notifier: true)],
            savicEnabled: name != "enable-savic", interruptsEnabled: false)
        setup.exitsLate = verb == .hypervisor(.lateExit)
        for kind in MachineKind.allCases {
            setup.kind = kind
            let actions = SearchAlphabet.complete(
                SearchAlphabet.standard(on: setup, .atomic)
                    + SearchAlphabet.actions(verb, on: setup)
                    + (verb == .ioapic(.irqfd)
                        ? [] : SearchAlphabet.actions(.ioapic(.irqfd), on: setup)),
                on: setup, .atomic)
            switch kind {
            case .plain: try plain(setup, actions, "\(name) \(irqchip) plain")
            case .secure: try secure(RFCv2.self, setup, actions, "\(name) \(irqchip) secure")
            }
        }
    }

    /// Searches both kinds of machine with every action of a verb.
    private func both(
        _ setup: MachineSetup, _ name: String, with others: [ActionVerb] = [], deepest: Int
    ) throws {
        let verb = try #require(ActionVerb(word: name))
        var setup = setup
        setup.savicEnabled = verb != .access(.enableSAVIC)
        setup.exitsLate = verb == .hypervisor(.lateExit)
        for kind in MachineKind.allCases {
            setup.kind = kind
            let verbs = ([verb] + others).flatMap { SearchAlphabet.actions($0, on: setup) }
            let actions = SearchAlphabet.complete(
                SearchAlphabet.standard(on: setup, .atomic) + verbs, on: setup, .atomic)
            let full = "\(name) \(setup.irqchip) \(kind)"
            switch kind {
            case .plain: try plain(setup, actions, full, deepest: deepest)
            case .secure: try secure(RFCv2.self, setup, actions, full, deepest: deepest)
            }
        }
    }

    @Test(
        "Without a resampler the level presented is stored only where an action moves it alone",
        arguments: verbs, [IRQChip.split, .kernel])
    func mirrored(name: String, irqchip: IRQChip) throws {
        let setup = MachineSetup(
            irqchip: irqchip, pins: [PinSetup(pin: 8, vector: 0x31)], interruptsEnabled: false)
        try both(setup, name, deepest: .max)
    }

    /// As deep as an interrupt's whole life, and one action more at any point of it.
    @Test(
        "Two pins, a resampler and a notifier on one: the first depths hold the same states",
        arguments: verbs, [IRQChip.split, .kernel])
    func twoPins(name: String, irqchip: IRQChip) throws {
        let setup = MachineSetup(
            irqchip: irqchip,
            pins: [
                PinSetup(pin: 3, vector: 0x41),
                PinSetup(pin: 8, vector: 0x31, resampler: true, notifier: true),
            ], interruptsEnabled: true)
        try both(setup, name, with: name == "irqfd" ? [] : [.ioapic(.irqfd)], deepest: 6)
    }

    @Test("An edge pin beside a level pin of the same vector, masked at first, with a message")
    func mixed() throws {
        let setup = MachineSetup(
            pins: [
                PinSetup(pin: 2, vector: 0x31),
                PinSetup(pin: 3, vector: 0x31, trigger: .edge, masked: true),
            ], interruptsEnabled: false)
        let actions = SearchAlphabet.complete(
            SearchAlphabet.standard(on: setup, .atomic)
                + SearchAlphabet.actions(.ioapic(.unmask), on: setup) + [.msi(vector: 0x51)],
            on: setup, .atomic)
        try secure(RFCv2.self, setup, actions, "mixed")
        try secure(Hardened.self, setup, actions, "mixed")
    }
}
