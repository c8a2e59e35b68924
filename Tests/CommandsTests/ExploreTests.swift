import Foundation
import InterruptModel
import Testing

@testable import Commands

/// `savic-eoi explore` and `replay`: what they print, save, and exit with.
@Suite("explore")
struct ExploreTests {
    private func document(_ arguments: String...) throws -> (status: Int32, JSONDocument) {
        let result = program(["explore"] + arguments + ["--format", "json"])
        return (result.status, try JSONDocument(result.out))
    }

    @Test(
        "levels(n) has the states, transitions and depth of model-contract §7",
        arguments: [(1, 26, 70, 9), (2, 434, 1_800, 16), (3, 7_872, 43_088, 26)])
    func counts(levels: Int, states: Int, transitions: Int, depth: Int) throws {
        let (status, found) = try document("--levels", "\(levels)")
        #expect(status == (levels == 1 ? 0 : 1))
        #expect(found["states"]?.integer == states)
        #expect(found["transitions"]?.integer == transitions)
        #expect(found["depth"]?.integer == depth)
        #expect(found["complete"]?.value as? Bool == true)
    }

    @Test("The JSON is as promised (reports §4)")
    func shape() throws {
        let result = program("explore", "--levels", "2", "--format", "json")
        let violation = Shape.object([
            "invariant": .word(Invariant.allCases.map(\.name)), "length": .integer,
            "trace": .list(.string),
        ])
        let shape = Shape.object([
            "schemaVersion": .integer, "tool": Shape.tool,
            "configuration": .object(["design": .string, "assumptions": Shape.assumptions]),
            "states": .integer, "transitions": .integer, "depth": .integer, "complete": .bool,
            "seconds": .number, "statesPerSecond": .number, "bytesPerState": .number,
            "violations": .list(violation),
        ])
        let value = try JSONSerialization.jsonObject(with: Data(result.out.utf8))
        #expect(shape.problems(value) == [])
    }

    @Test("The shortest counterexample of each design is as long as the model's tests say")
    func lengths() throws {
        let wrong: [(String, [String], [Int])] = [
            ("rfc-v2", [], [8, 8, 8, 8]), ("hardened", [], [8, 8, 8, 8]),
            // exactly-once: an EOI whose exit the one slot of a split irqchip has no room for.
            ("reevaluate-all", [], [7, 7, 7, 10]),
            ("reevaluate-all", ["--irqchip", "kernel"], [7, 7, 7]),
        ]
        for (design, more, expected) in wrong {
            let result = program(
                ["explore", "--levels", "2", "--design", design, "--format", "json"] + more)
            let found = try JSONDocument(result.out)
            let lengths = found["violations"]?.list.compactMap { $0["length"]?.integer }
            #expect(lengths == expected, "\(design)")
        }
        for design in ["one-outstanding", "guest-conveys"] {
            let (status, found) = try document("--levels", "2", "--design", design, "--liveness")
            #expect(status == 0 && found["violations"]?.list.isEmpty == true)
            #expect(found["stuckLines"]?.list.isEmpty == true)
        }
    }

    @Test("The same bytes for one thread and two, and in every run")
    func isDeterministic() {
        let words = ["explore", "--levels", "3", "--nesting", "--liveness", "--threads"]
        let one = program(words + ["1"]).out
        #expect(one.contains("10100 states, 58256 transitions"))
        #expect(program(words + ["2"]).out == one)
        #expect(program(words + ["2"]).out == one)
    }

    @Test("A limit ends it with whole depths and says so; nothing found then may be status 75")
    func limits() throws {
        let words = ["explore", "--levels", "3", "--design", "one-outstanding"]
        let limited = program(words + ["--max-states", "1000"])
        #expect(limited.status == 0 && limited.out.contains("not complete: --max-states ended it"))
        #expect(limited.out.contains("not violated so far"))
        #expect(program(words + ["--max-states", "1000", "--threads", "2"]).out == limited.out)
        #expect(program(words + ["--max-states", "1000", "--require-complete"]).status == 75)
        #expect(program(words + ["--require-complete"]).status == 0)
        let (_, shallow) = try document("--levels", "2", "--max-depth", "3")
        #expect(shallow["complete"]?.value as? Bool == false)
        #expect(shallow["depth"]?.integer == 3)
    }

    @Test("Seven lines with every action end at the memory they are given, unfinished and honest")
    func bounded() throws {
        let every = SearchAlphabet.verbs(.atomic).map(\.word)
            .filter { $0 != "irqfd" }.joined(separator: ",")
        let result = program(
            "explore", "--levels", "7", "--with", every, "--max-memory", "16", "--max-seconds",
            "4")
        #expect(result.out.contains("not complete"), "\(result.out) \(result.err)")
        #expect(!result.out.contains("never violated"))
    }

