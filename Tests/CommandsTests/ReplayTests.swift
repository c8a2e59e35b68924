import Foundation
import Testing

@testable import Commands

/// What searches save replays as it is (command-line §1, §2).
@Suite("replay")
struct ReplayTests {
    private func traces(_ arguments: String...) throws -> Folder {
        let folder = try Folder()
        let found = program(arguments + ["--save-traces", folder.path("x")])
        #expect(found.status == 1, "\(found.err)")
        return folder
    }

    @Test(
        "The commands that explore prints show the same again, whatever machine was searched",
        arguments: [
            "--design guest-conveys --page-tmr never", "--design reevaluate-all",
            "--design reevaluate-all --irqchip kernel", "--design rfc-v1 --guest-eoi both",
            "--design hardened --page-tmr always --with msi", "--machine plain --with reset",
            "--irqchip kernel --kernel-rules 6.1 --with mask,unmask,reset",
            "--disallowed kept --with disallow,reset --native-level-eoi ends",
        ], ["atomic", "step"])
    func again(options: String, granularity: String) throws {
        let folder = try Folder()
        let words = options.split(separator: " ").map(String.init)
        let found = program(
            ["explore", "--levels", "2", "--granularity", granularity, "--liveness"] + words
                + ["--save-traces", folder.path("my dir;id")])
        #expect(found.status == 1, "\(found.err)")
        let lines = found.outLines.filter { $0.hasPrefix("  again: ") }
        #expect(!lines.isEmpty)
        for line in lines {
            let command = shellWords(String(line.dropFirst("  again: ".count)))
            let ending = program(Array(command.dropFirst()))
            #expect(ending.status == 0 && ending.err.isEmpty, "\(command): \(ending.out)")
            #expect(ending.out.contains("1 pass"), "\(command): \(ending.out)")
            #expect(!ending.out.contains("not judged"), "\(command): \(ending.out)")
            // Every step of the trace is shown, and the breach or the stuck line said.
            let name = try #require(command.last?.split(separator: "/").last)
            if name.contains("stuck-line") {
                #expect(ending.out.contains(" is stuck, as it says"))
            } else {
                #expect(ending.out.contains("; breaks ") || ending.out.contains("  breaks "))
            }
        }
    }

    @Test("matrix saves for every design; its folder replays whole, each with its own design")
    func matrix() throws {
        let folder = try traces(
            "matrix", "--design", "reevaluate-all", "--design", "guest-conveys")
        let count = try FileManager.default.contentsOfDirectory(atPath: folder.path("x")).count
        let all = program("replay", folder.path("x"))
        #expect(all.status == 0 && count > 50)
        #expect(all.out.contains("\n\(count) scenarios in "))
        #expect(all.out.contains("\n\(count) pass ("))
        #expect(all.out.contains("design       as each scenario says\n"))
        #expect(all.out.contains("known hazards of the designs named:"))
        #expect(!all.out.contains("not judged") && !all.out.contains("not shown"))
    }

    @Test("The command line's design goes before the file's; the command to run it says so")
    func design() throws {
        let folder = try traces(
            "explore", "--levels", "1", "--design", "guest-conveys", "--page-tmr", "never")
        func rerun(_ arguments: String...) throws -> String {
            let text = program(["replay", folder.path("x"), "-f", "json"] + arguments).out
            let results = try JSONDocument(text)["scenarios"]?.list
            return try #require(results?.first?["rerun"]?.string)
        }
        #expect(try !rerun().contains("--design"))
        #expect(try rerun("--design", "rfc-v2").contains(" --design rfc-v2"))
        #expect(try !rerun("--design", "guest-conveys").contains("--design"))
        let own = program("run", folder.path("x"))
        #expect(own.out.contains("known hazards of guest-conveys:"))
    }

    @Test("A scenario that passes is shown step by step, however long")
    func steps() throws {
        let ending = program("replay", "level-basic")
        #expect(ending.out.contains("  1  assert 2") && ending.out.contains("  5  sti"))
        #expect(program("replay", "level-basic", "--quiet").out.isEmpty)
        #expect(!program("run", "level-basic").out.contains("  1  assert 2"))
        let folder = try Folder()
        let path = try folder.write(
            Sample(steps: ["{repeat: 30, steps: [assert 2, run, deassert 2, eoi, sti]}"]).text)
        let long = program("replay", path)
        #expect(long.out.contains(" 150  sti") && !long.out.contains("left out"))
    }

    @Test("A stuck line that is not stuck is STUCK-ABSENT, in text and JSON; explain knows it")
    func stuckAbsent() throws {
        let folder = try Folder()
        let path = try folder.write(Sample(more: "stuck: 2\n").text)
        let ending = program("replay", path)
        #expect(ending.status == 1)
        #expect(ending.out.contains("STUCK-ABSENT: line 2 expected stuck, observed no interrupt"))
        let json = try JSONDocument(program("replay", path, "-f", "json").out)
        let result = json["scenarios"]?.list.first
        #expect(result?["mismatch"]?["code"]?.string == "STUCK-ABSENT")
        #expect(program("explain", "STUCK-ABSENT").out.contains("a line is stuck"))
    }

    @Test("In JSON a stuck line is a member of its result and of the search's")
    func json() throws {
        let folder = try traces(
            "explore", "--levels", "1", "--page-tmr", "never", "--liveness")
        let json = try JSONDocument(program("replay", folder.path("x"), "-f", "json").out)
        let pins = json["scenarios"]?.list.compactMap { $0["stuck"]?.integer }
        #expect(pins == [2])
    }

    @Test("A folder is its YAML files; one without any is no input; others have their reason")
    func folders() throws {
        let folder = try Folder()
        #expect(program("replay", folder.path).status == 66)
        _ = try folder.write(Sample.pass.text, to: "b.yaml")
        _ = try folder.write(Sample(name: "second").text, to: "a.yml")
        _ = try folder.write("name: [", to: ".hidden.yaml")
        _ = try folder.write("name: [", to: "notes.txt")
        let ending = program("replay", folder.path, "--format", "json")
        let names = try JSONDocument(ending.out)["scenarios"]?.list.compactMap {
            $0["name"]?.string
        }
        #expect(names == ["second", "own-pass"])
        // The bad file of a folder is named.
        _ = try folder.write("name: [", to: "c.yaml")
        let bad = program("run", folder.path + "/")
        #expect(bad.status == 65 && bad.err.contains("\(folder.path)/c.yaml:"))
        #expect(program("replay", folder.path("none")).status == 66)
    }
}
