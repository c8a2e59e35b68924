/// A part of the states found, by their upper halves.
///
/// A table of groups of eight words, each group with a byte of its words' mixed values: one 8-byte
/// read tells which of the eight can be the state, so that a look-up misses the cache once. The
/// table grows by a quarter, between three fifths and four fifths full: a state of up to 49 bits
/// takes 11 to 15 bytes with all that belongs to it.
struct Segment<Word: StateWord>: Sendable {
    /// States with their tags (`WordLayout`), 0 where none is.
    private var words: [Word] = []
    /// For each group of eight words eight signs; 0 is free.
    private var signs: [UInt64] = []
    private(set) var count = 0

    /// The states of the depth that is expanded, and of the one that is found.
    private(set) var current = Frontier<Word>()
    private var next = Frontier<Word>()

    /// Bytes of memory asked for; how much more the allocator takes is its secret, and may differ
    /// from run to run.
    var bytes: Int {
        let stride = MemoryLayout<Word>.stride
        return words.count * stride + signs.count * 8 + (current.room + next.room) * stride
    }

    /// The depth that was found is expanded from now on.
    mutating func advance() {
        current = next
        next = Frontier()
    }

    /// - Returns: whether there was a state to lose (`ExplorerDefect.losesState`).
    mutating func loseState() -> Bool { current.loseGreatest() }

    // MARK: - Places

    /// The group where the search for a state begins: monotone in the mixed word's middle bits
    /// whatever the number of groups, so that it need not be a power of two.
    @inline(__always)
    private func home(_ mixed: UInt64) -> Int {
        Int(truncatingIfNeeded: ((mixed >> 8 & 0xFFFF_FFFF) &* UInt64(signs.count)) >> 32)
    }

    private static var lows: UInt64 { 0x0101_0101_0101_0101 }
    private static var highs: UInt64 { 0x8080_8080_8080_8080 }

    /// 1…255 in each of the eight bytes.
    @inline(__always)
    private static func pattern(_ mixed: UInt64) -> UInt64 {
        max(mixed & 0xFF, 1) &* lows
    }

    /// The high bit of each byte that is 0; above the lowest such byte a 1 may look like a 0.
    @inline(__always)
    private static func zeros(_ bytes: UInt64) -> UInt64 { (bytes &- lows) & ~bytes & highs }

    // MARK: - Finding

    /// The stored word of a state, or nil.
    func word(of state: Word, mask: Word) -> Word? {
        guard !signs.isEmpty else { return nil }
        let mixed = state.mixed
        let pattern = Self.pattern(mixed)
        var group = home(mixed)
        while true {
            var matches = Self.zeros(signs[group] ^ pattern)
            while matches != 0 {
                let word = words[group * 8 + matches.trailingZeroBitCount >> 3]
                if word & mask == state { return word }
                matches &= matches - 1
            }
            if Self.zeros(signs[group]) != 0 { return nil }
            group = group + 1 == signs.count ? 0 : group + 1
        }
    }

    var allWords: [Word] {
        words.indices.filter { signs[$0 >> 3] >> UInt64(8 * ($0 & 7)) & 0xFF != 0 }
            .map { words[$0] }
    }

    /// The stored words from `low` on and below `high`.
    func words(from low: Word, below high: Word) -> [Word] {
        words.filter { $0 >= low && $0 < high }
    }

