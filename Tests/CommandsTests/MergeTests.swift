import Commands
import Foundation
import Testing

/// `savic-eoi merge`: the shards of a campaign as one result.
@Suite("merge")
struct MergeTests {
    /// Runs every shard of a campaign on the model.
    /// - Returns: the paths of their reports.
    private func campaign(_ count: Int, _ more: [String], in folder: Folder) throws -> [String] {
        try (1...count).map { number in
            let report = program(
                ["fuzz", "--backend", "model", "--seed", "5", "--runs", "50", "--json"] + more
                    + ["--shard", "\(number)/\(count)"])
            return try folder.write(report.out, to: "\(count)-\(number).json")
        }
    }

    /// The members of a report as text, without those of which a test speaks by itself.
    private func members(_ text: String, without names: String...) throws -> [String: String] {
        let value = try JSONDocument(text).value as? [String: Any] ?? [:]
        return try value.filter { !names.contains($0.key) }.mapValues {
            let data = try JSONSerialization.data(
                withJSONObject: $0, options: [.sortedKeys, .fragmentsAllowed])
            return String(decoding: data, as: UTF8.self)
        }
    }

    private static func orders<Element>(_ list: [Element]) -> [[Element]] {
        guard list.count > 1 else { return [list] }
        return list.indices.flatMap { index -> [[Element]] in
            var rest = list
            let first = rest.remove(at: index)
            return orders(rest).map { [first] + $0 }
        }
    }

    // MARK: - What comes of it

    @Test("Merged shards are what one process reports", arguments: [1, 2, 3, 7])
    func isTheWhole(count: Int) throws {
        let folder = try Folder()
        for more in [[], ["--hostile", "--routes"]] {
            let whole = try campaign(1, more, in: folder)
            let merged = program(["merge", "--json"] + (try campaign(count, more, in: folder)))
            #expect(merged.status == 0 && merged.err.isEmpty)
            let expected = try String(contentsOfFile: whole[0], encoding: .utf8)
            #expect(try members(merged.out, without: "merged") == members(expected))
        }
    }

    @Test("Merged findings are those of one process, and so are all counters")
    func hasTheFindings() throws {
        let folder = try Folder()
        let whole = try campaign(1, ["--strict", "--hostile"], in: folder)
        let parts = try campaign(4, ["--strict", "--hostile"], in: folder)
        let merged = program(["merge", "--json"] + parts)
        #expect(merged.status == 1)
        let expected = try String(contentsOfFile: whole[0], encoding: .utf8)
        #expect(
            try members(merged.out, without: "merged", "findings")
                == members(expected, without: "findings"))
        func fingerprints(_ text: String) throws -> [String] {
            let findings = try JSONDocument(text)["findings"]?.list ?? []
            return findings.map { "\($0["code"]?.string ?? "") \($0["field"]?.string ?? "")" }
        }
        let found = try fingerprints(merged.out)
        #expect(found.count > 2 && Set(found).count == found.count)
        #expect(try found.sorted() == fingerprints(expected).sorted())
    }

    @Test("The result does not depend on the order of the files")
    func hasNoOrder() throws {
        let folder = try Folder()
        let files = try campaign(4, ["--strict", "--hostile"], in: folder)
        for flags in [[], ["--json"]] {
            let results = Set(Self.orders(files).map { program(["merge"] + flags + $0).out })
            #expect(results.count == 1)
        }
    }

    @Test("The shortest reproducer is kept, and of two as short that of the earlier run")
    func keepsTheShortest() throws {
        let folder = try Folder()
        let long = ["assert 2", "run", "eoi"]
        let files = try [
            SampleReport(
                shard: 1, findings: [.init(run: 0, steps: long), .init(run: 9, field: "ISR")]),
            SampleReport(shard: 2, findings: [.init(run: 7), .init(run: 4, code: "ACK")]),
            SampleReport(
                shard: 3, findings: [.init(run: 2), .init(run: 5, field: "ISR", steps: long)],
                duplicates: 1),
        ].written(to: folder)
        for order in Self.orders(files) {
            let document = try JSONDocument(program(["merge", "--json"] + order).out)
            let findings = document["findings"]?.list ?? []
            #expect(findings.compactMap { $0["run"]?.integer } == [2, 4, 9])
            #expect(findings.compactMap { $0["code"]?.string } == ["STATE", "ACK", "STATE"])
            // One of its own, and three that were known by another shard.
            #expect(document["duplicates"]?.integer == 4)
        }
    }

    @Test("Facts of different hosts are all there")
    func hosts() throws {
        let folder = try Folder()
        let files = try [
            SampleReport(shard: 2, host: "6.19.0"), SampleReport(shard: 1, host: "6.1.0"),
            SampleReport(shard: 3, host: "6.19.0"),
        ].written(to: folder)
        let host = try JSONDocument(program(["merge", "--json"] + files).out)["host"]
        #expect(host?["kernel"]?.string == "6.1.0; 6.19.0" && host?["cpu"]?.string == "one")
    }

    // MARK: - Reproducers

    @Test("Reproducers are saved as fuzz saves them, and none is replaced unasked")
    func saves() throws {
        let folder = try Folder()
        let files = try campaign(2, ["--strict", "--hostile"], in: folder)
        let save = ["--save", folder.path("found")]
        let merged = program(["merge"] + files + save)
        #expect(merged.status == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("found"))
        #expect(names.count > 2)
        let again = program(["run"] + names.map { folder.path("found/\($0)") })
        #expect(again.status == 1 && again.out.contains("\n0 pass, \(names.count) fail"))
        let second = program(["merge"] + files + save)
        #expect(second.status == 73 && second.err.contains("it exists; --overwrite replaces it"))
        #expect(program(["merge"] + files + save + ["--overwrite"]).status == 1)
    }
}
