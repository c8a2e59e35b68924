import Testing

@testable import InterruptModel

@Suite("Sets of vectors against Set<UInt8>") struct VectorSetTests {
    /// The laws that every vector set keeps, against a plain set of the same members.
    private func obeys<Vectors: VectorSet>(
        _ one: Vectors, _ first: Set<Int>, _ other: Vectors, _ second: Set<Int>,
        _ indices: Range<Int>
    ) -> Bool {
        func same(_ vectors: Vectors, _ members: Set<Int>) -> Bool {
            Set(indices.filter(vectors.contains)) == members
                && vectors.highest == members.max() ?? -1
                && vectors.lowest == members.min() ?? -1
                && vectors.isEmpty == members.isEmpty
        }
        return same(one, first) && same(other, second)
            && same(one.union(other), first.union(second))
            && same(one.intersection(other), first.intersection(second))
            && same(one.subtracting(other), first.subtracting(second))
            && (one == other) == (first == second)
    }

    private static let narrowMembers: [Set<Int>] = (0..<256).map { bits in
        Set((0..<8).filter { bits >> $0 & 1 != 0 })
    }

    @Test("Every narrow set has its members, its highest and its lowest")
    func narrow() {
        for (bits, members) in Self.narrowMembers.enumerated() {
            let set = NarrowVectors(bits: UInt8(bits))
            #expect(obeys(set, members, NarrowVectors(), [], 0..<8), "\(members)")
        }
    }

    @Test("Every pair of narrow sets has its union, intersection and difference")
    func narrowPairs() {
        let sets = (0...UInt8.max).map(NarrowVectors.init(bits:))
        let members = Self.narrowMembers
        var wrong = 0
        for one in 0..<256 {
            for other in 0..<256 {
                let union = Int(sets[one].union(sets[other]).bits)
                let common = Int(sets[one].intersection(sets[other]).bits)
                let rest = Int(sets[one].subtracting(sets[other]).bits)
                if members[union] != members[one].union(members[other])
                    || members[common] != members[one].intersection(members[other])
                    || members[rest] != members[one].subtracting(members[other])
                {
                    wrong += 1
                }
            }
        }
        #expect(wrong == 0)
    }

    @Test("Every index goes into every narrow set and out of it")
    func narrowInsertAndRemove() {
        for bits in 0...UInt8.max {
            for index in 0..<8 {
                var set = NarrowVectors(bits: bits)
                set.insert(index)
                #expect(set.bits == bits | 1 << index)
                set.remove(index)
                #expect(set.bits == bits & ~(1 << index))
            }
        }
    }

    @Test("Wide sets hold each of 256 vectors, alone and beside its neighbours")
    func wide() {
        for vector in 0..<256 {
            let first: Set = [vector, (vector + 1) % 256, (vector + 97) % 256]
            let second: Set = [vector, (vector + 128) % 256]
            let one = WideVectors(first.map(UInt8.init))
            let other = WideVectors(second.map(UInt8.init))
            #expect(obeys(one, first, other, second, 0..<256), "\(vector)")
            #expect(obeys(WideVectors(), [], other, second, 0..<256), "\(vector)")
        }
    }

    @Test("Every vector goes into the empty wide set and out of the full one")
    func wideMembers() {
        let all = WideVectors(0...UInt8.max)
        #expect(all.elements == Array(0...UInt8.max))
        for vector in 0..<256 {
            var full = all
            full.remove(vector)
            #expect(!full.contains(vector) && full.elements.count == 255)
            full.insert(vector)
            #expect(full == all)
            var empty = WideVectors()
            empty.insert(vector)
            empty.insert(vector)
            #expect(empty.elements == [UInt8(vector)])
            empty.remove(vector)
            #expect(empty.isEmpty && empty.highest == -1)
        }
    }

    @Test("Word n of a register holds vectors 32n…32n+31 (xAPIC layout)")
    func words() {
        for vector in 0..<256 {
            var words = SIMD8<UInt32>()
            words[vector / 32] = 1 << UInt32(vector % 32)
            #expect(WideVectors(words: words).elements == [UInt8(vector)])
        }
        #expect(WideVectors(words: SIMD8(repeating: .max)) == WideVectors(0...UInt8.max))
        let mixed = SIMD8<UInt32>(0x8000_0001, 0, 0, 0, 1, 0, 0, 0x8000_0000)
        #expect(WideVectors(words: mixed).elements == [0, 31, 128, 255])
    }

