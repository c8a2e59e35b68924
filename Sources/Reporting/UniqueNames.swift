/// Gives every result line a name of its own: CI systems collapse equal names and show only the
/// last, or drop all but the first, without a word. A name that comes again, as under `--repeat`,
/// gets its number behind it.
struct UniqueNames {
    private let before: String
    private let after: String
    private var uses: [String: Int] = [:]
    private var given: Set<String> = []

    /// - Parameters:
    ///   - before: what stands between a name and its number.
    ///   - after: what stands behind it.
    init(before: String = " (", after: String = ")") {
        self.before = before
        self.after = after
    }

    mutating func next(_ name: String) -> String {
        var candidate = name
        repeat {
            uses[name, default: 0] += 1
            let use = uses[name, default: 1]
            candidate = use == 1 ? name : name + before + "\(use)" + after
        } while !given.insert(candidate).inserted
        return candidate
    }
}
