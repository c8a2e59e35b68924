import Testing

/// What `savic-eoi merge` does not take, and what it says then.
@Suite("merge: what does not belong together")
struct MergeRefusalTests {
    struct Difference: Sendable, CustomTestStringConvertible {
        var name: String
        /// In the text of a report, and what stands there in that of another campaign.
        var old: String
        var new: String
        /// Where both have it, `line:column`.
        var place: String
        var testDescription: String { name }

        init(_ name: String, _ old: String, _ new: String, at place: String) {
            self.name = name
            self.old = old
            self.new = new
            self.place = place
        }
    }

    static let differences = [
        Difference("tool.version", "0.1.0", "0.2.0", at: "3:23"),
        Difference("seed", "\"seed\": 7", "\"seed\": 8", at: "5:11"),
        Difference("backend", "emulator", "model", at: "6:14"),
        Difference("irqchip", "split", "kernel", at: "7:14"),
        Difference("design", "rfc-v2", "rfc-v1", at: "8:13"),
        Difference("steps", "\"steps\": 24", "\"steps\": 25", at: "9:12"),
        Difference("runs", "\"runs\": 10", "\"runs\": 11", at: "10:11"),
        Difference("hostile", "\"hostile\": false", "\"hostile\": true", at: "11:14"),
        Difference("routes", "\"routes\": false", "\"routes\": true", at: "12:13"),
        Difference("strict", "\"strict\": false", "\"strict\": true", at: "13:13"),
        Difference("shard.count", "\"count\": 3", "\"count\": 4", at: "14:35"),
    ]

    /// The value in a piece of JSON.
    private static func value(_ text: String) -> String {
        let last = text.split(separator: ":").last ?? ""
        return last.filter { $0 != "\"" }.drop { $0 == " " }.description
    }

