import Reporting
import Testing
import Verdicts

@Suite("The program's version and commit") struct ToolTests {
    private static let hash = "0123456789abcdef0123456789abcdef01234567"

    @Test(
        "People read twelve digits of the commit, and whether files had been changed",
        arguments: [
            (nil, "savic-eoi 1.2.3"), (hash, "savic-eoi 1.2.3 (0123456789ab)"),
            (hash + "-dirty", "savic-eoi 1.2.3 (0123456789ab-dirty)"),
            ("0123456-dirty", "savic-eoi 1.2.3 (0123456-dirty)"),
        ])
    func name(commit: String?, expected: String) {
        #expect(Tool(version: "1.2.3", commit: commit).name == expected)
    }

    @Test("A bug report has the commit in full, or that the build did not record it")
    func build() {
        let dirty = Self.hash + "-dirty"
        #expect(Tool(version: "1.2.3", commit: dirty).build == "1.2.3 (commit \(dirty))")
        #expect(Tool(version: "1.2.3").build == "1.2.3 (commit not recorded)")
    }

    @Test("A document has the commit where it is known, and is silent where it is not")
    func document() {
        func head(_ commit: String?) -> String {
            JSONText.document(by: Tool(version: "1.2.3", commit: commit), [:]).compact
        }
        #expect(head(nil) == #"{"schemaVersion": 2, "tool": {"version": "1.2.3"}}"#)
        #expect(
            head("0123456")
                == #"{"schemaVersion": 2, "tool": {"version": "1.2.3", "commit": "0123456"}}"#)
    }
}
