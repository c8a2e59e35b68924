@testable import Commands
import Scenarios
import Testing

/// `savic-eoi fuzz`: shards, results, exit status.
@Suite("fuzz")
struct FuzzCommandTests {
    @Test("A shard is i/n", arguments: ["1/1", "3/8", "8/8"])
    func good(text: String) { #expect(Shard(argument: text) != nil) }

    @Test("Nothing else is", arguments: ["0/8", "9/8", "1", "1/", "/2", "a/b", "1/2/3", "-1/2"])
    func bad(text: String) { #expect(Shard(argument: text) == nil) }

    @Test("On the model nothing differs, and the JSON says how much was compared")
    func model() throws {
        let result = program(
            "fuzz", "--backend", "model", "--seed", "5", "--runs", "20", "--json")
        #expect(result.status == 0)
        let document = try JSONDocument(result.out)
        #expect(document["schemaVersion"]?.integer == 1)
        #expect(document["seed"]?.string == "5")
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
        #expect(result.out.contains("  | steps:"))
        #expect(result.out.contains("shard 1/1, strict\n"))
    }

    @Test("The command that runs a reproducer again is one that can be given")
    func again() throws {
        let folder = try Folder()
        let result = program(
            "fuzz", "--backend", "model", "--irqchip", "kernel", "--seed", "5", "--runs", "50",
            "--strict", "--save", folder.path("found"))
        let again = try #require(result.outLines.first { $0.contains("again: savic-eoi ") })
        let words = again.split(separator: " ").dropFirst(2).map(String.init)
        #expect(words.contains("kernel"))
        let ending = program(words)
        #expect(ending.status == 1)
        #expect(ending.out.contains("INVARIANT"))
    }

    @Test("Bad numbers are usage errors", arguments: [
        ["--steps", "0"], ["--runs", "0"], ["--shard", "2/1"], ["--backend", "auto"],
    ])
    func usage(arguments: [String]) {
        #expect(program(["fuzz"] + arguments).status == 64)
    }
}
