internal import Synchronization

/// The states of one depth, which threads take in batches.
final class Frontier<Word: StateWord>: Sendable {
    /// States that a thread takes at a time; the last family may bring a batch above it.
    static var batchSize: Int { 512 }

    private struct Position {
        var shard = 0
        var family = 0
    }

    let depth: Int
    /// States of the depth.
    let count: Int
    private let store: StateStore<Word>
    /// The family that the next batch begins with.
    private let position = Mutex(Position())

    init(_ store: StateStore<Word>, depth: Int) {
        self.store = store
        self.depth = depth
        count = store.shards.reduce(0) { sum, shard in
            sum
                + shard.table.withLock { table in
                    table.families(ofDepth: depth).reduce(0) { $0 + $1.count }
                }
        }
    }

    /// How many of these threads are worth starting: one thread is done with a small depth before
    /// a second one has started.
    func useful(_ threads: Int) -> Int { count < 2 * Self.batchSize ? 1 : threads }

    /// Replaces `families` by the next batch, which is empty when none is left.
    /// - Returns: how many states the batch has.
    func takeBatch(into families: inout [Family<Word>]) -> Int {
        families.removeAll(keepingCapacity: true)
        var count = 0
        position.withLock { position in
            while position.shard < store.shards.count, count < Self.batchSize {
                let isEnd = store.shards[position.shard].table.withLock { table in
                    let all = table.families(ofDepth: depth)
                    while position.family < all.count, count < Self.batchSize {
                        let family = all[all.startIndex + position.family]
                        families.append(family)
                        count += family.count
                        position.family += 1
                    }
                    return position.family == all.count
                }
                if isEnd { position = Position(shard: position.shard + 1) }
            }
        }
        return count
    }
}
