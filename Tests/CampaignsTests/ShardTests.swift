import Testing

@testable import Campaigns

@Suite("Shards of a campaign")
struct ShardTests {
    @Test("Each run belongs to exactly one, and each knows how many it has")
    func parts() {
        for count in 1...7 {
            for runs in [1, 5, 100] {
                let shards = (1...count).compactMap { Shard(number: $0, count: count) }
                let all = shards.flatMap { $0.runs(of: runs) }
                #expect(all.sorted() == Array(0..<UInt64(runs)))
                for shard in shards {
                    #expect(shard.runs(of: runs).count == shard.share(of: runs))
                    #expect(shard.runs(of: runs).allSatisfy(shard.owns))
                }
            }
        }
    }

    @Test("A part of any number of runs is there at once, and none of it is kept (command-line §9)")
    func isLazy() throws {
        for count in [1, 3, 1_000_000] {
            let shard = try #require(Shard(number: count, count: count))
            let runs = shard.runs(of: .max)
            #expect(runs.count == shard.share(of: .max))
            let (first, step) = (UInt64(count - 1), UInt64(count))
            #expect(Array(runs.prefix(2)) == [first, first + step])
            // The last one is there too, and does not overflow.
            let last = try #require(runs.dropFirst(runs.count - 1).first)
            #expect(last < UInt64(Int.max) && last + step >= UInt64(Int.max) && shard.owns(last))
        }
    }

    @Test("There is no part 0, none above the count, and no count above a million")
    func bounds() {
        #expect(Shard(number: 0, count: 1) == nil && Shard(number: 2, count: 1) == nil)
        #expect(Shard(number: 1, count: 0) == nil && Shard(number: 1, count: 1_000_001) == nil)
        #expect(Shard(number: .max, count: .max) == nil && Shard(number: 1, count: 1) == .whole)
    }
}
