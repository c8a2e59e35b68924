/// Gives every result line a name of its own: CI systems collapse equal names and show only the
/// last, or drop all but the first, without a word (command-line §6). A name
/// that comes again, as under `--repeat`, gets its number behind it.
struct UniqueNames {
    private var uses: [String: Int] = [:]
    private var given: Set<String> = []

    mutating func next(_ name: String) -> String {
        var candidate = name
        repeat {
            uses[name, default: 0] += 1
            let use = uses[name, default: 1]
            candidate = use == 1 ? name : "\(name) (\(use))"
        } while !given.insert(candidate).inserted
        return candidate
    }
}
