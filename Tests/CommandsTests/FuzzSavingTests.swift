import Foundation
import Subprocess
import Testing

@testable import Commands

/// What `fuzz` and `merge` find they tell, whatever becomes of the files (command-line §7).
@Suite("fuzz and merge: reproducers")
struct FuzzSavingTests {
    private static let campaign = [
        "fuzz", "--backend", "model", "--irqchip", "kernel", "--seed", "5", "--runs", "50",
        "--strict", "--max-findings", "2",
    ]

    /// Reproducers of a report, by the names in it.
    private func names(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            line.hasPrefix("  | name: ") ? String(line.dropFirst("  | name: ".count)) : nil
        }
    }

    @Test(
        "The command that runs a reproducer again is one that a shell takes",
        arguments: ["found", "my dir;id", "it's", "-b", "catalogue"])
    func again(name: String) async throws {
        let folder = try Folder()
        // The path that is printed is the one that was given, so this is about relative ones too.
        let result = program(Self.campaign + ["--save", folder.path(name)])
        #expect(result.status == 1 && result.err.isEmpty)
        let lines = result.outLines.filter { $0.hasPrefix("  again: ") }
        #expect(lines.count == 2)
        for (line, found) in zip(lines, names(result.out)) {
            let command = String(line.dropFirst("  again: ".count))
            let ending = try await Binary.shell("PATH=\"${0%/*}:$PATH\"; \(command)")
            #expect(ending.status == .exited(1), "\(command)")
            #expect(ending.out.contains("INVARIANT") && ending.out.contains(found))
        }
    }

    @Test("A folder whose name looks like something else is a folder")
    func relative() async throws {
        let folder = try Folder()
        for name in ["-b", "catalogue"] {
            let words = Self.campaign.joined(separator: " ")
            let script =
                "PATH=\"$(cd \"${0%/*}\" && pwd):$PATH\"; cd '\(folder.path)'; "
                + "eval \"$(savic-eoi \(words) --save=\(name) "
                + "| sed -n 's/^  again: //p' | head -n 1)\""
            let ending = try await Binary.shell(script)
            #expect(ending.out.contains("INVARIANT") && ending.err.isEmpty, "\(ending)")
        }
    }

    @Test("What cannot be saved is told all the same, and costs no other finding")
    func unsaved() throws {
        let folder = try Folder()
        let file = try folder.write("a file\n", to: "no-folder")
        let told = program(Self.campaign)
        let result = program(Self.campaign + ["--save", file])
        #expect(result.status == 73)
        #expect(result.out == told.out && names(result.out).count == 2)
        #expect(result.err.split(separator: "\n").count == 2)
        #expect(result.err.contains("savic-eoi: cannot create \(file)"))
        let json = program(Self.campaign + ["--json", "--save", file])
        #expect(json.status == 73 && json.err == result.err)
        #expect(try JSONDocument(json.out)["findings"]?.list.count == 2)
    }

    @Test("What exists is not replaced, and told all the same")
    func existing() throws {
        let folder = try Folder()
        let save = ["--save", folder.path("found")]
        let first = program(Self.campaign + save)
        let name = try #require(names(first.out).first)
        let other = try #require(names(first.out).last)
        _ = try folder.write("mine\n", to: "found/\(name).yaml")
        try FileManager.default.removeItem(atPath: folder.path("found/\(other).yaml"))
        let second = program(Self.campaign + save)
        #expect(second.status == 73)
        #expect(second.err.contains("\(name).yaml: it exists; --overwrite replaces it"))
        #expect(names(second.out) == names(first.out))
        #expect(try folder.read("found/\(name).yaml") == "mine\n")
        // The finding behind it is saved.
        #expect(folder.contains("found/\(other).yaml"))
        #expect(program(Self.campaign + save + ["--overwrite"]).status == 1)
        #expect(try folder.read("found/\(name).yaml").contains("name: \(name)\n"))
    }

    @Test("merge tells everything before it is saved")
    func merge() throws {
        let folder = try Folder()
        let file = try folder.write("a file\n", to: "no-folder")
        let report = try folder.write(program(Self.campaign + ["--json"]).out, to: "1.json")
        for flags in [[], ["--json"]] {
            let told = program(["merge", report] + flags)
            let result = program(["merge", report, "--save", file] + flags)
            #expect(told.status == 1 && result.status == 73)
            #expect(result.out == told.out && !result.out.isEmpty)
        }
    }

    @Test("merge tells what happened in the steps as fuzz does")
    func mergedCourse() throws {
        let folder = try Folder()
        let told = program(Self.campaign)
        let report = try folder.write(program(Self.campaign + ["--json"]).out, to: "1.json")
        let merged = program("merge", report)
        func findings(_ text: String) -> Substring {
            text[(text.range(of: "\nINVARIANT")?.lowerBound ?? text.endIndex)...]
        }
        #expect(findings(told.out).hasPrefix("\nINVARIANT"))
        // What merge says besides is that the campaign ended at its findings.
        #expect(findings(merged.out).hasPrefix(findings(told.out)))
        let json = try JSONDocument(program("merge", "--json", report).out)
        let alone = try JSONDocument(folder.read("1.json"))
        let (one, other) = (json["findings"]?.list ?? [], alone["findings"]?.list ?? [])
        #expect(one.count == 2 && other.count == 2)
        for (merged, fuzzed) in zip(one, other) {
            #expect(merged["mismatch"]?["history"]?.list.isEmpty == false)
            #expect(
                NSDictionary(dictionary: merged["mismatch"]?.value as? [String: Any] ?? [:])
                    == NSDictionary(
                        dictionary: fuzzed["mismatch"]?.value as? [String: Any] ?? [:]))
        }
    }
}
