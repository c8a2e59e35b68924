internal import Synchronization

/// Candidates for new states, collected for each shard until they are worth taking its lock.
struct Buckets<Word: StateWord>: Sendable {
    /// Candidates of one shard.
    static var size: Int { 64 }

    /// `size` for each shard.
    private var families: [Family<Word>]
    private var counts: [Int]
    private var open = Array(repeating: 0, count: size)
    /// What came of the buckets that were emptied: new states, and bytes of memory.
    private var found = 0
    private var bytes = 0
    /// Whether states that differ in their lowest bit are one (`ExplorerDefect.ignoresStateBit`).
    private let isBlind: Bool

    init(_ defect: ExplorerDefect?) {
        let shards = StateStore<Word>.shardCount
        let none = Family<Word>(word: .zero, members: 0)
        families = Array(repeating: none, count: shards * Self.size)
        counts = Array(repeating: 0, count: shards)
        isBlind = defect == .ignoresStateBit
    }

    /// Puts the successors of `sources` into their shards' buckets, and those into the store.
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
            let shard = store.shard(of: family.word)
            let count = counts[shard]
            families[shard &* Self.size &+ count] = family
            counts[shard] = count &+ 1
            if count &+ 1 == Self.size { empty(shard, into: store) }
        }
        return transitions
    }

    /// Empties all buckets.
    mutating func flush(into store: StateStore<Word>) {
        for shard in counts.indices where counts[shard] > 0 { empty(shard, into: store) }
    }

    private mutating func empty(_ shard: Int, into store: StateStore<Word>) {
        let start = shard * Self.size
        store.shards[shard].table.withLock { table in
            let before = table.bytes
            found += table.insert(families, start..<start + counts[shard], &open)
            bytes += table.bytes - before
        }
        counts[shard] = 0
    }

    /// What was found since the last call.
    mutating func takeCounts() -> (found: Int, bytes: Int) {
        defer { (found, bytes) = (0, 0) }
        return (found, bytes)
    }
}
