/// How a stored word is made up: the state in the low bits, above it the *tag*: the beginning of
/// the state that it was reached from, the action that led here, and on top the depth.
///
/// Together they are the predecessor's address: it stands one depth nearer to the start, begins
/// so, and the action leads from it to this state. Of several words for one state the smallest is
/// kept, so the depth is the least, and the predecessor the least by action and then by state,
/// whichever thread came first.
struct WordLayout<Word: StateWord>: Sendable {
    let stateBits: Int
    /// How much of the predecessor there is room for.
    let beginningBits: Int
    let actionBits: Int
    let mask: Word

    /// Depths go to 1023.
    static var depthBits: Int { 10 }
    static var greatestDepth: Int { 1 << depthBits - 1 }

    /// Bits that a tag needs at least.
    static func tagBits(_ actionCount: Int) -> Int { actionBits(actionCount) + depthBits }

    private static func actionBits(_ actionCount: Int) -> Int {
        max(1, Int.bitWidth - (actionCount - 1).leadingZeroBitCount)
    }

    init(_ system: TransitionSystem<Word>, _ defect: ExplorerDefect? = nil) {
        stateBits = system.stateBits
        actionBits = Self.actionBits(system.actionCount)
        let rest = Word.width - stateBits - actionBits - Self.depthBits
        precondition(rest >= 0, "no room for depth and action")
        beginningBits = min(rest, stateBits, 32)
        mask = Word.ones(system.stateBits) ^ (defect == .ignoresStateBit ? Word(1) : .zero)
    }

    func state(_ word: Word) -> Word { word & mask }

    /// The leading bits of a state.
    func beginning(of state: Word) -> UInt64 {
        beginningBits == 0 ? 0 : state.shiftedDown(stateBits - beginningBits).low
    }

    /// What marks the successors of `state` at a depth, before an action is added.
    @inline(__always)
    func tag(from state: Word, depth: Int) -> Word {
        Word(beginning(of: state) | UInt64(depth) << UInt64(beginningBits + actionBits))
            .shiftedUp(stateBits)
    }

    @inline(__always)
    func tag(by action: Int) -> Word {
        Word(UInt64(action)).shiftedUp(stateBits + beginningBits)
    }

    func depth(of word: Word) -> Int {
        Int(word.shiftedDown(stateBits).low >> UInt64(beginningBits + actionBits))
    }

    /// The action that led to a stored state, and the beginning of the state that it came from.
    func origin(of word: Word) -> (action: Int, beginning: UInt64) {
        let tag = word.shiftedDown(stateBits).low
        let action = tag >> UInt64(beginningBits) & (1 << UInt64(actionBits) - 1)
        return (Int(action), tag & (1 << UInt64(beginningBits) - 1))
    }
}
