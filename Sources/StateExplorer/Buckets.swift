internal import Synchronization

/// Candidates for new states, collected for each segment until they are worth taking its lock.
struct Buckets<Word: StateWord>: Sendable {
    /// Candidates of one segment.
    static var size: Int { 64 }

    /// Each segment has `size` places.
    private var families: [Family<Word>]
    private var counts: [Int]
    private var open = Array(repeating: 0, count: size)
    /// What came of the buckets that were emptied: new states, and bytes of memory.
    private var found = 0
    private var bytes = 0
    /// Whether states that differ in their lowest bit are one (`ExplorerDefect.ignoresStateBit`).
    private let isBlind: Bool

    init(_ defect: ExplorerDefect?) {
        let segments = StateStore<Word>.segmentCount
        let none = Family<Word>(word: .zero, members: 0)
        families = Array(repeating: none, count: segments * Self.size)
        counts = Array(repeating: 0, count: segments)
        isBlind = defect == .ignoresStateBit
    }

    /// Puts the successors of `sources` into their segments' buckets, and those into the store.
    /// - Returns: how many there are.
    mutating func add(
        _ expansion: borrowing Expansion<Word>, of sources: [Family<Word>],
        to store: StateStore<Word>
    ) -> Int {
        var transitions = 0
        for index in 0..<expansion.count {
            let transition = expansion.transitions[index]
            transitions &+= transition.members.nonzeroBitCount
            var family = sources[Int(transition.family)]
                .moved(transition.members, by: transition.changes)
            if isBlind {
                family.members = (family.members | family.members >> 1) & 0x5555_5555_5555_5555
            }
            let segment = store.segment(of: family.word)
            let count = counts[segment]
            families[segment &* Self.size &+ count] = family
            counts[segment] = count &+ 1
            if count &+ 1 == Self.size { empty(segment, into: store) }
        }
        return transitions
    }

    /// Empties all buckets.
    mutating func flush(into store: StateStore<Word>) {
        for segment in counts.indices where counts[segment] > 0 { empty(segment, into: store) }
    }

    private mutating func empty(_ segment: Int, into store: StateStore<Word>) {
        let start = segment * Self.size
        store.parts[segment].segment.withLock { part in
            let before = part.bytes
            found += part.insert(families, start..<start + counts[segment], &open)
            bytes += part.bytes - before
        }
        counts[segment] = 0
    }

    /// What was found since the last call.
    mutating func takeCounts() -> (found: Int, bytes: Int) {
        defer { (found, bytes) = (0, 0) }
        return (found, bytes)
    }
}
