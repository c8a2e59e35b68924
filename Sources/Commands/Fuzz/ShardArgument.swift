internal import ArgumentParser
internal import Campaigns

/// `--shard i/n`.
extension Shard: ExpressibleByArgument {
    public init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]) else {
            return nil
        }
        self.init(number: number, count: count)
    }

    public var defaultValueDescription: String { description }
}
