@testable import Commands
import Testing

/// `savic-eoi fuzz`: shards, results, exit status.
@Suite("fuzz")
struct FuzzCommandTests {
    @Test("Shards part the runs: each run belongs to exactly one")
    func shardsPart() {
        for count in 1...7 {
            let parts = (1...count).map { Shard(number: $0, count: count).runs(of: 100) }
            #expect(parts.flatMap(\.self).sorted() == (0..<100).map(UInt64.init))
        }
    }

    @Test("A shard is i/n", arguments: ["1/1", "3/8", "8/8"])
    func good(text: String) { #expect(Shard(argument: text) != nil) }

    @Test("Nothing else is", arguments: ["0/8", "9/8", "1", "1/", "/2", "a/b", "1/2/3", "-1/2"])
    func bad(text: String) { #expect(Shard(argument: text) == nil) }

    @Test("Slurm's and Kubernetes' variables make a shard")
    func environments() {
        let slurm = [
            "SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "4",
            "SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_STEP": "1",
        ]
        #expect(Shard(environment: slurm) == Shard(number: 3, count: 4))
        #expect(
            Shard(environment: ["JOB_COMPLETION_INDEX": "0", "COMPLETIONS": "2"])
                == Shard(number: 1, count: 2))
        #expect(Shard(environment: ["JOB_COMPLETION_INDEX": "2", "COMPLETIONS": "2"]) == nil)
        #expect(Shard(environment: ["JOB_COMPLETION_INDEX": "1"]) == nil)
        #expect(Shard(environment: [:]) == nil)
    }

    @Test("On the model nothing differs, and the JSON says how much was compared")
    func model() throws {
        let result = program(
            "fuzz", "--backend", "model", "--seed", "5", "--runs", "20", "--json")
        #expect(result.status == 0)
        let document = try JSONDocument(result.out)
        #expect(document["schemaVersion"]?.integer == 1)
        #expect(document["seed"]?.string == "5")
        #expect(document["performed"]?.integer == 20)
        #expect(document["compared"]?["steps"]?.integer == 480)
        #expect(document["findings"]?.list.isEmpty == true)
    }

    @Test("A strict campaign finds the RFC's hazards and exits with 1")
    func strict() throws {
        let result = program(
            "fuzz", "--backend", "model", "--seed", "5", "--runs", "50", "--strict")
        #expect(result.status == 1)
        #expect(result.out.contains("INVARIANT in attribution"))
        #expect(result.out.contains("  | steps:"))
    }

    @Test("Bad numbers are usage errors", arguments: [
        ["--steps", "0"], ["--runs", "0"], ["--shard", "2/1"], ["--backend", "auto"],
    ])
    func usage(arguments: [String]) {
        #expect(program(["fuzz"] + arguments).status == 64)
    }
}
