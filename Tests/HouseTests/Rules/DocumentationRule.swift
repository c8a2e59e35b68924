extension HouseRule {
    /// Every public type of the modules that a newcomer reads first, and every public function
    /// outside a type, says what it is.
    ///
    /// The scanner reads lines, so it has limits. It does not ask for members of types: many
    /// carry the kernel's own names, or those of the standard library's sets, under a comment
    /// that the type has, and only a compiler knows which of them merely satisfy a protocol.
    static let documented = HouseRule(
        name: "public types of InterruptModel and Verdicts are documented",
        check: { file in
            let modules = ["Sources/InterruptModel", "Sources/Verdicts"]
            guard file.isSwift, modules.contains(where: file.isIn) else { return [] }
            return file.undocumented.map { file.finding($0, "public, and no /// comment") }
        },
        bad: [
            verdicts("public struct X {}"), verdicts("public final class X {}"),
            verdicts("// no doc\npublic enum X {}"), verdicts("@frozen\npublic enum X {}"),
            verdicts("@frozen public enum X {}"), verdicts("public indirect enum X {}"),
            verdicts("/// X.\npublic struct X {\n    public enum Y {}\n}"),
            verdicts("/// X.\n\npublic struct X {}"), verdicts("public func x() {}"),
            verdicts("public protocol X {}"),
        ],
        good: [
            verdicts("/// X.\n@frozen\npublic enum X {\n    case a\n}"), verdicts("struct X {}"),
            verdicts("/// X.\npublic struct X {\n    public var actor: Actor { a }\n}"),
            verdicts("let x = \"\"\"\n    public struct X {}\n    \"\"\""),
            Sample("public struct X {}", in: "Sources/Reporting/Sample.swift"),
        ])

    private static func verdicts(_ text: String) -> Sample {
        Sample(text, in: "Sources/Verdicts/Sample.swift")
    }
}

extension SourceFile {
    /// Indices of lines with a declaration that lacks its comment.
    fileprivate var undocumented: [Int] {
        code.indices.filter { index in
            let line = code[index]
            let words = line.split(separator: " ").map(String.init)
            let modifiers = ["public", "final", "indirect", "nonisolated", "static"]
            let keyword = words.first { !modifiers.contains($0) && !$0.hasPrefix("@") } ?? ""
            let isType = ["struct", "enum", "class", "actor", "protocol"].contains(keyword)
            let isFunction = keyword == "func" && !line.hasPrefix(" ")
            return words.contains("public") && (isType || isFunction) && !isDocumented(index)
        }
    }

    /// Whether a `///` stands right above, attributes aside.
    private func isDocumented(_ index: Int) -> Bool {
        func start(_ index: Int) -> Substring { lines[index].drop { $0 == " " } }
        var above = index - 1
        while above >= 0, start(above).hasPrefix("@") { above -= 1 }
        return above >= 0 && start(above).hasPrefix("///")
    }
}
