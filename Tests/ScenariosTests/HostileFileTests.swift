import Scenarios
import TestSupport
import Testing

@Suite("Hostile and damaged scenario files")
struct HostileFileTests {
    private func error(_ bytes: some Sequence<UInt8>) -> ScenarioError? {
        #expect(throws: ScenarioError.self) {
            try ScenarioLoader.load(Array(bytes), file: "test.yaml")
        }
    }

    private func expect(_ error: ScenarioError?, at place: String, _ words: String...) {
        #expect(error.map { "\($0.location)" } == "test.yaml:" + place)
        for word in words { #expect(error?.message.contains(word) == true) }
    }

    @Test(
        "An empty file, blanks and comments alone are no scenario",
        arguments: ["", "\n \n", "# x\n"])
    func empty(text: String) {
        expect(error(text.utf8), at: "1:1", "empty", "expected a scenario")
    }

    /// Good text, what follows it, and where the first wrong byte is.
    private static let damaged: [(text: String, bytes: [UInt8], place: String)] = [
        ("", [0xFF], "1:1"),
        ("name: a\n", [0x80], "2:1"),
        ("name: a\nsum", [0xC3, 0x28], "2:4"),
        ("a\nb\nc: ", [0xE2, 0x82], "3:4"),
        ("a\nb: ü", [0xED, 0xA0, 0x80], "2:6"),
    ]

    @Test("A byte that is not UTF-8 is named by line and column", arguments: damaged)
    func notUTF8(text: String, bytes: [UInt8], place: String) {
        expect(error(Array(text.utf8) + bytes), at: place, "not valid UTF-8")
    }

    @Test("A file of more than 256 KiB is refused before it is parsed")
    func tooLarge() {
        expect(
            error(repeatElement(UInt8(ascii: "\n"), count: 256 * 1024 + 1)), at: "1:1",
            "more than 262144 bytes", "a page of text")
    }

    @Test("A line of more than 400 bytes is refused before it is parsed")
    func longLine() {
        expect(
            error(("a\n" + String(repeating: "x", count: 401)).utf8), at: "2:401",
            "longer than 400 bytes")
    }

    @Test("Brackets that nest more than 16 deep are refused before they are parsed")
    func deepFlow() {
        expect(
            error(("name:\n" + String(repeating: "[", count: 300)).utf8), at: "2:17",
            "nest more than 16 deep")
    }

    @Test("Blocks as deep as the line length allows are an error like any other")
    func deepBlocks() {
        let text = String(repeating: "- ", count: 199) + "x\n"
        expect(error(text.utf8), at: "1:1", "as a mapping")
    }

    @Test(
        "An anchor is refused where it stands",
        arguments: [
            ScenarioText("name: §&n one"), ScenarioText("steps: §&s [run]"),
            ScenarioText("steps: [§&r run]"), ScenarioText("machine: §&m {}"),
        ])
    func anchor(text: ScenarioText) {
        let error = error(text.bytes)
        expect(
            error, at: text.place.map { "\($0.line):\($0.column)" } ?? "",
            "no anchors or aliases")
    }

    @Test("Aliases that would grow to a billion nodes are refused at once")
    func billionLaughs() {
        var lines = ["name: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        for level in 1...9 {
            let members = repeatElement("*a\(level - 1)", count: 10).joined(separator: ", ")
            lines.append("k\(level): &a\(level) [\(members)]")
        }
        let clock = ContinuousClock()
        let start = clock.now
        let found = error(lines.joined(separator: "\n").utf8)
        #expect(clock.now - start < .seconds(2))
        #expect(found?.location.file == "test.yaml")
    }

    @Test(
        "An alias to itself ends in an error and not in a recursion",
        arguments: [
            "steps: &s [*s]\n", "steps: &s\n  - *s\n", "machine: &m {pins: *m}\n",
        ])
    func selfReference(text: String) {
        let found = error(text.utf8)
        #expect(found?.location.file == "test.yaml")
        #expect(found?.location.line ?? 0 <= 2)
    }

    @Test("A key that stands twice is named")
    func duplicateKey() {
        let text = ScenarioText(raw: "name: one\nsummary: a\nsummary: b\n")
        expect(error(text.bytes), at: "2:1", "duplicate key", "“summary”")
    }

    @Test("A tab where YAML wants blanks is an error with its place")
    func tabs() {
        let found = error("name: one\nmachine:\n\tpins: []\n".utf8)
        expect(found, at: "3:1", "token")
    }

    @Test(
        "Broken YAML says what its scanner or parser says",
        arguments: [
            ("name: [one\n", 2), ("name: \"one\n", 2), ("name: one: two\n", 1), ("}\n", 1),
        ])
    func brokenYAML(text: String, line: Int) {
        let found = error(text.utf8)
        #expect(found?.location.line == line)
        #expect(found?.message.isEmpty == false)
    }

    @Test("Any prefix of a good file is a scenario or an error, never a crash")
    func prefixes() {
        let bytes = ScenarioText("hazards: {plain: [attribution]}", "expect: {irr: []}").bytes
        for end in bytes.indices {
            do {
                #expect(try ScenarioLoader.load(Array(bytes[..<end]), file: "f").count == 1)
            } catch {
                #expect(error.location.line <= 9)
            }
        }
    }
}
