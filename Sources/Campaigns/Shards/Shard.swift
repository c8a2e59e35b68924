/// One of several equal parts of a campaign: `2/8` is the second of eight. Run number r belongs to
/// part r mod n, so the partition is the same whoever runs it.
package struct Shard: Sendable, Hashable {
    /// From 1.
    package let number: Int
    package let count: Int

    /// How many parts there can be.
    package static let counts = 1...1_000_000
    package static let whole = Shard(checked: 1, of: 1)

    /// - Returns: nil where there is no such part.
    package init?(number: Int, count: Int) {
        guard Self.counts ~= count, 1...count ~= number else { return nil }
        self.init(checked: number, of: count)
    }

    private init(checked number: Int, of count: Int) {
        self.number = number
        self.count = count
    }

    /// The runs of this part among the first `runs`.
    ///
    /// None of them is kept: there can be more than there is memory.
    package func runs(of runs: Int) -> some Collection<UInt64> {
        let (first, step) = (UInt64(number - 1), UInt64(count))
        return (0..<share(of: runs)).lazy.map { first + UInt64($0) * step }
    }

    /// How many those are.
    package func share(of runs: Int) -> Int {
        runs < number ? 0 : (runs - number) / count + 1
    }

    /// Whether a run is of this part.
    package func owns(_ run: UInt64) -> Bool { run % UInt64(count) == UInt64(number - 1) }
}

extension Shard: CustomStringConvertible {
    package var description: String { "\(number)/\(count)" }
}
