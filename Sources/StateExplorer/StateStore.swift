internal import Synchronization

/// All states found, in shards that threads lock one at a time.
struct StateStore<Word: StateWord>: Sendable {
    /// As many whatever the number of threads.
    static var shardCount: Int { 256 }

    /// A table and its lock.
    final class Shard: Sendable {
        let table = Mutex(FamilyTable<Word>())
    }

    let shards: [Shard]
    private let start: Word
    /// Where the upper half of a state begins.
    private let half: Int

    init(_ system: TransitionSystem<Word>) {
        start = system.start
        half = system.stateBits / 2
        shards = (0..<Self.shardCount).map { _ in Shard() }
    }

    /// The shard of a family, by its upper half: most successors of a state are then in the shard
    /// of the state itself, which is in the cache and seldom locked by another thread.
    @inline(__always)
    func shard(of family: Word) -> Int {
        Int(truncatingIfNeeded: family.shiftedDown(half).mixed >> 56)
    }

    func insertStart() {
        let family = Family(start)
        shards[shard(of: family.word)].table.withLock { table in
            var open = [0]
            _ = table.insert([family], 0..<1, &open)
        }
        close(0)
    }

    /// Everything at this depth has been found.
    func close(_ depth: Int) {
        for shard in shards { shard.table.withLock { $0.close(depth) } }
    }

    /// Drops one state of a depth (`ExplorerDefect.losesState`).
    func loseState(ofDepth depth: Int) {
        _ = shards.first { shard in shard.table.withLock { $0.loseState(ofDepth: depth) } }
    }

    /// Bytes of memory asked for.
    var bytes: Int { shards.reduce(0) { sum, shard in sum + shard.table.withLock { $0.bytes } } }

    /// All states of a depth, in no particular order.
    func states(ofDepth depth: Int) -> [Word] {
        var states: [Word] = []
        for shard in shards {
            shard.table.withLock { table in
                for family in table.families(ofDepth: depth) { states += family.states }
            }
        }
        return states
    }

    /// All states, ascending; nil where `goesOn` ends the work.
    func sorted(while goesOn: () -> Bool) -> [Word]? {
        var borders: [Word] = []
        var count = 0
        for shard in shards {
            shard.table.withLock { table in
                for family in table.families {
                    // Every so many states one is taken for a border, whatever their order.
                    if count / SortedStates<Word>.partSize
                        != (count + family.count) / SortedStates<Word>.partSize
                    {
                        borders.append(family.word)
                    }
                    count += family.count
                }
            }
        }
        var states = SortedStates(borders: borders)
        for shard in shards {
            guard goesOn() else { return nil }
            shard.table.withLock { table in
                for family in table.families { family.visit { state, _ in states.add(state) } }
            }
        }
        return states.sorted(while: goesOn)
    }
}
