import Testing

/// What the rules see of a source depends on this being right.
@Suite("Swift text taken apart into code and comments") struct SwiftTextTests {
    @Test(
        "A line is taken apart into its code without texts, and its comments",
        arguments: [
            ("let a = 1 // b", "let a = 1 ", "// b"),
            ("a /* b /* c */ d */ e", "a  e", "/* b /* c */ d */"),
            ("x(\"a // b\")", "x(\"\")", ""),
            ("x(\"a \\\" b\") // c", "x(\"\") ", "// c"),
            ("x(\"a \\(b(c)) d\")", "x(\"\"(b(c)))", ""),
            ("x(\"a \\(b(\"c)\")) d\") + e", "x(\"\"(b(\"\"))) + e", ""),
            ("x(#\"a \" \\(b) \\#(c)\"#)", "x(\"\"(c))", ""),
            ("#if a", "#if a", ""),
            ("\"\"", "\"\"", ""),
        ])
    func aLineIsTakenApart(_ text: String, _ code: String, _ comment: String) {
        let parts = SwiftText(text)
        #expect(parts.code == [code])
        #expect(parts.comments == [comment])
    }

    @Test("Lines keep their numbers behind texts and comments of several lines")
    func linesKeepTheirNumbers() {
        let parts = SwiftText("a\n\"\"\"\n  // b \"quoted\"\n  \"\"\"; c\n/* d\ne */ f\n")
        #expect(parts.code == ["a", "\"\"", "", "; c", "", " f", ""])
        #expect(parts.comments == ["", "", "", "", "/* d", "e */", ""])
    }

    @Test("In every file of the tree the lines are counted and the braces match")
    func everyFile() {
        for file in SourceTree.files where file.isSwift {
            #expect(file.code.count == file.lines.count, "\(file.path)")
            let open = file.code.joined().reduce(0) { sum, character in
                sum + (character == "{" ? 1 : character == "}" ? -1 : 0)
            }
            #expect(open == 0, "\(file.path): braces do not match, so something was misread")
        }
    }

    @Test("Only whole words are found, and no member of another's")
    func wordsAreWhole() {
        #expect("unsafe x".places(of: "unsafe").count == 1)
        #expect("unsafeName, _unsafe, isunsafe".places(of: "unsafe").isEmpty)
        #expect("a.print(b) print(c)".places(of: "print").count == 2)
    }
}