    @Test(
        "Reports of different campaigns: both files, the setting, both values",
        arguments: differences)
    func different(_ difference: Difference) throws {
        let folder = try Folder()
        let one = try folder.write(SampleReport(shard: 1).text, to: "one.json")
        let text = SampleReport(shard: 2, performed: 2).text
        let other = try folder.write(
            text.replacing(difference.old, with: difference.new), to: "other.json")
        let (old, new) = (Self.value(difference.old), Self.value(difference.new))
        for (files, values) in [([one, other], (new, old)), ([other, one], (old, new))] {
            let ending = program(["merge", "--json"] + files)
            #expect(ending.status == 65 && ending.out.isEmpty)
            #expect(
                ending.err == "savic-eoi: \(files[1]):\(difference.place): \(difference.name) is "
                    + "\(values.0), but \(values.1) in \(files[0]):\(difference.place); expected "
                    + "shards of one campaign\n")
        }
    }

    @Test("What only one report says is a difference; what neither says is none")
    func notSaid() throws {
        let folder = try Folder()
        let silent = try (1...3).map { SampleReport(shard: $0) }.written(to: folder)
        let ending = program(["merge", "--json"] + silent)
        #expect(ending.status == 0)
        #expect(try JSONDocument(ending.out)["simulatedBy"] == nil)
        let text = SampleReport(shard: 3).text.replacing(
            "\"emulator\",", with: "\"emulator\", \"simulatedBy\": \"lab\",")
        let refused = program("merge", silent[0], try folder.write(text, to: "other.json"))
        #expect(refused.status == 65)
        #expect(refused.err.contains("simulatedBy is lab, but nobody in \(silent[0]):1:1"))
    }

    @Test("Another commit is another campaign, and so is one that nobody recorded")
    func commits() throws {
        func file(_ shard: Int, _ commit: String) throws -> String {
            let text = SampleReport(shard: shard).text.replacing(
                "\"0.1.0\"", with: "\"0.1.0\"\(commit)")
            return try folder.write(text, to: "\(commit.count)-\(shard).json")
        }
        let folder = try Folder()
        let one = try file(1, ", \"commit\": \"0123456\"")
        let other = try file(2, ", \"commit\": \"0123456-dirty\"")
        let refused = program("merge", one, other)
        #expect(refused.status == 65)
        #expect(
            refused.err.contains(
                "\(other):3:42: tool.commit is 0123456-dirty, but 0123456 in \(one):3:42;"))
        let silent = try file(2, "")
        let unknown = program("merge", one, silent)
        #expect(unknown.status == 65)
        #expect(unknown.err.contains("\(silent):1:1: tool.commit is not recorded, but 0123456 in"))
        let same = program("merge", "--json", one, try file(2, ", \"commit\": \"0123456\""))
        #expect(try JSONDocument(same.out)["tool"]?["commit"]?.value as? String == "0123456")
    }

    @Test("A shard that is there twice, in one file or in two")
    func twice() throws {
        let folder = try Folder()
        let files = try [
            SampleReport(shard: 1), SampleReport(shard: 2), SampleReport(shard: 1),
        ].written(to: folder)
        let ending = program(["merge"] + files)
        #expect(ending.status == 65 && ending.out.isEmpty)
        #expect(
            ending.err.contains(
                "\(files[2]):14:23: shard 1/3 again, which is in \(files[0]):14:23 already"))
        #expect(program("merge", files[0], files[0]).status == 65)
    }

    @Test("A report that is merged already")
    func merged() throws {
        let folder = try Folder()
        let files = try [SampleReport(shard: 1), SampleReport(shard: 2)].written(to: folder)
        let merged = try folder.write(program(["merge", "--json"] + files).out, to: "merged.json")
        let ending = program("merge", merged)
        #expect(ending.status == 65)
        #expect(ending.err.contains("\(merged):16:13: this is merged already"))
    }

    @Test(
        "A bad file is 65 with its place, whatever else is given",
        arguments: [
            ("", "1:1: the file is empty; expected what fuzz --json prints"),
            ("savic-eoi 0.1.0\n", "1:1: expected “{”"),
            (SampleReport().text + "{}", "22:1: expected nothing behind"),
            (
                SampleReport().text.replacing("\"seed\": 7", with: "\"seed\": \"seven\""),
                "5:11: expected a seed"
            ),
            (String(repeating: " ", count: 1_000_001), "1:1: the file has more than 1000000 bytes"),
        ])
    func bad(_ text: String, _ message: String) throws {
        let folder = try Folder()
        let good = try folder.write(SampleReport(shard: 2).text, to: "good.json")
        let path = try folder.write(text, to: "bad.json")
        for files in [[path], [good, path], [path, good]] {
            let ending = program(["merge"] + files)
            #expect(ending.status == 65 && ending.out.isEmpty)
            #expect(ending.err.hasPrefix("savic-eoi: \(path):\(message)"), "\(ending.err)")
        }
    }

    @Test("No such file is 66, and no file at all 64")
    func absent() throws {
        let folder = try Folder()
        let good = try folder.write(SampleReport(shard: 2).text)
        let ending = program("merge", good, folder.path("none.json"))
        #expect(ending.status == 66 && ending.out.isEmpty)
        #expect(ending.err == "savic-eoi: \(folder.path("none.json")): no such file\n")
        #expect(program("merge").status == 64)
    }

    @Test("Nothing in a stranger's report moves the terminal's cursor")
    func printable() throws {
        let folder = try Folder()
        let escape = "\\u001b[2J"
        let report = SampleReport(
            findings: [.init(run: 0, field: "a\(escape)b")], failures: ["x\(escape)": 1])
        let text = report.text.replacing("summary: a line", with: "summary: \(escape)")
            .replacing("savic-eoi 0.1.0", with: "savic\(escape)")
        let bad = program("merge", try folder.write(text))
        // The scenario's own reader takes no raw control characters.
        #expect(bad.status == 65 && !bad.err.contains("\u{1B}"))
        let quoted = text.replacing(
            "summary: \(escape)", with: "summary: \\\"\\\\u001b[2J\\\"")
        let ending = program("merge", try folder.write(quoted))
        #expect(ending.status == 1 && ending.out.contains("STATE in a␛[2Jb"))
        #expect(!ending.out.contains("\u{1B}"))
    }
}