    @Test("What it saves runs again, on the model and in the same words")
    func replays() throws {
        let folder = try Folder()
        for granularity in ["step", "atomic"] {
            let path = folder.path(granularity)
            let found = program(
                "explore", "--levels", "2", "--granularity", granularity, "--liveness",
                "--save-traces", path)
            #expect(found.status == 1)
            let files = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            #expect(files.count == 2, "\(files)")
            for file in files {
                #expect(found.out.contains("savic-eoi replay \(path)/\(file)"))
                let again = program("replay", "\(path)/\(file)", "--backend", "model")
                #expect(again.status == 0 && again.out.contains("1 pass"))
                let isStuck = file.contains("stuck-line")
                #expect(again.out.contains("1 pass (1 hazard)") || isStuck)
                // Without the hazard the file's promise is broken.
                let safe = program("replay", "\(path)/\(file)", "--strict")
                #expect(safe.status == 1)
            }
            // Nothing is overwritten unasked.
            let twice = program(
                "explore", "--levels", "2", "--granularity", granularity, "--save-traces", path)
            #expect(twice.status == 73 && twice.err.contains("--overwrite"))
        }
    }

    @Test("A saved trace says of every design what it does to it")
    func judgesEveryDesign() throws {
        let folder = try Folder()
        _ = program(
            "explore", "--levels", "2", "--granularity", "step", "--save-traces", folder.path("x"))
        for design in EOIDesigns.all {
            let path = folder.path("x/rfc-v2-attribution.yaml")
            let result = program("replay", path, "--backend", "model", "--design", design.name)
            #expect(result.status == 0, "\(design.name): \(result.out)")
        }
    }

    @Test("A trace of single actions says which interleaving it needs; no host program forces it")
    func interleaving() throws {
        let folder = try Folder()
        _ = program("explore", "--levels", "2", "--save-traces", folder.path("x"))
        let text = try folder.read("x/rfc-v2-attribution-atomic.yaml")
        #expect(text.contains("granularity: atomic"))
        #expect(text.contains("Needs this interleaving, which no host program can force"))
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("inject, vmrun between “assert 2” (2) and “accept” (5)"))
    }

    @Test("A machine of one's own, with actions of its own")
    func configuration() throws {
        let folder = try Folder()
        let path = try folder.write(
            """
            machine:
              interrupts: off
              pins:
                - {pin: 2, vector: 0x31}
                - {pin: 4, vector: 0x41, trigger: edge}
            with: [mask, unmask, msi 0x51, read-eoi]
            granularity: step
            """)
        let (status, found) = try document("--config", path)
        #expect(status == 1)
        let actions = found["configuration"]?["actions"]?.list.compactMap(\.string) ?? []
        #expect(actions.contains("msi 0x51") && actions.contains("mask 4"))
        #expect(!actions.contains("inject"))
    }

    @Test(
        "Bad input is named with its place",
        arguments: [
            ("machine: {pins: [{pin: 2, vector: 5}]}", 65, ":1:"),
            ("with: [mask]", 65, "no “machine”"),
            ("machine: {pins: []}", 65, "at least one pin"),
            ("machine: {pins: [{pin: 2, vector: 0x31}]}\nwith: [masc]", 65, ":2:8"),
            ("machine: {pins: [{pin: 2, vector: 0x31}]}\nwith: [irqfd]", 65, "no pin for"),
            ("machine: {pins: [{pin: 2, vector: 0x31}]}\nwith: [run]", 65, "guest step"),
        ])
    func badFiles(text: String, status: Int32, words: String) throws {
        let folder = try Folder()
        let result = program("explore", "--config", try folder.write(text))
        #expect(result.status == status && result.err.contains(words), "\(result.err)")
    }

    @Test(
        "Bad options are usage errors",
        arguments: [
            [], ["--levels", "0"], ["--levels", "9"], ["--levels", "2", "--config", "x"],
            ["--levels", "2", "--threads", "0"], ["--levels", "2", "--max-memory", "1"],
            ["--levels", "2", "--with", "masc"], ["--levels", "2", "--with", "mask 9"],
        ])
    func usage(arguments: [String]) {
        #expect(program(["explore"] + arguments).status == 64)
    }

    @Test("No such file is status 66")
    func missing() {
        #expect(program("explore", "--config", "none.yaml").status == 66)
        #expect(program("replay", "none.yaml").status == 66)
        #expect(program("replay").status == 64)
    }
}
