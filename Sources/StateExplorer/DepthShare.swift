internal import Synchronization

/// The states of one depth, taken by threads in shares.
final class DepthShare<Word: StateWord>: Sendable {
    /// States that one thread takes at a time.
    static var size: Int { 512 }

    let depth: Int
    /// How many states there are.
    let size: Int
    private let pieces: [(segment: Int, range: Range<Int>)]
    private let next = Atomic(0)

    init(_ store: StateStore<Word>, depth: Int) {
        var pieces: [(segment: Int, range: Range<Int>)] = []
        var size = 0
        for (segment, part) in store.parts.enumerated() {
            let count = part.segment.withLock { $0.current.states.count }
            size += count
            for start in stride(from: 0, to: count, by: Self.size) {
                pieces.append((segment, start..<min(start + Self.size, count)))
            }
        }
        self.depth = depth
        self.size = size
        self.pieces = pieces
    }

    /// Replaces `states` by a share; leaves it empty when there is none left.
    func take(from store: StateStore<Word>, into states: inout [Word]) {
        states.removeAll(keepingCapacity: true)
        while states.count < Self.size {
            let number = next.add(1, ordering: .relaxed).oldValue
            guard number < pieces.count else { return }
            let piece = pieces[number]
            store.parts[piece.segment].segment.withLock { segment in
                states += segment.current.states[piece.range]
            }
        }
    }
}
