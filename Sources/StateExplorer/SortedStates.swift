/// Sorts states in parts, so that the work can end between two of them.
///
/// The parts are ranges of values, bordered by some of the states; sorted one by one and put behind
/// each other they are all states in order.
struct SortedStates<Word: StateWord> {
    /// As many states as a part has, more or less: every how manyth is a border.
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

    /// All states, ascending; nil where `goesOn` says so.
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
