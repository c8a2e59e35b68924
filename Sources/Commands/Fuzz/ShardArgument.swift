internal import ArgumentParser
internal import Campaigns

extension Shard {
    /// The value of `--shard`, `i/n`.
    static func read(_ word: String) throws -> Shard {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1],
            let shard = Shard(number: number, count: count)
        else { throw ValidationError("expected i/n with i from 1 to n, such as 2/4.") }
        return shard
    }
}
