import Synchronization
import Testing

@testable import Campaigns
@testable import Commands

/// `savic-eoi fuzz`: shards, results, exit status.
@Suite("fuzz")
struct FuzzCommandTests {
    @Test("A shard is i/n", arguments: ["1/1", "3/8", "8/8"])
    func good(text: String) throws { #expect(try Shard.read(text).description == text) }

    @Test("Nothing else is", arguments: ["0/8", "9/8", "1", "1/", "/2", "a/b", "1/2/3", "-1/2"])
    func bad(text: String) {
        let ending = program("fuzz", "--shard=\(text)")
        #expect(ending.status == 64)
        #expect(ending.err.contains("expected i/n with i from 1 to n, such as 2/4"))
    }

    @Test("On the model nothing differs, and the JSON says how much was compared")
    func model() throws {
        let result = program(
            "fuzz", "--backend", "model", "--seed", "5", "--runs", "20", "--json")
        #expect(result.status == 0)
        let document = try JSONDocument(result.out)
        #expect(document["schemaVersion"]?.integer == 2)
        #expect(document["seed"]?.integer == 5)
        #expect(document["strict"]?.value as? Bool == false)
        #expect(document["performed"]?.integer == 20)
        #expect(document["compared"]?["steps"]?.integer == 480)
        #expect(document["findings"]?.list.isEmpty == true)
    }

    @Test("A strict campaign finds the RFC's hazards and exits with 1")
    func strict() throws {
        let result = program(
            "fuzz", "--backend", "model", "--seed", "5", "--runs", "50", "--strict")
        #expect(result.status == 1)
        #expect(result.out.contains("INVARIANT in attribution"))
        #expect(result.err.isEmpty)
        #expect(result.out.contains("  | steps:"))
        #expect(result.out.contains("shard 1/1, strict\n"))
    }

    @Test("A finding shows what happened in its steps, and then its file")
    func course() throws {
        let result = program(
            "fuzz", "--backend", "model", "--seed", "5", "--runs", "50", "--strict",
            "--max-findings", "1")
        let lines = result.outLines.map(String.init)
        func index(_ isSuch: (String) -> Bool) throws -> Int {
            let index = lines.firstIndex(where: isSuch)
            return try #require(index, "\(result.out)")
        }
        let fingerprint = try index { $0.hasPrefix("INVARIANT in ") }
        let difference = try index { $0.contains("holds") && $0.contains("violated") }
        let culprit = try index { $0.hasPrefix("    →") && $0.contains("; breaks ") }
        let file = try index { $0.hasPrefix("  | name: fuzz-5-") }
        #expect(fingerprint < difference && difference < culprit && culprit < file)
        // As many steps as the file has, each with its number.
        let steps = lines[file...].filter { $0.hasPrefix("  |   - ") && !$0.contains("{") }
        #expect(lines[culprit].contains("  \(steps.count)  "))
    }

    @Test("One step is a run too, and no failure (command-line §9)")
    func oneStep() {
        let result = program(
            "fuzz", "--backend", "model", "--steps", "1", "--seed", "1", "--runs", "2")
        #expect(result.status == 0)
        #expect(result.out.contains("\n2 runs, compared 2 steps, 32 fields, 0 EOIs: no diff"))
        #expect(result.out.hasSuffix("\ncompared no EOI\n"))
    }

    @Test("A number of runs that no memory could list is begun at once (command-line §9)")
    func manyRuns() {
        let result = program(
            "fuzz", "--backend", "model", "--strict", "--seed", "5", "--max-findings", "1",
            "--runs", "\(Int.max)", "--shard", "1000000/1000000")
        #expect(result.status == 1 && result.out.contains("1 different finding"))
        // At the end, where CI shows it.
        let last = result.outLines.last ?? ""
        #expect(last.hasPrefix("INVARIANT in ") && last.hasSuffix("10 of 10 runs reproduce it"))
    }

    @Test("How far it is, is said on stderr now and then")
    func progress() {
        let (out, err) = (Lines(), Lines())
        func show(isTerminal: Bool) {
            var console = Console(
                write: { out.add($0) }, warn: { err.add($0) }, isTerminal: isTerminal, width: 80,
                environment: [:])
            console.warnsOnTerminal = isTerminal
            Console.$current.withValue(console) {
                var line = ProgressLine(after: .zero, every: .zero)
                line.show("1/2 runs")
                line.show("2/2 runs")
                line.clear()
                line.clear()
                var late = ProgressLine(after: .seconds(100), every: .zero)
                late.show("never")
                late.clear()
            }
        }
        show(isTerminal: false)
        #expect(err.take() == ["1/2 runs\n", "2/2 runs\n"])
        show(isTerminal: true)
        #expect(err.take() == ["\r\u{1B}[K1/2 runs", "\r\u{1B}[K2/2 runs", "\r\u{1B}[K"])
        #expect(out.take().isEmpty)
    }

    @Test(
        "Bad numbers are usage errors",
        arguments: [
            ["--steps", "0"], ["--runs", "0"], ["--shard", "2/1"], ["--backend", "auto"],
        ])
    func usage(arguments: [String]) {
        #expect(program(["fuzz"] + arguments).status == 64)
    }
}

/// What was written, in order.
private final class Lines: Sendable {
    private let content = Mutex<[String]>([])

    func add(_ text: String) { content.withLock { $0.append(text) } }

    func take() -> [String] {
        content.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }
}