    @Test("Sets are values: equal sets hash alike however they came to be")
    func values() {
        var one: WideVectors = [0x31, 0x41]
        let copy = one
        one.remove(0x41)
        #expect(copy == [0x41, 0x31])
        one.insert(0x41)
        #expect(one == copy && one.hashValue == copy.hashValue)
    }
}

@Suite("Sets of pins") struct PinSetTests {
    @Test("Sets of the pins of KVM's IOAPIC behave as Set<Int> does")
    func laws() {
        for seed in 0..<200 {
            let first = Set((0..<24).filter { (seed * 7 + $0 * $0) % 3 == 0 })
            let second = Set((0..<24).filter { (seed + $0 * 5) % 4 == 0 })
            let one = PinSet(first)
            let other = PinSet(second)
            #expect(one.elements == first.sorted())
            #expect(one.union(other).elements == first.union(second).sorted())
            #expect(one.intersection(other).elements == first.intersection(second).sorted())
            #expect(one.subtracting(other).elements == first.subtracting(second).sorted())
            #expect((0..<24).filter(one.contains) == first.sorted())
        }
    }

    @Test("The lowest pin comes first: KVM's order (kvm-interrupts §6)")
    func lowest() {
        var pins: PinSet = [23, 0, 8]
        #expect(pins.popLowest() == 0)
        #expect(pins.popLowest() == 8)
        #expect(pins.popLowest() == 23)
        #expect(pins.isEmpty && pins.popLowest() == -1)
    }

    @Test("Set puts a member in or out")
    func set() {
        var pins = PinSet()
        pins.set(5, to: true)
        #expect(pins == [5])
        pins.set(5, to: false)
        #expect(pins == [])
        pins.remove(5)
        #expect(pins.isEmpty)
    }

    @Test("Tables keep one number for each pin and are compared by all of them")
    func tables() {
        func keeps<Table: PinTable>(_ empty: Table, pins: Int, limit: Int) {
            for pin in 0..<pins {
                var table = empty
                table[pin] = limit
                #expect((0..<pins).map { table[$0] } == (0..<pins).map { $0 == pin ? limit : 0 })
                #expect(table != empty)
                table[pin] = 0
                #expect(table == empty && table.hashValue == empty.hashValue)
            }
        }
        keeps(WidePinTable(), pins: 24, limit: 10_000)
        keeps(NarrowPinTable(), pins: 8, limit: 0xFF)
        var nothing = NoPinTable()
        nothing[3] = 7
        #expect(nothing[3] == 0 && nothing == NoPinTable())
    }
}

@Suite("Wide and narrow spaces of vectors and pins") struct SpaceTests {
    @Test("The wide space numbers everything by itself")
    func wide() {
        let space = WideSpace()
        for number in 0...UInt8.max {
            #expect(space.vector(Int(number)) == number)
            #expect(space.index(of: number) == Int(number))
            #expect(space.pin(Int(number)) == number)
            #expect(space.index(ofPin: number) == Int(number))
            #expect(space.priorityClass(Int(number)) == Int(number >> 4))
        }
    }

    @Test("A narrow space ranks what it has, ascending, and has nothing else")
    func narrow() throws {
        let vectors: [UInt8] = [0xF1, 0x31, 0x41, 0x31, 0x10]
        let space = try #require(NarrowSpace(vectors: vectors, pins: [23, 2]))
        let ranked: [UInt8] = [0x10, 0x31, 0x41, 0xF1]
        #expect((0..<4).map(space.vector) == ranked)
        #expect((0..<4).map(space.priorityClass) == [1, 3, 4, 15])
        #expect((0..<2).map(space.pin) == [2, 23])
        for number in 0...UInt8.max {
            #expect(space.index(of: number) == ranked.firstIndex(of: number))
            #expect(space.index(ofPin: number) == [2, 23].firstIndex(of: number))
        }
    }

    @Test("More than eight different vectors or pins do not fit")
    func limits() {
        #expect(NarrowSpace(vectors: 16..<24, pins: 0..<8) != nil)
        #expect(NarrowSpace(vectors: 16..<25, pins: 0..<8) == nil)
        #expect(NarrowSpace(vectors: 16..<24, pins: 0..<9) == nil)
        #expect(NarrowSpace(vectors: [], pins: []) != nil)
    }
}
