internal import Synchronization

/// The states of one depth, taken by threads in shares.
final class DepthShare<Word: StateWord>: Sendable {
    /// States that one thread takes at a time, or up to a family more.
    static var size: Int { 512 }

    private struct Position {
        var segment = 0
        var family = 0
    }

    let depth: Int
    /// States of the depth.
    let count: Int
    private let store: StateStore<Word>
    /// What is taken next.
    private let position = Mutex(Position())

    init(_ store: StateStore<Word>, depth: Int) {
        self.store = store
        self.depth = depth
        count = store.parts.reduce(0) { sum, part in
            sum
                + part.segment.withLock { segment in
                    segment.families(ofDepth: depth).reduce(0) { $0 + $1.count }
                }
        }
    }

    /// How many of so many threads find anything to do: a depth of few states is done before a
    /// second thread is there.
    func useful(_ threads: Int) -> Int { count < 2 * Self.size ? 1 : threads }

    /// Replaces `families` by a share; leaves it empty when there is none left.
    /// - Returns: how many states they are.
    func take(into families: inout [Family<Word>]) -> Int {
        families.removeAll(keepingCapacity: true)
        var count = 0
        position.withLock { position in
            while position.segment < store.parts.count, count < Self.size {
                let isEnd = store.parts[position.segment].segment.withLock { segment in
                    let all = segment.families(ofDepth: depth)
                    while position.family < all.count, count < Self.size {
                        let family = all[all.startIndex + position.family]
                        families.append(family)
                        count += family.count
                        position.family += 1
                    }
                    return position.family == all.count
                }
                if isEnd { position = Position(segment: position.segment + 1) }
            }
        }
        return count
    }
}
