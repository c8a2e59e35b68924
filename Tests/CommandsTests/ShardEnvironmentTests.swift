import Testing

@testable import Campaigns
@testable import Commands

/// Schedulers' variables: which part of a campaign they make, and that none is misread.
@Suite("Shards from the environment")
struct ShardEnvironmentTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var rule: String
        var variables: [String: String]
        var shard: String?
        /// Words of the message where it is refused.
        var words: [String] = []
        var testDescription: String { rule }

        init(_ rule: String, _ variables: String, is shard: String?, says words: String...) {
            self.rule = rule
            self.variables = variables.split(separator: " ").reduce(into: [:]) { all, pair in
                let parts = pair.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                all[String(parts[0])] = String(parts[1])
            }
            self.shard = shard
            self.words = words
        }
    }

    /// What Slurm exports to the task with this number of an array.
    private static func slurm(
        _ task: Int, _ min: Int, _ max: Int, by step: Int = 1, count: Int
    ) -> String {
        "SLURM_ARRAY_TASK_ID=\(task) SLURM_ARRAY_TASK_COUNT=\(count) SLURM_ARRAY_TASK_MIN=\(min)"
            + " SLURM_ARRAY_TASK_MAX=\(max) SLURM_ARRAY_TASK_STEP=\(step)"
    }

    static let good = [
        Sample("nothing is set", "HOME=x SLURM_JOB_ID=7", is: nil),
        Sample("an array from 0", slurm(0, 0, 3, count: 4), is: "1/4"),
        Sample("an array from 5", slurm(7, 5, 8, count: 4), is: "3/4"),
        Sample("an array with steps", slurm(7, 1, 7, by: 2, count: 4), is: "4/4"),
        Sample("an array of one", slurm(3, 3, 3, count: 1), is: "1/1"),
        Sample("an early Slurm", "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=2", is: "2/2"),
        Sample(
            "one task of an array, submitted again",
            slurm(3, 3, 3, count: 1) + " SAVIC_EOI_SHARDS=8", is: "4/8"),
        Sample("an indexed Job", "JOB_COMPLETION_INDEX=0 SAVIC_EOI_SHARDS=2", is: "1/2"),
        Sample("one with the Job's own name", "JOB_COMPLETION_INDEX=1 COMPLETIONS=2", is: "2/2"),
        Sample("GNU parallel", "PARALLEL_SEQ=3 SAVIC_EOI_SHARDS=3", is: "3/3"),
    ]

    @Test("Slurm, Kubernetes and GNU parallel say which part it is", arguments: good)
    func isRead(_ sample: Sample) throws {
        let shard = try ShardEnvironment(sample.variables).shard()
        #expect(shard?.description == sample.shard)
    }

    static let bad = [
        Sample(
            "a Job without its count", "JOB_COMPLETION_INDEX=1", is: nil,
            says: "JOB_COMPLETION_INDEX is 1", "expected SAVIC_EOI_SHARDS", "--shard i/n"),
        Sample(
            "GNU parallel without its count", "PARALLEL_SEQ=3", is: nil,
            says: "PARALLEL_SEQ is 3", "of how many parts", "expected SAVIC_EOI_SHARDS"),
        Sample(
            "another's count", "PARALLEL_SEQ=3 COMPLETIONS=4", is: nil,
            says: "expected SAVIC_EOI_SHARDS"),
        Sample(
            "an array without its count", "SLURM_ARRAY_TASK_ID=1", is: nil,
            says: "SLURM_ARRAY_TASK_ID is 1", "expected SAVIC_EOI_SHARDS"),
        Sample(
            "a count without an index", "SAVIC_EOI_SHARDS=8", is: nil,
            says: "nothing says which part", "SLURM_ARRAY_TASK_ID", "or PARALLEL_SEQ"),
        Sample(
            "an index of which there is none", "JOB_COMPLETION_INDEX=2 COMPLETIONS=2", is: nil,
            says: "which is part 3", "COMPLETIONS is 2", "from 1 to 2"),
        Sample(
            "a job that is none", "PARALLEL_SEQ=0 SAVIC_EOI_SHARDS=2", is: nil, says: "part 0"),
        Sample(
            "a count of none", "PARALLEL_SEQ=1 SAVIC_EOI_SHARDS=0", is: nil,
            says: "SAVIC_EOI_SHARDS is 0"),
        Sample(
            "more tasks than parts", slurm(8, 0, 9, count: 10) + " SAVIC_EOI_SHARDS=8", is: nil,
            says: "which is part 9", "SAVIC_EOI_SHARDS is 8"),
        Sample(
            "an array with gaps", slurm(3, 0, 4, count: 4), is: nil, says: "without gaps", "0-3"),
        Sample("a task of no array", slurm(9, 0, 3, count: 4), is: nil, says: "from 0 to 3"),
        Sample("a task before its array", slurm(1, 2, 3, count: 2), is: nil, says: "from 2 to 3"),
        Sample("a task between steps", slurm(2, 1, 3, by: 2, count: 2), is: nil, says: "by 2"),
        Sample("no task at all", slurm(4_294_967_294, 0, 3, count: 4), is: nil, says: "0…2147"),
        Sample(
            "as large as numbers get",
            slurm(1, 0, 3, by: Int(Int32.max), count: Int(Int32.max)), is: nil,
            says: "without gaps"),
        Sample("an index that is empty", "PARALLEL_SEQ= SAVIC_EOI_SHARDS=2", is: nil, says: "“”"),
        Sample("an index in words", "PARALLEL_SEQ=one SAVIC_EOI_SHARDS=2", is: nil, says: "“one”"),
        Sample(
            "numbers that no sum holds",
            "SLURM_ARRAY_TASK_ID=9223372036854775807 SLURM_ARRAY_TASK_COUNT=9223372036854775807",
            is: nil, says: "expected a number"),
        Sample(
            "a count below none", "PARALLEL_SEQ=1 SAVIC_EOI_SHARDS=-9223372036854775808", is: nil,
            says: "expected a number"),
        Sample(
            "two schedulers", "PARALLEL_SEQ=1 SLURM_ARRAY_TASK_ID=1 SAVIC_EOI_SHARDS=2", is: nil,
            says: "both SLURM_ARRAY_TASK_ID and PARALLEL_SEQ", "--shard i/n"),
    ]

    @Test("What is there but of no use is a usage error, and no whole campaign", arguments: bad)
    func isRefused(_ sample: Sample) {
        let arguments = ["fuzz", "--backend", "model", "--seed", "1", "--runs", "10"]
        let surroundings = Surroundings(environment: sample.variables)
        let ending = program(arguments, in: surroundings)
        #expect(ending.status == 64)
        #expect(ending.out.isEmpty)
        for word in sample.words { #expect(ending.err.contains(word), "\(ending.err)") }
        // The word of whoever starts it goes over it all.
        let told = program(arguments + ["--shard", "1/2"], in: surroundings)
        #expect(told.status == 0 && told.out.contains("shard 1/2\n"))
    }

    @Test("A part that the environment gives is the one that is performed")
    func isPerformed() {
        let ending = program(
            "fuzz", "--backend", "model", "--seed", "1", "--runs", "10",
            in: Surroundings(environment: ["PARALLEL_SEQ": "2", "SAVIC_EOI_SHARDS": "3"]))
        #expect(ending.status == 0)
        #expect(ending.out.contains("shard 2/3\n") && ending.out.contains("\n3 runs, "))
    }

    @Test("A part of a campaign is one of a seed that all parts know")
    func needsSeed() {
        for arguments in [["--shard", "2/3"], []] {
            let ending = program(
                ["fuzz", "--backend", "model", "--runs", "10"] + arguments,
                in: Surroundings(environment: ["PARALLEL_SEQ": "2", "SAVIC_EOI_SHARDS": "3"]))
            #expect(ending.status == 64 && ending.out.isEmpty)
            #expect(ending.err.contains("shard 2/3 has no --seed"))
        }
        let whole = program("fuzz", "--backend", "model", "--runs", "1", "--shard", "1/1")
        #expect(whole.status == 0)
    }
}
