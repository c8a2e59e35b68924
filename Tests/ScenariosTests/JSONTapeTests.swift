import Testing

@testable import Scenarios

@Suite("JSON as reports have it (RFC 8259)")
struct JSONTapeTests {
    private func read(_ text: String) throws(ScenarioError) -> JSONTape {
        try JSONTape(Array(text.utf8), file: "a", largest: 1_000, expected: "a report")
    }

    /// The value of the only member of an object.
    private func value(_ text: String) throws -> String {
        let tape = try read("{\"a\": \(text)}")
        return tape.text(of: try #require(tape.children(of: 0).last))
    }

    @Test("A container has what is right within it, whatever is within that")
    func children() throws {
        let tape = try read(#"{"a": [1, {"b": [2, 3]}, "x"], "c": {}, "d": null}"#)
        let members = tape.children(of: 0)
        #expect(members.map(tape.text).filter { $0.count == 1 } == ["a", "c", "d"])
        let list = tape.children(of: members[1])
        #expect(list.map(tape.kind) == [.word, .object, .text])
        #expect(tape.children(of: members[3]).isEmpty)
        #expect("\(tape.location(of: list[2], in: "f"))" == "f:1:26")
    }

    @Test(
        "A text is what it says, with its escapes",
        arguments: [
            ("\"\"", ""), (#""é💩""#, "é💩"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u00e9\ud83d\uDCA9x""#, "é💩x"), (#""\\u0041""#, "\\u0041"),
        ])
    func text(json: String, text: String) throws { #expect(try value(json) == text) }

    @Test(
        "A number is as it is written",
        arguments: ["0", "-0", "10", "1.50", "1e9", "1E+2", "-1.5e-3", "18446744073709551616"])
    func number(text: String) throws { #expect(try value(text) == text) }

    @Test(
        "What JSON has not is an error",
        arguments: [
            "01", "+1", "1.", ".5", "1e", "0x31", "NaN", "tru", "True", "'a'", "a", "-", "",
            #""\x41""#, #""\u12""#, #""\u-001""#, #""\ud83d""#, #""\udca9\ud83d""#, "\"a\u{1}\"",
            "\"a\tb\"", "[1,]", "[1 2]", "{\"a\"}", "{a: 1}", "{,}", "1 // x",
        ])
    func broken(text: String) {
        #expect(throws: ScenarioError.self) { try value(text) }
    }
}
