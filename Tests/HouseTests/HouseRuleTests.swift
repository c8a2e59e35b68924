import Testing

@Suite("Every rule is held against the whole tree, and against its own samples")
struct HouseRuleTests {
    @Test("The tree that the rules see has the sources, the tests and the manifest")
    func theTreeIsThere() {
        let files = SourceTree.files
        #expect(files.count { $0.isIn("Sources") && $0.isSwift } > 50)
        #expect(files.count { $0.isIn("Tests") } > 10)
        #expect(SourceTree.file("Package.swift") != nil)
    }

    @Test("The source keeps the rule", arguments: HouseRule.all)
    func theSourceKeepsTheRule(_ rule: HouseRule) {
        let findings = SourceTree.files.flatMap(rule.check)
        #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
    }

    @Test("Each bad sample breaks the rule, and no good one does", arguments: HouseRule.all)
    func theRuleCanBeBroken(_ rule: HouseRule) {
        #expect(!rule.bad.isEmpty)
        for sample in rule.bad { #expect(!rule.check(sample.file).isEmpty, "\(sample.text)") }
        for sample in rule.good { #expect(rule.check(sample.file).isEmpty, "\(sample.text)") }
    }

    @Test("What may be long is there, and is data")
    func tablesAreTables() {
        for path in HouseRule.tables {
            #expect(SourceTree.file(path) != nil && !path.hasSuffix(".swift"), "\(path)")
        }
    }

    /// A long file is a question for a reviewer, not a failure.
    @Test("A file over 400 lines is named in a warning")
    func filesOver400LinesAreNamed() {
        for file in SourceTree.files
        where file.lines.count > 401 && !HouseRule.tables.contains(file.path) {
            Issue.record("\(file.path) has \(file.lines.count - 1) lines", severity: .warning)
        }
    }
}
