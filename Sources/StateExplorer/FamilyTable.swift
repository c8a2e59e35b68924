/// A hash table of families, and a log of the members that each depth has added to them.
///
/// The table probes linearly. It grows by half when it is three quarters full.
struct FamilyTable<Word: StateWord>: Sendable {
    /// A slot of the table; free where `found` is 0.
    private struct Slot: Sendable, BitwiseCopyable {
        var family = Word.zero
        var found: UInt64 = 0
        /// Index of the family's newest entry in `log`, which is of an earlier depth if it is
        /// below `newest`. A log longer than 32 bits can count makes the index wrong: `add` then
        /// finds another family there, and appends an entry instead of adding to one.
        var entry: UInt32 = 0
    }

    private var slots: [Slot] = []
    private var familyCount = 0

    /// The members that were found at each depth, one depth behind the other, and behind them
    /// those of the depth that is being found.
    private var log: [Family<Word>] = []
    /// Entries of the log that memory has been asked for.
    private var logCapacity = 0
    /// Where in the log the members of each depth begin, for the depths that have any.
    private var depthStarts: [(depth: Int, start: Int)] = []
    /// Where in the log the depth that is being found begins.
    private var newest = 0

    /// Bytes of memory asked for; how much more the allocator takes is its secret, and may differ
    /// from run to run.
    var bytes: Int {
        slots.count * MemoryLayout<Slot>.stride + logCapacity * MemoryLayout<Family<Word>>.stride
            + depthStarts.count * MemoryLayout<(depth: Int, start: Int)>.stride
    }

    /// Everything at this depth has been found.
    mutating func close(_ depth: Int) {
        guard newest < log.count else { return }
        depthStarts.append((depth, newest))
        newest = log.count
    }

    /// What was found, at all depths; a family whose members were found at several is there for
    /// each.
    var families: [Family<Word>] { log }

    /// What was found at a depth, in the order of finding.
    func families(ofDepth depth: Int) -> ArraySlice<Family<Word>> {
        var (index, end) = (depthStarts.count, newest)
        // The depth asked for is most often the last.
        while index > 0, depthStarts[index - 1].depth > depth {
            index -= 1
            end = depthStarts[index].start
        }
        guard index > 0, depthStarts[index - 1].depth == depth else { return [] }
        index -= 1
        return log[depthStarts[index].start..<end]
    }

    /// - Returns: whether there was a state to lose (`ExplorerDefect.losesState`).
    mutating func loseState(ofDepth depth: Int) -> Bool {
        // The greatest, because the order in which threads append differs.
        let last = families(ofDepth: depth).indices.max { log[$0].word < log[$1].word }
        guard let last else { return false }
        log[last].members &= log[last].members - 1
        return true
    }

    /// The slot where probing for a family begins: the lower half of the mixed word, scaled to the
    /// number of slots. So that number need not be a power of two, and `grow` reads and writes
    /// memory in order.
    @inline(__always)
    private func home(_ family: Word) -> Int {
        let scaled = (family.mixed & 0xFFFF_FFFF) &* UInt64(truncatingIfNeeded: slots.count)
        return Int(truncatingIfNeeded: scaled >> 32)
    }

    /// Takes candidates.
    ///
    /// Most candidates hold nothing new, and most families are in their home slot. A first pass
    /// drops those candidates without a branch on what it reads, so that cache misses do not wait
    /// for each other.
    /// - Parameter open: room for an index of each candidate; those that the first pass keeps.
    /// - Returns: how many states were new.
    mutating func insert(
        _ families: [Family<Word>], _ range: Range<Int>, _ open: inout [Int]
    ) -> Int {
        if slots.isEmpty { grow() }
        var count = 0
        for index in range {
            let family = families[index]
            let slot = home(family.word)
            let known = slots[slot].family == family.word ? slots[slot].found : 0
            open[count] = index
            count &+= family.members & ~known == 0 ? 0 : 1
        }
        var new = 0
        for slot in 0..<count { new &+= insert(families[open[slot]]) }
        return new
    }

    /// Takes the members of a family, whichever slot it is in.
    /// - Returns: how many were new.
    @inline(__always)
    private mutating func insert(_ family: Family<Word>) -> Int {
        var slot = home(family.word)
        while slots[slot].found != 0 {
            if slots[slot].family == family.word {
                let new = family.members & ~slots[slot].found
                return new == 0 ? 0 : add(Family(word: family.word, members: new), at: slot)
            }
            slot = slot &+ 1 == slots.count ? 0 : slot &+ 1
        }
        slots[slot].family = family.word
        familyCount += 1
        let count = add(family, at: slot)
        if familyCount * 4 > slots.count * 3 { grow() }
        return count
    }

    @inline(never)
    private mutating func add(_ new: Family<Word>, at slot: Int) -> Int {
        slots[slot].found |= new.members
        let entry = Int(slots[slot].entry)
        if entry >= newest, entry < log.count, log[entry].word == new.word {
            log[entry].members |= new.members
        } else {
            slots[slot].entry = UInt32(truncatingIfNeeded: log.count)
            if log.count == logCapacity {
                logCapacity += max(16, logCapacity / 4)
                log.reserveCapacity(logCapacity)
            }
            log.append(new)
        }
        return new.members.nonzeroBitCount
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: max(8, old.count + old.count / 2))
        for each in old where each.found != 0 {
            var slot = home(each.family)
            while slots[slot].found != 0 {
                slot = slot + 1 == slots.count ? 0 : slot + 1
            }
            slots[slot] = each
        }
    }
}
