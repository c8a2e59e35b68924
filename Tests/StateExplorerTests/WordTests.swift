import Testing

@testable import StateExplorer

@Suite("Words as rows of bits and as numbers") struct WordTests {
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
}