    /// Takes the candidates of a range, each a state with its tag. Of several for one state the
    /// smallest stays: the result does not depend on the order in which threads come.
    ///
    /// It goes over them in passes, each of which reads the memory that the next needs: cache
    /// misses of one pass do not wait for each other.
    /// - Parameters:
    ///   - candidates: states with their tags.
    ///   - mask: the bits of a state.
    ///   - scratch: space for what the passes hand on.
    /// - Returns: how many were new.
    mutating func insert(
        _ candidates: [Word], _ range: Range<Int>, mask: Word, scratch: inout Scratch<Word>
    ) -> Int {
        if signs.isEmpty { grow(mask) }
        scratch.prepare(range.count)
        let (before, numbers) = (count, 0..<range.count)
        for number in numbers {
            let mixed = (candidates[range.lowerBound &+ number] & mask).mixed
            scratch.mixed[number] = mixed
            scratch.signs[number] = signs[home(mixed)]
        }
        for number in numbers {
            let mixed = scratch.mixed[number]
            let pattern = Self.pattern(mixed)
            var group = home(mixed)
            var signs = scratch.signs[number]
            var matches = Self.zeros(signs ^ pattern)
            while matches == 0, Self.zeros(signs) == 0 {
                group = group + 1 == self.signs.count ? 0 : group + 1
                signs = self.signs[group]
                matches = Self.zeros(signs ^ pattern)
            }
            // Without a match it is some place that does not hold the state.
            let place = group &* 8 &+ matches.trailingZeroBitCount >> 3 & 7
            scratch.places[number] = UInt32(truncatingIfNeeded: place)
        }
        for number in numbers {
            scratch.words[number] = words[Int(truncatingIfNeeded: scratch.places[number])]
        }
        let size = words.count
        for number in numbers {
            let word = candidates[range.lowerBound &+ number]
            let known = scratch.words[number]
            if (known ^ word) & mask == .zero, known != .zero, size == words.count {
                if word < known { keepSmaller(word, at: Int(scratch.places[number])) }
            } else {
                insert(word, scratch.mixed[number], mask)
            }
        }
        return count - before
    }

    private mutating func keepSmaller(_ word: Word, at place: Int) {
        if word < words[place] { words[place] = word }
    }

    @inline(never)
    private mutating func insert(_ word: Word, _ mixed: UInt64, _ mask: Word) {
        let pattern = Self.pattern(mixed)
        var group = home(mixed)
        while true {
            var matches = Self.zeros(signs[group] ^ pattern)
            while matches != 0 {
                let place = group * 8 + matches.trailingZeroBitCount >> 3
                if (words[place] ^ word) & mask == .zero { return keepSmaller(word, at: place) }
                matches &= matches - 1
            }
            let free = Self.zeros(signs[group])
            if free != 0 {
                put(word, pattern, group, free)
                next.append(word & mask)
                count += 1
                if count * 5 > words.count * 4 { grow(mask) }
                return
            }
            group = group + 1 == signs.count ? 0 : group + 1
        }
    }

    @inline(__always)
    private mutating func put(_ word: Word, _ pattern: UInt64, _ group: Int, _ free: UInt64) {
        let place = free.trailingZeroBitCount >> 3
        words[group * 8 + place] = word
        signs[group] |= pattern & (0xFF << UInt64(8 * place))
    }

    /// Doubled while it is small, later by a quarter, so that little is held in vain.
    private mutating func grow(_ mask: Word) {
        let (oldWords, oldSigns) = (words, signs)
        let groups = oldSigns.count < 256 ? max(4, oldSigns.count * 2) : oldSigns.count / 4 * 5
        words = Array(repeating: .zero, count: groups * 8)
        signs = Array(repeating: 0, count: groups)
        for (oldGroup, old) in oldSigns.enumerated() {
            for place in 0..<8 where old >> UInt64(8 * place) & 0xFF != 0 {
                let word = oldWords[oldGroup * 8 + place]
                let mixed = (word & mask).mixed
                var group = home(mixed)
                while case let free = Self.zeros(signs[group]), true {
                    if free != 0 {
                        put(word, Self.pattern(mixed), group, free)
                        break
                    }
                    group = group + 1 == groups ? 0 : group + 1
                }
            }
        }
    }
}

/// States of one depth, in memory that grows in small steps.
struct Frontier<Word: StateWord>: Sendable {
    private(set) var states: [Word] = []
    /// States that memory is asked for.
    private(set) var room = 0

    mutating func append(_ state: Word) {
        if states.count == room {
            room += max(16, room / 4)
            states.reserveCapacity(room)
        }
        states.append(state)
    }

    /// The greatest, because threads do not append in any order.
    mutating func loseGreatest() -> Bool {
        guard let greatest = states.max() else { return false }
        states.removeAll { $0 == greatest }
        return true
    }
}

/// A thread's space for what the passes of an insertion hand on.
struct Scratch<Word: StateWord>: Sendable {
    var mixed: [UInt64] = []
    var signs: [UInt64] = []
    var places: [UInt32] = []
    var words: [Word] = []

    mutating func prepare(_ count: Int) {
        guard signs.count < count else { return }
        mixed = Array(repeating: 0, count: count)
        signs = Array(repeating: 0, count: count)
        places = Array(repeating: 0, count: count)
        words = Array(repeating: .zero, count: count)
    }
}
