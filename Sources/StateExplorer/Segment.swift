/// A part of the families found, with those of their members that were found at each depth.
///
/// The families stand in a table with linear probing. It grows by half, between a half and three
/// quarters full.
struct Segment<Word: StateWord>: Sendable {
    /// A place of the table; free where nothing is found.
    private struct Place: Sendable, BitwiseCopyable {
        var family = Word.zero
        var found: UInt64 = 0
        /// Where in `visits` the family's newest members stand. Below `newest` it is from an
        /// earlier depth. Of an index that 32 bits do not hold it is another family's place; then
        /// the members are appended anew.
        var visit: UInt32 = 0
    }

    private var places: [Place] = []
    private var familyCount = 0

    /// The members that were found at each depth, one depth behind the other, and at the end
    /// those that are being found.
    private var visits: [Family<Word>] = []
    /// Visits that memory is asked for.
    private var room = 0
    /// For each depth that any were found at, where these begin.
    private var marks: [(depth: Int, start: Int)] = []
    /// Where those that are being found begin.
    private var newest = 0

    /// Bytes of memory asked for; how much more the allocator takes is its secret, and may differ
    /// from run to run.
    var bytes: Int {
        places.count * MemoryLayout<Place>.stride + room * MemoryLayout<Family<Word>>.stride
            + marks.count * MemoryLayout<(depth: Int, start: Int)>.stride
    }

    /// What was found is all that there is of this depth.
    mutating func close(_ depth: Int) {
        guard newest < visits.count else { return }
        marks.append((depth, newest))
        newest = visits.count
    }

    /// What was found at all depths; a family that was found at several stands there for each.
    var families: [Family<Word>] { visits }

    /// What was found at a depth, in the order in which it was.
    func families(ofDepth depth: Int) -> ArraySlice<Family<Word>> {
        var (mark, end) = (marks.count, newest)
        // Most often it is the last.
        while mark > 0, marks[mark - 1].depth > depth {
            mark -= 1
            end = marks[mark].start
        }
        guard mark > 0, marks[mark - 1].depth == depth else { return [] }
        mark -= 1
        return visits[marks[mark].start..<end]
    }

    /// - Returns: whether there was a state to lose (`ExplorerDefect.losesState`).
    mutating func loseState(ofDepth depth: Int) -> Bool {
        // The greatest, because the order in which threads append differs.
        let last = families(ofDepth: depth).indices.max { visits[$0].word < visits[$1].word }
        guard let last else { return false }
        visits[last].members &= visits[last].members - 1
        return true
    }

    /// The place where the search for a family begins: the mixed word's lower half as a fraction
    /// of whatever number of places, so that it need not be a power of two, and growing goes
    /// through the memory in order.
    @inline(__always)
    private func home(_ family: Word) -> Int {
        let scaled = (family.mixed & 0xFFFF_FFFF) &* UInt64(truncatingIfNeeded: places.count)
        return Int(truncatingIfNeeded: scaled >> 32)
    }

    /// Takes candidates.
    ///
    /// First it sorts out those that hold nothing new, which are most, where their family stands
    /// at its home. It does so without a branch on what it reads, so that cache misses do not wait
    /// for each other.
    /// - Parameter open: as many places as candidates, for those that are left.
    /// - Returns: how many states were new.
    mutating func insert(
        _ families: [Family<Word>], _ range: Range<Int>, _ open: inout [Int]
    ) -> Int {
        if places.isEmpty { grow() }
        var count = 0
        for index in range {
            let family = families[index]
            let place = home(family.word)
            let known = places[place].family == family.word ? places[place].found : 0
            open[count] = index
            count &+= family.members & ~known == 0 ? 0 : 1
        }
        var new = 0
        for place in 0..<count { new &+= insert(families[open[place]]) }
        return new
    }

    /// Takes the members of a family, wherever it stands.
    /// - Returns: how many were new.
    @inline(__always)
    private mutating func insert(_ family: Family<Word>) -> Int {
        var place = home(family.word)
        while places[place].found != 0 {
            if places[place].family == family.word {
                let new = family.members & ~places[place].found
                return new == 0 ? 0 : add(Family(word: family.word, members: new), at: place)
            }
            place = place &+ 1 == places.count ? 0 : place &+ 1
        }
        places[place].family = family.word
        familyCount += 1
        let count = add(family, at: place)
        if familyCount * 4 > places.count * 3 { grow() }
        return count
    }

    @inline(never)
    private mutating func add(_ new: Family<Word>, at place: Int) -> Int {
        places[place].found |= new.members
        let visit = Int(places[place].visit)
        if visit >= newest, visit < visits.count, visits[visit].word == new.word {
            visits[visit].members |= new.members
        } else {
            places[place].visit = UInt32(truncatingIfNeeded: visits.count)
            if visits.count == room {
                room += max(16, room / 4)
                visits.reserveCapacity(room)
            }
            visits.append(new)
        }
        return new.members.nonzeroBitCount
    }

    private mutating func grow() {
        let old = places
        places = Array(repeating: Place(), count: max(8, old.count + old.count / 2))
        for each in old where each.found != 0 {
            var place = home(each.family)
            while places[place].found != 0 {
                place = place + 1 == places.count ? 0 : place + 1
            }
            places[place] = each
        }
    }
}
