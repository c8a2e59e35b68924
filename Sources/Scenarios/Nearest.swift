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
        let letters = Array(word)
        let most = max(1, letters.count / 3)
        // What differs in length by more is further away; a word may be as long as a file.
        let near = names.filter { abs($0.count - letters.count) <= most }
        let candidates = near.map { (name: $0, distance: distance(letters, Array($0))) }
        if let best = candidates.min(by: { $0.distance < $1.distance }), best.distance <= most {
            return best.name
        }
        return names.first { !word.isEmpty && $0.hasPrefix(word) }
    }

    /// Levenshtein distance.
    private static func distance(_ one: [Character], _ other: [Character]) -> Int {
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
