import Testing

@testable import InterruptModel
@testable import StateExplorer

/// What actions are known not to look at (`Action.reach`) is found by performing them on each
/// state: a search performs them once for all that are alike.
@Suite("What actions are known not to look at (Action.reach)") struct ReachTests {
    /// Each transition and each breach of one state, in words.
    private func singles<Word: StateWord>(
        _ system: TransitionSystem<Word>, _ families: [Family<Word>]
    ) -> Set<String> {
        var expansion = Expansion<Word>()
        expansion.begin(interest: .max, wantsSuccessors: true)
        system.expand(families, &expansion)
        var found: Set<String> = []
        func note(_ family: Int, _ members: UInt64, _ what: String) {
            for state in Family(word: families[family].word, members: members).states {
                #expect(found.insert("\(state): \(what)").inserted, "told twice")
            }
        }
        for each in expansion.transitions[..<expansion.count] {
            note(Int(each.family), each.members, "\(each.action) changes \(each.changes)")
        }
        for each in expansion.broken {
            note(each.family, each.members, "\(each.action) breaks \(each.properties)")
        }
        return found
    }

    private func expectSame<Word: StateWord>(_ system: TransitionSystem<Word>, count: Int) {
        var families: [Word] = []
        for number in 0..<count {
            var word = Word.zero
            for bit in 6..<system.stateBits
            where (UInt64(number) << 8 | UInt64(bit)).mixed & 1 != 0 {
                word = word | Word(1).shiftedUp(bit)
            }
            if !families.contains(word) { families.append(word) }
        }
        let together = singles(system, families.map { Family(word: $0, members: .max) })
        let alone = singles(
            system,
            families.flatMap { word in
                (0..<64 as Range<UInt64>).map { Family(word: word, members: 1 << $0) }
            })
        #expect(together == alone)
        #expect(together.count > 64 * 2)
    }

    private func expectSame(
        _ setup: MachineSetup, _ design: EOIDesignEntry, count: Int
    ) throws {
        let search = try ModelSearch(
            setup, design: design, actions: SearchAlphabet.standard(on: setup, .atomic),
            granularity: .atomic)
        switch search.system {
        case .small(let system): expectSame(system, count: count)
        case .medium(let system): expectSame(system, count: count)
        case .large(let system): expectSame(system, count: count)
        }
    }

    @Test(
        "What an action does to a family's members it does to each alone, reachable or not",
        arguments: SearchAxisTests.axes)
    func axes(axis: SearchAxisTests.Axis) throws {
        for kind in MachineKind.allCases {
            for irqchip in IRQChip.allCases {
                var setup = MachineSetup(
                    kind: kind, irqchip: irqchip,
                    pins: [PinSetup(pin: 8, vector: 0x31), PinSetup(pin: 9, vector: 0x41)])
                axis.change(&setup)
                try expectSame(setup, EOIDesigns.standard, count: 15)
            }
        }
    }

    @Test(
        "Few lines, whose families differ in more than lines, and more than a family has bits for",
        arguments: [1, 5, 8], MachineKind.allCases)
    func levels(count: Int, kind: MachineKind) throws {
        for design in EOIDesigns.all {
            let setup = Levels.setup(count, nesting: true, kind: kind)
            try expectSame(setup, design, count: 10)
        }
    }
}
