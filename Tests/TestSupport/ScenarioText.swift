package import Scenarios
internal import Testing

/// The text of a scenario file made of fields, of which a test replaces the one that it is about.
///
/// A `§` in the text marks the place that the error must name; it is taken out before loading.
package struct ScenarioText: Sendable, CustomTestStringConvertible {
    private static let fields = [
        "name: one", "summary: a line", "source: a test", "groups: [test]",
        "machine: {pins: [{pin: 2, vector: 0x31}]}", "steps: [run]",
    ]

    package let bytes: [UInt8]
    /// Line and column of the mark, from 1.
    package let place: (line: Int, column: Int)?

    package init(raw text: String) {
        let parts = text.split(separator: "§", maxSplits: 1, omittingEmptySubsequences: false)
        bytes = Array(parts.joined().utf8)
        let lines = parts[0].split(separator: "\n", omittingEmptySubsequences: false)
        place = parts.count < 2 ? nil : (lines.count, (lines.last?.count ?? 0) + 1)
    }

    /// A whole scenario with some fields replaced, added (`key: value`) or, with an empty value,
    /// left out (`key:`).
    package init(_ changes: String...) {
        var lines = Self.fields
        for change in changes {
            let key = change.filter { $0 != "§" }.prefix { $0 != ":" }
            let isOut = change.hasSuffix(":") && !change.contains("\n")
            if let line = lines.firstIndex(where: { $0.hasPrefix(key + ":") }) {
                if isOut { lines.remove(at: line) } else { lines[line] = change }
            } else {
                lines.append(change)
            }
        }
        self.init(raw: lines.joined(separator: "\n") + "\n")
    }

    package func load(as file: String = "test.yaml") throws(ScenarioError) -> [Scenario] {
        try ScenarioLoader.load(bytes, file: file)
    }

    package var testDescription: String { String(decoding: bytes, as: UTF8.self) }

    /// The only scenario of a good text.
    package func one() throws -> Scenario {
        let scenarios = try load()
        return try #require(scenarios.count == 1 ? scenarios[0] : nil)
    }
}

/// A file that a stranger might write, the place where it is wrong and what he is to be told.
package struct BrokenFile: Sendable, CustomTestStringConvertible {
    package var rule: String
    package var text: ScenarioText
    /// Words that the message must have.
    package var words: [String]

    package init(_ rule: String, _ text: ScenarioText, _ words: String...) {
        self.rule = rule
        self.text = text
        self.words = words
    }

    package var testDescription: String { rule }
}
