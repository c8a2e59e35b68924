import InterruptModel
import Testing

/// A scenario file comes from a stranger: 65 with file, line, column and what was expected.
@Suite("Scenario files that no program should trust") struct BadInputTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        var what: String
        var bytes: [UInt8]
        /// `line:column`, if it has to be exactly there.
        var place: String?
        var hint: String
        var testDescription: String { what }

        init(_ what: String, _ text: String, at place: String? = nil, says hint: String) {
            self.init(what, bytes: Array(text.utf8), at: place, says: hint)
        }

        init(_ what: String, bytes: [UInt8], at place: String? = nil, says hint: String) {
            self.what = what
            self.bytes = bytes
            self.place = place
            self.hint = hint
        }
    }

    private static func step(_ step: String) -> String { Sample(steps: [step]).text }

    private static let aliasBomb =
        (1...9).reduce("a0: &a0 [x, x, x, x, x, x, x, x, x]\n") { text, level in
            let inner = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            return text + "a\(level): &a\(level) [\(inner)]\n"
        }

    private static let deepBlocks = (0..<3000).map { _ in "- " }.joined() + "x\n"
    private static let deepIndents = (0..<300).map {
        String(repeating: " ", count: $0) + "a:\n"
    }.joined()

    static let files = [
        Bad(
            "a pin that no IOAPIC has", Sample.pass.text.replacing("{pin: 2,", with: "{pin: 24,"),
            at: "7:13", says: "0…23"),
        Bad(
            "a pin that the machine has not", step("assert 5"), at: "9:5",
            says: "expected one of 2"),
        Bad("vector 5", Sample(vector: "5").text, at: "7:24", says: "expected a vector, 16…255"),
        Bad("vector 256", Sample(vector: "256").text, at: "7:24", says: "expected a vector"),
        Bad(
            "an unknown key", Sample(more: "machnie: x\n").text, at: "5:1",
            says: "did you mean “machine”"),
        Bad("an unknown step", step("asert 2"), at: "9:5", says: "did you mean “assert”"),
        Bad(
            "an operand too many", step("assert 2 3"), at: "9:5",
            says: "takes these operands: pin; found 2"),
        Bad(
            "an unknown design", Sample(more: "hazards: {rfc-v9: attribution}\n").text, at: "5:11",
            says: "did you mean “rfc-v1”"),
        Bad("a key given twice", Sample(more: "summary: b\n").text, says: "duplicate key"),
        Bad(
            "a name used twice", [Sample.pass, .fail, .pass].text,
            says: "duplicate name “own-pass”"),
        Bad("a name with a space", Sample(name: "own pass").text, at: "1:7", says: "lower-case"),
        Bad("no name", "summary: x\n", at: "1:1", says: "expected one"),
        Bad("a list instead of a scenario", "- a\n- b\n", at: "1:1", says: "as a mapping"),
        Bad("broken YAML", "name: [a\nsummary: b\n", says: "expected"),
        Bad(
            "not UTF-8", bytes: Array("name: a\nsummary: ".utf8) + [0xFF, 0xFE], at: "2:10",
            says: "UTF-8"),
        Bad("half a character", bytes: Array("name: a\nx: ".utf8) + [0xE2, 0x80], says: "UTF-8"),
        Bad("NUL bytes", bytes: [UInt8](repeating: 0, count: 64), says: "own.yaml:"),
        Bad("300 KiB", "# " + String(repeating: "x\n# ", count: 100_000), says: "more than 262144"),
        Bad("a long line", "name: " + String(repeating: "x", count: 500), says: "longer than"),
        Bad("an alias bomb", aliasBomb, says: "own.yaml:"),
        Bad("an alias of itself", "&a [*a]\n", says: "own.yaml:"),
        Bad("an alias of itself in a key", "name: &a {b: *a}\n", says: "own.yaml:"),
        Bad("nested brackets", String(repeating: "[", count: 200), says: "deep"),
        Bad("nested block lists", deepBlocks, says: "own.yaml:"),
        Bad("nested mappings", deepIndents, says: "own.yaml:"),
        Bad("an empty file", "", at: "1:1", says: "expected a scenario"),
        Bad("only comments", "# nothing\n", at: "1:1", says: "expected a scenario"),
        Bad(
            "no steps", Sample(steps: []).text.replacing("steps:\n\n", with: "steps: []\n"),
            at: "8:8", says: "expected at least one step"),
    ]

    @Test(
        "A bad file is 65 with its place and what was expected, soon and in few words",
        arguments: files)
    func badFile(_ bad: Bad) throws {
        let folder = try Folder()
        let path = try folder.write(bad.bytes)
        let start = ContinuousClock.now
        let ending = program("run", path)
        #expect(ending.status == 65)
        #expect(ending.out.isEmpty)
        #expect(ending.err.hasPrefix("savic-eoi: \(path):"))
        let place = ending.err.dropFirst("savic-eoi: \(path):".count).prefix {
            $0.isNumber || $0 == ":"
        }
        #expect(place.split(separator: ":").count == 2, "line and column")
        if let expected = bad.place { #expect(place == expected + ":") }
        #expect(ending.err.contains(bad.hint))
        #expect(ending.err.utf8.count < 2000, "a message, not the file")
        #expect(start.duration(to: .now) < .seconds(5), "no file may keep the program busy")
    }

    @Test("list refuses a bad file as run does")
    func listRefusesIt() throws {
        let folder = try Folder()
        let path = try folder.write(Sample(vector: "5").text)
        let ending = program("list", path)
        #expect(ending.status == 65 && ending.out.isEmpty)
        #expect(ending.err.hasPrefix("savic-eoi: \(path):7:24:"))
        #expect(ending.err.contains("expected a vector"))
    }

    @Test("A folder without a scenario file is 66")
    func aFolderWithoutAScenarioHasNothingToRun() throws {
        let folder = try Folder()
        let ending = program("run", folder.path + "/")
        #expect(ending.status == 66)
        #expect(ending.err.contains("\(folder.path)/: no scenario file (*.yaml, *.yml) in it"))
    }

    @Test("An endless file is 65")
    func anEndlessFileIsRefused() {
        let ending = program("run", "/dev/zero")
        #expect(ending.status == 65)
        #expect(ending.err.contains("/dev/zero:1:1:"))
    }

    @Test("A file that is not there is 66", arguments: ["run", "list"])
    func aMissingFileIs66(_ command: String) throws {
        let path = try Folder().path("none.yaml")
        let ending = program(command, path)
        #expect(ending.status == 66)
        #expect(ending.err == "savic-eoi: \(path): no such file\n")
    }

    @Test("One name in two files is 65, and both places are named")
    func oneNameInTwoFilesIsRefused() throws {
        let folder = try Folder()
        let (one, two) = (
            try folder.write(Sample.pass.text, to: "one.yaml"),
            try folder.write(Sample.pass.text, to: "two.yaml")
        )
        let ending = program("run", one, two)
        #expect(ending.status == 65)
        #expect(ending.err.contains("\(two):1:1: duplicate name"))
        #expect(ending.err.contains("\(one):1:1"))
    }

    @Test("A file may have a name of the catalogue's, if that scenario is not selected too")
    func sharedName() throws {
        let folder = try Folder()
        let path = try folder.write(Sample(name: "level-basic").text)
        #expect(program("run", path).status == 0)
        #expect(program("run", path, "level-basic").status == 65)
    }
}
