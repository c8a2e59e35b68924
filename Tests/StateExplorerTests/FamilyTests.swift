import Testing

@testable import StateExplorer

/// Families of states, what actions do to them, and the tables that hold them.
@Suite("Families of states, what actions do to them, and their tables") struct FamilyTests {
    /// Sets of members: every single one, all, none, and some.
    private static let sets: [UInt64] =
        (0..<64).map { 1 << $0 } + [.max, 0, 0x8000_0001_0F0F_1234, 0x0000_FFFF_0000_0001]

    @Test("The states of a family are its members, ascending, in every width of word")
    func states() {
        func check<Word: StateWord>(_ top: Word) {
            for set in Self.sets {
                let family = Family(word: top, members: set)
                let expected = (0..<64 as Range<UInt64>).filter { set >> $0 & 1 != 0 }
                    .map { top | Word($0) }
                #expect(family.states == expected && family.count == expected.count)
                #expect(expected.first == nil || family.least == expected[0])
                for state in expected {
                    #expect(Family(state).word == top && Family(state).states == [state])
                    #expect(family.contains(state) && !family.contains(state ^ Word(1 << 6)))
                }
            }
        }
        check(0xABCD_EF01_2345_6780 & ~63 as UInt64)
        check(UInt128(1) << 127)
        check(WideWord(lower: 1 << 64, upper: 1 << 127))
    }

    @Test("A change moves each member as it would move the state, for every change of low bits")
    func moved() {
        let top: UInt64 = 0x1234_5678_9ABC_DE00 & ~63
        for low in 0..<64 as Range<UInt64> {
            let changes: UInt64 = 0xFF00 << 8 | low
            for set in Self.sets {
                let family = Family(word: top, members: set)
                let moved = family.moved(set, by: changes)
                #expect(moved.states == family.states.map { $0 ^ changes }.sorted())
            }
        }
    }

    @Test("A split takes members together that agree in its bits, and each once")
    func split() {
        for told in 0..<64 as Range<UInt64> {
            let split = FamilySplit(by: told | 0xFF00)
            for set in Self.sets {
                var (rest, taken) = (set, UInt64(0))
                while rest != 0 {
                    let before = rest
                    let (member, members) = split.next(&rest)
                    let alike = (0..<64 as Range<UInt64>).filter {
                        set >> $0 & 1 != 0 && ($0 ^ member) & told == 0
                    }
                    #expect(members == alike.reduce(UInt64(0)) { $0 | 1 << $1 })
                    #expect(member == UInt64(before.trailingZeroBitCount))
                    #expect(rest == before & ~members && taken & members == 0)
                    taken |= members
                }
                #expect(taken == set)
            }
        }
    }

    @Test("A table tells once of each of 50,000 states, through every growth, and by depth")
    func table() {
        var table = FamilyTable<UInt64>()
        var open = Array(repeating: 0, count: 4)
        // Rows of neighbours, the state 0 among them.
        let states = (0..<50_000 as Range<UInt64>).map { ($0 / 100) << 20 | $0 % 100 }
        for (depth, start) in stride(from: 0, to: states.count, by: 250).enumerated() {
            let share = states[start..<start + 250]
            // One by one, then all of a family at once, then what earlier depths found.
            for state in share { #expect(table.insert([Family(state)], 0..<1, &open) == 1) }
            for state in share { #expect(table.insert([Family(state)], 0..<1, &open) == 0) }
            for state in states[..<start].suffix(300) {
                #expect(table.insert([Family(state)], 0..<1, &open) == 0)
            }
            table.close(depth)
            let found = table.families(ofDepth: depth)
            #expect(found.flatMap(\.states).sorted() == Array(share))
            // A family stands once in a depth.
            #expect(Set(found.map(\.word)).count == found.count)
        }
        #expect(table.families(ofDepth: 7).flatMap(\.states).count == 250)
        #expect(table.families(ofDepth: 9_999).isEmpty)
        #expect(Double(table.bytes) / 50_000 < 4)
    }

    @Test("Of candidates that follow each other in one call, only what is new counts")
    func candidates() {
        var table = FamilyTable<UInt64>()
        var open = Array(repeating: 0, count: 4)
        func family(_ word: UInt64, _ members: UInt64) -> Family<UInt64> {
            Family(word: word << 6, members: members)
        }
        let candidates = [family(1, 0b011), family(1, 0b110), family(0, 1), family(1, 0b101)]
        #expect(table.insert(candidates, 0..<4, &open) == 4)
        #expect(table.insert(candidates, 1..<3, &open) == 0)
        #expect(table.insert([family(1, 0b1111)], 0..<1, &open) == 1)
        table.close(3)
        #expect(table.families(ofDepth: 3).flatMap(\.states) == [64, 65, 66, 67, 0])
    }
}
