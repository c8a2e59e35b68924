internal import Synchronization

/// Candidates for new states, collected for each segment until they are worth taking its lock.
struct Buckets<Word: StateWord>: Sendable {
    /// Candidates of one segment.
    static var size: Int { 256 }

    /// States with their tags; each segment has `size` places.
    private var words: [Word]
    private var counts: [Int]
    /// The tags of the states that are expanded, without an action.
    private var tags: [Word] = []
    private var scratch = Scratch<Word>()
    /// What came of the buckets that were emptied: new states, and bytes of memory.
    private(set) var found = 0
    private(set) var bytes = 0

    init() {
        let segments = StateStore<Word>.segmentCount
        words = Array(repeating: .zero, count: segments * Self.size)
        counts = Array(repeating: 0, count: segments)
    }

    /// Puts the successors of `states` into their segments' buckets, and those into the store.
    mutating func add(
        _ expansion: borrowing Expansion<Word>, of states: [Word], depth: Int,
        to store: StateStore<Word>
    ) {
        let layout = store.layout
        tags.removeAll(keepingCapacity: true)
        for state in states { tags.append(layout.tag(from: state, depth: depth + 1)) }
        for index in 0..<expansion.count {
            let transition = expansion.transitions[index]
            let segment = store.segment(of: transition.successor)
            let count = counts[segment]
            words[segment &* Self.size &+ count] =
                transition.successor | tags[Int(transition.state)]
                | layout.tag(by: Int(transition.action))
            counts[segment] = count &+ 1
            if count &+ 1 == Self.size { empty(segment, into: store) }
        }
    }

    /// Empties all buckets.
    mutating func flush(into store: StateStore<Word>) {
        for segment in counts.indices where counts[segment] > 0 { empty(segment, into: store) }
    }

    private mutating func empty(_ segment: Int, into store: StateStore<Word>) {
        let start = segment * Self.size
        let range = start..<start + counts[segment]
        counts[segment] = 0
        store.parts[segment].segment.withLock { part in
            let before = part.bytes
            found += part.insert(words, range, mask: store.layout.mask, scratch: &scratch)
            bytes += part.bytes - before
        }
    }

    /// What was found since the last call.
    mutating func takeCounts() -> (found: Int, bytes: Int) {
        defer { (found, bytes) = (0, 0) }
        return (found, bytes)
    }
}
