import Testing
import Verdicts

@Suite("compare: what it takes, and where it writes") struct CompareDocumentsTests {
    private static let matrix = """
        {"schemaVersion": 2, "tool": {"version": "1"}, "levels": 1, "nesting": false,
         "combinations": 0, "searched": 0, "states": 0, "cells": []}
        """

    @Test("Reports of several kinds are 65, and each file is named with its kind")
    func mixed() throws {
        let run = SampleRun().text
        let ending = try compare([run, Self.matrix, run])
        #expect(ending.status == 65 && ending.out.isEmpty)
        #expect(
            ending.err
                == "savic-eoi: 1.json:1:1: expected reports of one kind, found 0.json, 2.json of "
                + "run; 1.json of matrix\n")
    }

    @Test(
        "A document of another command is 65, and the command is named",
        arguments: [
            ("violations", "explore"), ("shard", "fuzz"), ("merged", "merge"), ("checks", "probe"),
            ("roundTrips", "bench"), ("columns", "compare"), ("scenarios", "list"),
        ])
    func others(_ member: String, _ command: String) throws {
        let ending = try compare([
            SampleRun().text, "{\"schemaVersion\": 2, \"\(member)\": []}",
        ])
        #expect(ending.status == 65 && ending.out.isEmpty)
        #expect(
            ending.err
                == "savic-eoi: 1.json:1:1: this is a report of \(command), which compare does not "
                + "take; expected what run --format json, matrix --format json or characterize "
                + "--json prints\n")
    }

    @Test("The documents of this version are told apart as they are written")
    func written() throws {
        for (command, name) in [
            (["list", "--json"], "list"), (["probe", "--json"], "probe"),
            (["explore", "--levels", "1", "--format", "json"], "explore"),
            (["fuzz", "--backend", "model", "--runs", "1", "--seed", "1", "--json"], "fuzz"),
            (["show", "level-basic", "--json"], "show"),
        ] {
            let ending = try compare([program(command).out, Self.matrix])
            #expect(ending.status == 65)
            #expect(ending.err.contains("0.json:1:1: this is a report of \(name), "), "\(name)")
        }
        let compared = try compare([Self.matrix, Self.matrix], ["--json"]).out
        #expect(
            try compare([compared, Self.matrix]).err.contains("this is a report of compare, which"))
    }

    @Test(
        "What is no report at all is 65 with the place",
        arguments: [
            ("{\"schemaVersion\": 2}", "1.json:1:1: nothing tells whose report this is; "),
            ("{\"schemaVersion\": 3}", "1.json:1:19: expected schemaVersion 2, found “3”"),
            ("<testsuites/>", "1.json:1:1: expected “{”: a JSON object"),
            ("{\"schemaVersion\": 2,\n \"cells\": [", "1.json:2:12: the file ends too early"),
            ("", "1.json:1:1: the file is empty"),
        ])
    func noReport(_ text: String, _ message: String) throws {
        let ending = try compare([Self.matrix, text])
        #expect(ending.status == 65 && ending.err.hasPrefix("savic-eoi: " + message))
    }

    @Test("A file that is not there is 66, a model beside runs 64")
    func mistakes() throws {
        #expect(try compare([Self.matrix], ["absent.json"]).status == 66)
        let ending = try compare(
            [SampleRun().text, SampleRun().text], ["--model", "never/traps/dropped/dropped"])
        #expect(ending.status == 64)
        #expect(ending.err.contains("--model stands beside reports of characterize"))
    }

    @Test("Formats go to the outputs of their rank, and the text stays on the terminal")
    func outputs() throws {
        let folder = try Folder()
        let (page, data) = (folder.path("a.md"), folder.path("a.json"))
        let bad = SampleRun(results: [.named("level-basic", .fail, code: .acknowledge)]).text
        let files = ["-f", "markdown", "-o", page, "-f", "json", "-o", data]
        let ending = try compare([SampleRun().text, bad], files)
        #expect(ending.status == 1 && ending.out.hasPrefix("A  0.json: kvm"))
        #expect(
            try folder.read("a.md").hasPrefix(
                "## savic-eoi compare: B is worse than A in 1 scenario\n\n- A: "))
        #expect(try JSONDocument(folder.read("a.json"))["of"]?.string == "run")

        let again = try compare([SampleRun().text, bad], files)
        #expect(again.status == 73 && again.out == ending.out, "it is told before it is saved")
        #expect(try compare([SampleRun().text, bad], files + ["--overwrite"]).status == 1)
        #expect(try compare([bad, bad], ["--json", "-o", "/dev/full"]).status == 74)
        #expect(try compare([bad, bad], ["-o", "a", "-o", "b"]).status == 64)
    }

    @Test("--json is --format json")
    func json() throws {
        let texts = [SampleRun().text, SampleRun().text]
        let flag = try compare(texts, ["--json"])
        #expect(try flag.out == compare(texts, ["--format", "json"]).out)
        #expect(flag.out.hasPrefix("{\n  \"schemaVersion\": 2,\n"))
    }

    @Test("The text is as wide as the terminal, and coloured as --color and the terminal say")
    func terminal() throws {
        let bad = SampleRun(results: [.named("level-basic", .fail, code: .acknowledge)]).text
        let texts = [SampleRun().text, bad]
        let narrow = try compare(texts, in: Surroundings(width: 50)).out
        let lines = narrow.split(separator: "\n").filter { !$0.contains("rerun: ") }
        #expect(lines.allSatisfy { $0.count <= 50 })
        #expect(!narrow.contains("\u{1B}"))
        #expect(try compare(texts, in: Surroundings(isTerminal: true)).out.contains("\u{1B}[31;1m"))
        let never = try compare(texts, ["--color", "never"], in: Surroundings(isTerminal: true))
        #expect(!never.out.contains("\u{1B}"))
    }
}
