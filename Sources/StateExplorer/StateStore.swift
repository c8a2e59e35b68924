internal import Synchronization

/// All states found, in segments that threads lock one at a time.
struct StateStore<Word: StateWord>: Sendable {
    /// As many whatever the number of threads.
    static var segmentCount: Int { 256 }

    /// A segment and its lock.
    final class Part: Sendable {
        let segment = Mutex(Segment<Word>())
    }

    let parts: [Part]
    let layout: WordLayout<Word>
    private let start: Word

    init(_ system: TransitionSystem<Word>, _ defect: ExplorerDefect? = nil) {
        start = system.start
        layout = WordLayout(system, defect)
        parts = (0..<Self.segmentCount).map { _ in Part() }
    }

    /// The segment of a state: by its upper half, so that most successors of a state stand in the
    /// segment of the state itself, which is in the cache and locked by nobody else.
    @inline(__always)
    func segment(of state: Word) -> Int {
        Int(truncatingIfNeeded: state.shiftedDown(layout.stateBits / 2).mixed >> 56)
    }

    func insertStart() {
        parts[segment(of: start)].segment.withLock { segment in
            var scratch = Scratch<Word>()
            _ = segment.insert([start], 0..<1, mask: layout.mask, scratch: &scratch)
        }
        advance()
    }

    /// The depth that was found is expanded from now on.
    func advance() {
        for part in parts { part.segment.withLock { $0.advance() } }
    }

    /// Some state of the depth that is expanded now is not (`ExplorerDefect.losesState`).
    func loseState() {
        _ = parts.first { part in part.segment.withLock { $0.loseState() } }
    }

    /// Bytes of memory asked for.
    var bytes: Int { parts.reduce(0) { sum, part in sum + part.segment.withLock { $0.bytes } } }

    /// The stored word of a state, with its tag.
    func word(of state: Word) -> Word? {
        parts[segment(of: state)].segment.withLock {
            $0.word(of: state, mask: layout.mask)
        }
    }

    /// All states with their tags.
    var words: [Word] { parts.flatMap { part in part.segment.withLock { $0.allWords } } }

    /// The states of a depth that begin so.
    func states(ofDepth depth: Int, beginning: UInt64) -> [Word] {
        // A free place is 0; the start may be, too.
        if depth == 0 { return [start] }
        let low = layout.tag(from: .zero, depth: depth)
        let high = layout.tag(from: .zero, depth: depth + 1)
        var found: [Word] = []
        for part in parts {
            part.segment.withLock { segment in
                for word in segment.words(from: low, below: high) {
                    let state = layout.state(word)
                    if layout.beginning(of: state) == beginning { found.append(state) }
                }
            }
        }
        return found
    }
}
