import Testing

@testable import InterruptModel
@testable import StateExplorer

/// What actions are known not to look at (`Action.reach`) is found by performing them on each
/// state: a search performs them once for all that are alike.
@Suite struct ReachTests {
    /// A transition of one state.
    private struct Single: Hashable {
        var action: Int32
        var from: UInt64
        var to: UInt64
    }

    private func singles(
        _ system: TransitionSystem<UInt64>, _ families: [Family<UInt64>]
    ) -> (transitions: Set<Single>, broken: Set<[Int]>) {
        var expansion = Expansion<UInt64>()
        expansion.begin(interest: .max, wantsSuccessors: true)
        system.expand(families, &expansion)
        var found: Set<Single> = []
        for each in expansion.transitions[..<expansion.count] {
            let sources = Family(word: families[Int(each.family)].word, members: each.members)
            for state in sources.states {
                let single = Single(action: each.action, from: state, to: state ^ each.changes)
                #expect(found.insert(single).inserted, "told twice")
            }
        }
        let broken = expansion.broken.flatMap { each in
            Family(word: families[each.family].word, members: each.members).states.map {
                [Int($0), each.action, Int(each.properties)]
            }
        }
        return (found, Set(broken))
    }

    @Test(
        "What an action does to a family's members it does to each alone, reachable or not",
        arguments: SearchAxes.axes)
    func reach(axis: SearchAxes.Axis) throws {
        for kind in MachineKind.allCases {
            for irqchip in IRQChip.allCases {
                var setup = MachineSetup(
                    kind: kind, irqchip: irqchip,
                    pins: [PinSetup(pin: 8, vector: 0x31), PinSetup(pin: 9, vector: 0x41)])
                axis.change(&setup)
                let search = try #require(
                    ModelSearch(
                        setup, design: EOIDesigns.standard,
                        actions: SearchAlphabet.standard(on: setup, .atomic), granularity: .atomic))
                guard case .small(let system) = search.system else {
                    Issue.record("more than 64 bits")
                    continue
                }
                let ones: UInt64 = 1 << UInt64(system.stateBits) - 1
                let words = (0..<30 as Range<UInt64>).map { $0.mixed & ones & ~63 }
                // A state of fewer than six bits is none of these machines'.
                #expect(system.stateBits >= 6)
                let together = singles(
                    system, Set(words).map { Family(word: $0, members: .max) })
                let alone = singles(
                    system,
                    Set(words).flatMap { word in
                        (0..<64 as Range<UInt64>).map { Family(word: word, members: 1 << $0) }
                    })
                #expect(together.transitions == alone.transitions)
                #expect(together.broken == alone.broken)
                #expect(together.transitions.count > 64 * 2)
            }
        }
    }
}
