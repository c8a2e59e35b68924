/// Sorts states part by part, so that the work can end between two parts.
///
/// A part has the states of a range of values. Some of the states are the borders between ranges.
/// Sorted one by one and put behind each other, the parts are all states in order.
struct SortedStates<Word: StateWord> {
    /// About as many states as a part has: one state of so many is taken for a border.
    static var partSize: Int { 16_384 }

    /// The least value of each part but the first.
    private let borders: [Word]
    private var parts: [[Word]]

    /// - Parameter borders: in any order.
    init(borders: [Word]) {
        self.borders = borders.sorted()
        parts = Array(repeating: [], count: borders.count + 1)
    }

    mutating func add(_ state: Word) { parts[borders.firstIndex(above: state)].append(state) }

    /// All states, ascending; nil where `goesOn` ends the work.
    consuming func sorted(while goesOn: () -> Bool) -> [Word]? {
        var result: [Word] = []
        result.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts.indices {
            guard goesOn() else { return nil }
            result += parts[part].sorted()
            parts[part] = []
        }
        return result
    }
}

extension Array where Element: Comparable {
    /// The first index of an ascending array whose element is above a value, or the end.
    func firstIndex(above value: Element) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
