extension HouseRule {
    /// Tests are read as a list of sentences (Swift Testing prints their names, not their bodies).
    static let tests = [sentences, suiteNames]

    private static let sentences = HouseRule(
        name: "every test has its rule as a sentence",
        check: { file in
            guard file.isSwift, file.isIn("Tests") else { return [] }
            return file.attributes("Test").compactMap { index, arguments in
                let words = arguments.literal?.split(separator: " ").count ?? 0
                return words > 2
                    ? nil
                    : file.finding(index, "expected @Test(\"the rule that it asserts\", …)")
            }
        },
        bad: [
            test("@Test func x() {}"), test("@Test(arguments: [1]) func x(_ y: Int) {}"),
            test("@Test(\n    .timeLimit(.minutes(1)), arguments: [\"one two three\"])"),
            test("@Test(\"\") func x() {}"), test("@Test(\"the name\") func x() {}"),
            test("@Test\nfunc x() {}"),
        ],
        good: [
            test("@Test(\"an EOI ends the highest\") func x() {}"),
            test("@Test(\n    \"an EOI “ends” \\\"the\\\" highest\",\n    arguments: [1])"),
            test("// @Test func x() {}\nlet y = \"@Test func x() {}\""),
            test("@Tested func x() {}"),
            Sample("@Test func x() {}"),
        ])

    private static let suiteNames = HouseRule(
        name: "a suite has a name for readers, and its type ends with “Tests”",
        check: { file in
            guard file.isSwift, file.isIn("Tests") else { return [] }
            return file.attributes("Suite").compactMap { index, arguments in
                guard let type = file.typeName(behind: index) else { return nil }
                guard type.hasSuffix("Tests") else {
                    return file.finding(index, "expected a name that ends with Tests: \(type)")
                }
                return arguments.literal?.isEmpty == false
                    ? nil : file.finding(index, "expected @Suite(\"what \(type) is about\")")
            }
        },
        bad: [
            test("@Suite struct XTests {}"), test("@Suite(.serialized)\nstruct XTests {}"),
            test("@Suite(\"an x\") struct X {}"),
            test("@Suite(\n    \"an x\", .serialized)\nstruct X {}"),
        ],
        good: [
            test("@Suite(\"an x\") struct XTests {}"), test("@Suite(\"an x\")\nstruct XTests {}"),
            // Suites of suites only say how the tests of a resource run.
            test("@Suite(.serialized)\nenum OnX {}"),
        ])

    private static func test(_ text: String) -> Sample {
        Sample(text, in: "Tests/LockstepTests/SampleTests.swift")
    }
}

extension SourceFile {
    /// What stands behind `@Test` or `@Suite`, with the index of the attribute's line.
    fileprivate func attributes(_ name: String) -> [(index: Int, arguments: Substring)] {
        code.indices.compactMap { index in
            // A literal's text is in the lines alone.
            let isThere = code[index].places(of: name).contains { $0.before.last == "@" }
            guard isThere, let place = lines[index].ranges(of: "@\(name)").first else { return nil }
            let next = lines[(index + 1)...].prefix(1).joined()
            return (index, lines[index][place.upperBound...] + next.drop { $0 == " " })
        }
    }

    /// The struct's or class's name that is declared next.
    fileprivate func typeName(behind index: Int) -> String? {
        let words = code[index...].prefix(6).flatMap { $0.split(separator: " ") }
        let place = words.firstIndex { ["struct", "class", "enum", "extension"].contains($0) }
        guard let place, words[place] != "enum", place + 1 < words.count else { return nil }
        return String(words[place + 1].prefix { $0.isLetter || $0.isNumber })
    }
}

extension Substring {
    /// The string literal that is the first argument, as it is written.
    fileprivate var literal: Substring? {
        guard first == "(" else { return nil }
        let argument = dropFirst().drop { $0 == " " }
        guard argument.first == "\"" else { return nil }
        var isEscaped = false
        return argument.dropFirst().prefix { character in
            defer { isEscaped = character == "\\" && !isEscaped }
            return character != "\"" || isEscaped
        }
    }
}
