import Testing

/// What a merged campaign means to the shell, and what is said of what it lacks.
@Suite("merge: what is missing, and the exit status")
struct MergeStatusTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var rule: String
        var parts: [SampleReport]
        var status: Int32
        /// What the text says; the last of it also goes to stderr where the status is 75.
        var says: [String]
        var testDescription: String { rule }

        init(_ rule: String, _ parts: [SampleReport], is status: Int32, says: String...) {
            self.rule = rule
            self.parts = parts
            self.status = status
            self.says = says
        }
    }

    private static func all(_ change: (inout SampleReport) -> Void) -> [SampleReport] {
        (1...3).map { number in
            var report = SampleReport(shard: number)
            change(&report)
            return report
        }
    }

    private static let skipped = all {
        $0.performed = 1
        $0.steps = 0
        $0.failures = ["skipped: needs /dev/kvm": 1]
    }

    static let samples = [
        Sample("all is there", all { _ in }, is: 0, says: "10 runs, compared 288 steps"),
        Sample(
            "a shard is missing", Array(all { _ in }.prefix(2)), is: 75,
            says: "shards 1–2 of 3 merged", "no report of shard 3 of 3"),
        Sample(
            "shards are missing", [SampleReport(shard: 2)], is: 75,
            says: "shard 2 of 3 merged", "no report of shards 1, 3 of 3"),
        Sample(
            "a shard did not do all",
            [SampleReport(shard: 1), SampleReport(shard: 2, performed: 1), SampleReport(shard: 3)],
            is: 75, says: "shard 2/3 performed 1 of its 3 runs"),
        Sample(
            "a shard was interrupted",
            [
                SampleReport(shard: 1), SampleReport(shard: 2),
                SampleReport(shard: 3, performed: 2, isInterrupted: true),
            ],
            is: 75, says: "interrupted", "shard 3/3 performed 2 of its 3 runs"),
        Sample(
            "findings count for more than what is missing",
            [SampleReport(shard: 1, findings: [.init(run: 3)])], is: 1,
            says: "STATE in IRR, run 3", "no report of shards 2–3 of 3"),
        Sample(
            "runs without a result", all { $0.failures = ["KVM_RUN: EFAULT": 1] }, is: 70,
            says: "3 runs without a result: KVM_RUN: EFAULT"),
        Sample(
            "findings count for more than those",
            all {
                $0.failures = ["KVM_RUN: EFAULT": 1]
                $0.findings = $0.shard == 1 ? [.init(run: 0)] : []
            }, is: 1, says: "3 runs without a result", "1 different finding, 0 runs show them"),
        Sample(
            "nothing could run", skipped, is: 4, says: "3 runs without a result: skipped: needs"),
        Sample(
            "nothing could run where anything was tried", Array(skipped.dropLast()), is: 75,
            says: "no report of shard 3 of 3"),
        Sample(
            "nothing could run on one of the hosts", all { _ in }.dropLast() + [skipped[2]], is: 75,
            says: "1 run without a result: skipped: needs",
            "shard 3/3 performed 1 of its 3 runs"),
        Sample(
            "a backend could not do some of the runs", all { $0.failures = ["skipped: needs": 1] },
            is: 0, says: "3 runs without a result: skipped: needs"),
    ]

    @Test("The worst counts, and what is missing is no pass", arguments: samples)
    func status(_ sample: Sample) throws {
        let folder = try Folder()
        let files = try sample.parts.written(to: folder)
        let ending = program(["merge"] + files)
        #expect(ending.status == sample.status)
        for words in sample.says { #expect(ending.out.contains(words), "\(ending.out)") }
        let json = program(["merge", "--json"] + files)
        #expect(json.status == sample.status)
        // What JSON cannot say to people is said on stderr, in both.
        #expect(json.err == ending.err && ending.err.isEmpty == (sample.status != 75))
        if sample.status == 75 {
            #expect(json.err.hasPrefix("savic-eoi: the campaign is incomplete: "))
            #expect(json.err.contains(sample.says.last ?? ""))
        }
    }

    @Test("JSON names the shards that were there, that are missing and that did not do all")
    func json() throws {
        let folder = try Folder()
        let files = try [
            SampleReport(shard: 3), SampleReport(shard: 1, performed: 2),
        ].written(to: folder)
        let document = try JSONDocument(program(["merge", "--json"] + files).out)
        let shape = Shape.object([
            "schemaVersion": .integer, "tool": Shape.tool, "host": .map(.string), "seed": .integer,
            "shard": .object(["number": .integer, "count": .integer]),
            "merged": .object([
                "count": .integer, "shards": .list(.integer), "missing": .list(.integer),
                "unfinished": .list(.integer), "complete": .bool,
            ]),
            "performed": .integer, "compared": JSONPromiseTests.randomCounts,
            "duplicates": .integer, "failures": .map(.integer), "interrupted": .bool,
        ])
        #expect(shape.problems(document.value).isEmpty)
        let merged = try #require(document["merged"])
        func numbers(_ name: String) -> [Int]? { merged[name]?.list.compactMap(\.integer) }
        #expect(merged["count"]?.integer == 3 && merged["complete"]?.value as? Bool == false)
        #expect(numbers("shards") == [1, 3] && numbers("missing") == [2])
        #expect(numbers("unfinished") == [1])
        #expect(document["performed"]?.integer == 5)
    }
}
