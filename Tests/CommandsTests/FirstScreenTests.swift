import ArgumentParser
import Foundation
import Reporting
import Testing

@testable import Commands

@Suite("What the program says without arguments")
struct FirstScreenTests {
    private static let bare = program([], in: Surroundings(width: 80))

    @Test("It is one screen of 80 columns and 24 lines, with the prompt behind it")
    func size() {
        #expect(Self.bare.status == 0 && Self.bare.err.isEmpty)
        let lines = Self.bare.out.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count - 1 <= 23, "\(Self.bare.out)")
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(Self.bare.out)")
    }

    @Test("It leads with what was found, in the numbers of the same run's document")
    func numbers() throws {
        let report = try JSONDocument(program("--backend", "model", "--json").out)
        let scenarios = report["scenarios"]?.list ?? []
        let ran = scenarios.count { $0["verdict"]?.string != "skip" }
        let hazards = scenarios.map { $0["hazards"]?.strings ?? [] }.filter { !$0.isEmpty }
        let lines = program(["--backend", "model"], in: Surroundings(width: 80)).outLines
        #expect(
            lines[2] == "rfc-v2 goes wrong, as known, in \(hazards.count) of \(ran) scenarios")
        for invariant in Set(hazards.flatMap(\.self)) {
            let count = hazards.count { $0.contains(invariant) }
            let isSaid = lines.contains { line in
                line.split(whereSeparator: { " ,".contains($0) }).map(String.init)
                    .starts(with: [invariant, "\(count)"])
                    || line.contains("\(invariant) \(count)")
            }
            #expect(isSaid, "\(invariant) \(count)")
        }
    }

    @Test("Each command that it offers is one that the program takes")
    func commands() throws {
        let lines = Self.bare.outLines.filter { $0.hasPrefix("  savic-eoi ") }
        #expect(lines.count >= 4)
        for line in lines {
            let command = line.dropFirst(2).split(separator: "  ").first ?? ""
            let words = command.split(separator: " ").dropFirst().map(String.init)
            if words.first == "show" {
                let picture = program(words)
                #expect(picture.status == 0 && picture.out.contains("✗ step "), "\(command)")
            } else {
                #expect(program(words + ["--help"]).status == 0, "\(command)")
            }
        }
    }

    @Test("A selection of few, and -v, show each scenario instead")
    func others() {
        for words in [["level-basic"], ["-v"]] {
            let out = program(["run"] + words).out
            #expect(out.contains("\npass     level-basic ") && !out.contains("Go on; "))
        }
    }

    @Test("Another design is offered under the same assumptions, and a plain machine has none")
    func suggestions() throws {
        func offers(_ words: String...) throws -> [String] {
            NextCommands(try RunOptions.parse(words)).list.map(\.command)
        }
        let model = ["--backend", "model"]
        #expect(
            try offers(
                "--backend", "model", "--page-tmr", "never", "--irqchip", "both", "-g", "a b")
                == [
                    "savic-eoi run --group 'a b' --backend model --irqchip both --page-tmr never "
                        + "--design hardened", "savic-eoi matrix",
                ])
        #expect(try offers("--backend", "kvm") == ["savic-eoi matrix"])
        #expect(
            try NextCommands(RunOptions.parse(model + ["--design", "guest-conveys"])).list[0]
                .command
                == "savic-eoi run --backend model --design rfc-v1")
    }

    /// Times and what this host can run are left out.
    @Test("The README's first screen is what the program prints")
    func readme() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let start = "```console\n$ swift run -c release savic-eoi\n"
        let block = try #require(readme.split(separator: start).dropFirst().first)
        let quoted = block.prefix { $0 != "`" }.split(separator: "\n").filter { line in
            !["backend ", "  savic-eoi run --backend", "148 scenarios in", "expectations not"]
                .contains {
                    line.hasPrefix($0)
                }
        }
        #expect(quoted.count > 15)
        for line in quoted { #expect(Self.bare.outLines.contains(line), "\(line)") }
    }
}
