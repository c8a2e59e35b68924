/// States that differ in their lowest six bits only: up to 64, kept as one word and a set of bits.
///
/// The parts of a state that change most often have the lowest bits of a word, so a search reaches
/// many members of a family. A state then takes one bit of memory, an action that changes the same
/// bits of several members is performed once, and one look-up in a table serves them all.
public struct Family<Word: StateWord>: Sendable, BitwiseCopyable {
    /// The bits that the members have in common; the lowest six are 0.
    public let word: Word
    /// Bit n is set where the state whose lowest six bits are n is a member.
    public internal(set) var members: UInt64

    @inline(__always)
    init(word: Word, members: UInt64) {
        self.word = word
        self.members = members
    }

    /// A single state.
    init(_ state: Word) {
        let member = state.low & 63
        self.init(word: state ^ Word(member), members: 1 &<< member)
    }

    /// How many states they are.
    public var count: Int { members.nonzeroBitCount }

    /// The least of the states.
    var least: Word { word | Word(UInt64(truncatingIfNeeded: members.trailingZeroBitCount)) }

    func contains(_ state: Word) -> Bool {
        let member = state.low & 63
        return state ^ Word(member) == word && members &>> member & 1 != 0
    }

    /// Goes over the states, ascending, each with its bit among the members.
    @inlinable @inline(__always)
    public func visit(_ take: (_ state: Word, _ member: UInt64) -> Void) {
        var rest = members
        while rest != 0 {
            let member = UInt64(truncatingIfNeeded: rest.trailingZeroBitCount)
            take(word | Word(member), 1 &<< member)
            rest &= rest &- 1
        }
    }

    /// The states, ascending.
    public var states: [Word] {
        var states: [Word] = []
        visit { state, _ in states.append(state) }
        return states
    }

    /// Where an action leads that changes these bits of each of some members.
    @inline(__always)
    func moved(_ members: UInt64, by changes: Word) -> Family {
        let low = changes.low & 63
        return Family(
            word: word ^ changes ^ Word(low),
            members: low == 0 ? members : Self.exchanged(members, low))
    }

    /// The members with these of their lowest six bits flipped: bit n of the result is bit
    /// n ^ `low` of `members`.
    private static func exchanged(_ members: UInt64, _ low: UInt64) -> UInt64 {
        /// Flips one bit of each member's number, where `low` asks for it. `without` has the
        /// members whose numbers lack the bit.
        @inline(__always)
        func exchange(_ members: UInt64, _ bit: UInt64, _ without: UInt64) -> UInt64 {
            low & bit == 0 ? members : (members & without) &<< bit | members &>> bit & without
        }
        var result = exchange(members, 1, 0x5555_5555_5555_5555)
        result = exchange(result, 2, 0x3333_3333_3333_3333)
        result = exchange(result, 4, 0x0F0F_0F0F_0F0F_0F0F)
        result = exchange(result, 8, 0x00FF_00FF_00FF_00FF)
        result = exchange(result, 16, 0x0000_FFFF_0000_FFFF)
        return exchange(result, 32, 0x0000_0000_FFFF_FFFF)
    }
}

/// Which members of a family an action treats alike: those that agree in the bits that it looks at
/// or changes. The action is performed on one of them for all.
public struct FamilySplit: Sendable, BitwiseCopyable {
    /// The lowest six bits that the action looks at or changes.
    @usableFromInline let told: UInt64
    /// The members that have none of these bits set.
    @usableFromInline let alike: UInt64

    /// - Parameter told: the bits of a state that the action looks at or changes; only the lowest
    ///   six matter.
    public init(by told: UInt64) {
        self.told = told & 63
        alike = (0..<64 as Range<UInt64>).reduce(0) { $1 & told == 0 ? $0 | 1 << $1 : $0 }
    }

    /// No two members are alike.
    public static let each = FamilySplit(by: 63)

    /// Takes the least member out of `rest`, and with it those that the action treats alike.
    /// - Parameter rest: members, at least one.
    /// - Returns: the number of the least, and the set of all of them.
    @inlinable @inline(__always)
    public func next(_ rest: inout UInt64) -> (member: UInt64, members: UInt64) {
        let member = UInt64(truncatingIfNeeded: rest.trailingZeroBitCount)
        let members = rest & (alike &<< (member & told))
        rest ^= members
        return (member, members)
    }
}
