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
    private let start: Word
    /// Where the upper half of a state begins.
    private let half: Int

    init(_ system: TransitionSystem<Word>) {
        start = system.start
        half = system.stateBits / 2
        parts = (0..<Self.segmentCount).map { _ in Part() }
    }

    /// The segment of a family: by its upper half, so that most successors of a state stand in the
    /// segment of the state itself, which is in the cache and seldom locked by another thread.
    @inline(__always)
    func segment(of family: Word) -> Int {
        Int(truncatingIfNeeded: family.shiftedDown(half).mixed >> 56)
    }

    func insertStart() {
        let family = Family(start)
        parts[segment(of: family.word)].segment.withLock { segment in
            var open = [0]
            _ = segment.insert([family], 0..<1, &open)
        }
        close(0)
    }

    /// What was found is all that there is of this depth.
    func close(_ depth: Int) {
        for part in parts { part.segment.withLock { $0.close(depth) } }
    }

    /// Some state of a depth is not expanded (`ExplorerDefect.losesState`).
    func loseState(ofDepth depth: Int) {
        _ = parts.first { part in part.segment.withLock { $0.loseState(ofDepth: depth) } }
    }

    /// Bytes of memory asked for.
    var bytes: Int { parts.reduce(0) { sum, part in sum + part.segment.withLock { $0.bytes } } }

    /// All states of a depth, in no particular order.
    func states(ofDepth depth: Int) -> [Word] {
        var states: [Word] = []
        for part in parts {
            part.segment.withLock { segment in
                for family in segment.families(ofDepth: depth) { states += family.states }
            }
        }
        return states
    }

    /// All states, ascending; nil where `goesOn` ends the work.
    func sorted(while goesOn: () -> Bool) -> [Word]? {
        var borders: [Word] = []
        var count = 0
        for part in parts {
            part.segment.withLock { segment in
                for family in segment.families {
                    // A border for each so many states, wherever they stand.
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
        for part in parts {
            guard goesOn() else { return nil }
            part.segment.withLock { segment in
                for family in segment.families { family.visit { state, _ in states.add(state) } }
            }
        }
        return states.sorted(while: goesOn)
    }
}
