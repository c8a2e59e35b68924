/// Suggestions for mistyped names.
public enum Nearest {
    /// ` – did you mean “level-basic”?`, or nothing when no name is near.
    public static func suggestion(for word: String, among names: some Sequence<String>) -> String {
        guard let name = nearest(to: word, among: names) else { return "" }
        return " – did you mean “\(name)”?"
    }

    /// The name with the smallest edit distance, if that is small against the word's length;
    /// else one that begins with the word.
    public static func nearest(to word: String, among names: some Sequence<String>) -> String? {
        let candidates = names.map { (name: $0, distance: distance(word, $0)) }
        if let best = candidates.min(by: { $0.distance < $1.distance }),
            best.distance <= max(1, word.count / 3)
        {
            return best.name
        }
        return candidates.first { !word.isEmpty && $0.name.hasPrefix(word) }?.name
    }

    /// Levenshtein distance.
    static func distance(_ one: String, _ other: String) -> Int {
        let other = Array(other)
        var previous = Array(0...other.count)
        for (row, letter) in one.enumerated() {
            var current = [row + 1]
            for column in other.indices {
                let replaced = previous[column] + (letter == other[column] ? 0 : 1)
                current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[other.count]
    }
}
