import Foundation
import Testing
import Verdicts

@testable import Commands

@Suite("show: a scenario as a picture")
struct ShowTests {
    @Test("A name, the beginning of one and a file are shown")
    func inputs() throws {
        let named = program("show", "stuck-line")
        #expect(named.status == 0 && named.err.isEmpty)
        #expect(named.out.contains("step 5: the EOI of 0x31 is taken for 0x41"))
        let folder = try Folder()
        let file = try folder.write(
            """
            name: mine
            summary: a level interrupt
            source: a test
            groups: [test]
            machine: {pins: [{pin: 2, vector: 0x31}]}
            steps: [assert 2, run, deassert 2, eoi]
            """, to: "mine.yaml")
        let shown = program("show", file, "--design", "hardened")
        #expect(shown.status == 0 && shown.out.hasPrefix("mine  a level interrupt\n"))
        #expect(shown.out.contains("again   savic-eoi show \(file) --design hardened\n"))
    }

    @Test("The README's picture is what the command draws")
    func readme() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let block = try #require(
            readme.split(separator: "```console\n$ savic-eoi show stuck-line\n").dropFirst().first)
        let drawn = program("show", "stuck-line", "--steps", "2-6").outLines
        let quoted = block.prefix { $0 != "`" }.split(separator: "\n").filter { $0 != "…" }
        #expect(quoted.count == 20 && quoted.allSatisfy(drawn.contains))
    }

    @Test("A name of several is a usage error that names them")
    func several() {
        let ending = program("show", "level*")
        #expect(ending.status == ExitStatus.usage.rawValue && ending.out.isEmpty)
        #expect(ending.err.contains("level-basic"))
    }

    @Test("What cannot run here says why, and is not shown")
    func skipped() {
        let ending = program("show", "amd-selftest-registers", "--machine", "plain")
        #expect(ending.status == ExitStatus.nothingRan.rawValue && ending.out.isEmpty)
        #expect(
            ending.err.contains("amd-selftest-registers cannot be shown: needs a secure machine"))
    }

    @Test("The document has each step's moments, as numbers")
    func document() throws {
        let document = try JSONDocument(program("show", "stuck-line", "--json").out)
        let steps = try #require(document["steps"]).list
        #expect(steps.map { $0["step"]?.integer } == Array(1...steps.count))
        let wrong = try #require(steps.first { $0["breaks"]?.list.isEmpty == false })
        #expect(wrong["step"]?.integer == 5 && wrong["by"]?.string == "guest")
        let completed = wrong["own"]?["events"]?.list.first { $0["event"]?.string == "completed" }
        #expect(completed?["vector"]?.integer == 0x41)
        let entered = try #require(wrong["entry"]?["after"])
        #expect(entered["guestWouldEnd"]?.integer == 0x31)
        #expect(entered["kvmWouldComplete"]?.list.map(\.integer) == [0x41])
    }

    @Test("A selftest is of the machine that it can have, whichever the scenario's first one is")
    func selftest() {
        let made = program("show", "stuck-line", "--selftest")
        #expect(made.status == 0 && made.err.isEmpty)
        #expect(made.out.contains("\n/*\n * stuck-line: after one wrong EOI"))
        // An ordinary local APIC knows what the guest ends.
        #expect(made.out.contains("/* 5: eoi */\n\tguest_eoi();\n\texpect(.irr = { 0x41 },"))
        let secure = program("show", "stuck-line", "--selftest", "--machine", "secure")
        #expect(secure.status == ExitStatus.usage.rawValue && secure.out.isEmpty)
        #expect(secure.err.contains("--machine plain --irqchip kernel"))
        let split = program("show", "eoi-register", "--selftest")
        #expect(split.status == ExitStatus.usage.rawValue)
        #expect(split.err.contains("eoi-register does not run on one"))
    }

    @Test(
        "A range of steps that is none is a usage error",
        arguments: ["0-3", "5-2", "a", "1-2-3", "14-20"])
    func range(words: String) {
        let ending = program("show", "stuck-line", "--steps", words)
        #expect(ending.status == ExitStatus.usage.rawValue && ending.out.isEmpty)
    }
}
