import Testing

@testable import StateExplorer

/// Words, their layout, and the segments that hold them.
@Suite struct WordTests {
    /// Bit n of a word.
    private func bits(_ word: WideWord) -> [Bool] {
        [word.lower, word.upper].flatMap { half in
            (0..<128 as Range<UInt128>).map { half >> $0 & 1 != 0 }
        }
    }

    private let sample = WideWord(
        lower: 0x8123_4567_89AB_CDEF_0F1E_2D3C_4B5A_6978, upper: 0xFEDC_BA98_7654_3210_8899)

    @Test("A wide word shifts by every distance as a row of bits does")
    func shifts() {
        let row = bits(sample)
        for places in 0..<256 {
            let none = Array(repeating: false, count: places)
            #expect(bits(sample.shiftedUp(places)) == none + row.dropLast(places))
            #expect(bits(sample.shiftedDown(places)) == row.dropFirst(places) + none)
        }
    }

    @Test("Wide words compare as numbers do: the upper half first")
    func ordering() {
        #expect(WideWord(lower: .max, upper: 0) < WideWord(lower: 0, upper: 1))
        #expect(WideWord(lower: 1, upper: 1) < WideWord(lower: 2, upper: 1))
        #expect(!(sample < sample))
    }

    private func roundTrip<Word: StateWord>(_ type: Word.Type, stateBits: Int) {
        let system = TransitionSystem<Word>(
            start: .zero, stateBits: stateBits, actionCount: 20, expand: { _, _ in })
        let layout = WordLayout(system)
        let state = Word.ones(stateBits)
        for (depth, action) in [(0, 0), (1, 19), (1_023, 7)] {
            let word = state | layout.tag(from: state, depth: depth) | layout.tag(by: action)
            #expect(layout.state(word) == state)
            #expect(layout.depth(of: word) == depth)
            #expect(layout.origin(of: word).action == action)
            #expect(layout.origin(of: word).beginning == layout.beginning(of: state))
        }
    }

    @Test("A tag gives back depth, action and beginning, however little room there is")
    func layout() {
        for bits in [1, 20, 46, 49] { roundTrip(UInt64.self, stateBits: bits) }
        for bits in [1, 64, 100, 113] { roundTrip(UInt128.self, stateBits: bits) }
        for bits in [1, 128, 150, 241] { roundTrip(WideWord.self, stateBits: bits) }
    }

    @Test("A nearer word of the same state is smaller, then a lower action, then a lower origin")
    func order() {
        let layout = WordLayout(
            TransitionSystem<UInt64>(
                start: 0, stateBits: 20, actionCount: 16, expand: { _, _ in }))
        func word(_ depth: Int, _ action: Int, _ from: UInt64) -> UInt64 {
            9 | layout.tag(from: from, depth: depth) | layout.tag(by: action)
        }
        #expect(word(1, 15, 0xFFFFF) < word(2, 0, 0))
        #expect(word(2, 3, 0xFFFFF) < word(2, 4, 0))
        #expect(word(2, 3, 1) < word(2, 3, 2))
    }

    @Test("A segment finds each of 50,000 states again, through every growth")
    func segment() {
        var segment = Segment<UInt64>()
        var scratch = Scratch<UInt64>()
        let mask: UInt64 = 1 << 40 - 1
        // Rows of neighbours, the state 0 among them, each told twice with different tags.
        let states = (0..<50_000 as Range<UInt64>).map { ($0 / 100) << 20 | $0 % 100 }
        for start in stride(from: 0, to: states.count, by: 250) {
            let share = states[start..<start + 250].map { $0 | 3 << 40 }
            let better = states[start..<start + 250].map { $0 | 2 << 40 }
            #expect(segment.insert(share, 0..<250, mask: mask, scratch: &scratch) == 250)
            #expect(segment.insert(better, 0..<250, mask: mask, scratch: &scratch) == 0)
            #expect(segment.insert(share, 0..<250, mask: mask, scratch: &scratch) == 0)
        }
        #expect(segment.count == 50_000)
        #expect(states.allSatisfy { segment.word(of: $0, mask: mask) == $0 | 2 << 40 })
        #expect(segment.word(of: 200, mask: mask) == nil)
        #expect(Double(segment.bytes) / 50_000 < 35)
    }

    @Test("A free place, which holds 0, is never taken for the state 0")
    func freePlace() {
        // Above a match, the sign 1 may match free places too (`Segment.zeros`).
        #expect(UInt64.zero.mixed & 0xFF > 1)
        #expect(UInt128.zero.mixed & 0xFF > 1)
        #expect(WideWord.zero.mixed & 0xFF > 1)
    }
}
