import Scenarios
import Testing

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

    @Test("There is no part 0, none above the count, and no count above a million")
    func bounds() {
        #expect(Shard(number: 0, count: 1) == nil && Shard(number: 2, count: 1) == nil)
        #expect(Shard(number: 1, count: 0) == nil && Shard(number: 1, count: 1_000_001) == nil)
        #expect(Shard(number: .max, count: .max) == nil && Shard(number: 1, count: 1) == .whole)
    }
}
