extension HouseRule {
    /// Every public declaration of the modules that a newcomer reads first says what it is: types,
    /// members, cases, and the requirements of protocols. Of `Verdicts` the types do, and the
    /// functions outside a type.
    ///
    /// What merely satisfies a protocol is documented there, and here need not be: the protocol has
    /// to be named where the type, or its extension, begins. `witnesses` says what each requires.
    static let documented = HouseRule(
        name: "public declarations of InterruptModel and StateExplorer are documented",
        check: { file in
            let whole = ["Sources/InterruptModel", "Sources/StateExplorer"].contains(
                where: file.isIn)
            guard file.isSwift, whole || file.isIn("Sources/Verdicts") else { return [] }
            return file.undocumented(membersToo: whole)
                .map { file.finding($0, "public, and no /// comment") }
        },
        bad: [
            verdicts("public struct X {}"), verdicts("public final class X {}"),
            verdicts("// no doc\npublic enum X {}"), verdicts("@frozen\npublic enum X {}"),
            verdicts("@frozen public enum X {}"), verdicts("public indirect enum X {}"),
            verdicts("/// X.\npublic struct X {\n    public enum Y {}\n}"),
            verdicts("/// X.\n\npublic struct X {}"), verdicts("public func x() {}"),
            verdicts("public protocol X {}"),
            model("/// X.\npublic struct X {\n    public var a: Int\n}"),
            model("/// X.\npublic struct X {\n    public init() {}\n}"),
            model("/// X.\npublic struct X {\n    public static let a = 0\n}"),
            model("/// X.\npublic struct X {\n    public internal(set) var a = 0\n}"),
            model("extension X {\n    @inline(__always)\n    public mutating func a() {}\n}"),
            model("extension X {\n    public subscript(a: Int) -> Int { a }\n}"),
            model("/// X.\npublic enum X {\n    case a, b\n}"),
            model("/// X.\npublic enum X: Error {\n    /// A.\n    case a\n    case b\n}"),
            model("/// X.\npublic protocol X {\n    var a: Int { get }\n}"),
            model("/// X.\npublic protocol X {\n    associatedtype A\n}"),
            model("/// X.\npublic protocol X {\n    mutating func a()\n}"),
            // No witness: the protocol is another, or none.
            model("/// X.\npublic struct X {\n    public func note(_ event: Event) {}\n}"),
            model("/// X.\npublic struct X: Hashable {\n    public init(rawValue: Int) {}\n}"),
        ],
        good: [
            verdicts("/// X.\n@frozen\npublic enum X {\n    case a\n}"), verdicts("struct X {}"),
            verdicts("/// X.\npublic struct X {\n    public var actor: Actor { a }\n}"),
            verdicts("let x = \"\"\"\n    public struct X {}\n    \"\"\""),
            Sample("public struct X {}", in: "Sources/Reporting/Sample.swift"),
            model("/// X.\npublic enum X {\n    /// A.\n    case a\n}"),
            model("enum X {\n    case a\n    var b: Int { 0 }\n}"),
            model(
                "extension X {\n    /// A.\n    public var a: Int {\n        switch self {\n"
                    + "        case .a: 0\n        }\n    }\n}"),
            model("/// X.\npublic struct X: EventSink {\n    public mutating func note() {}\n}"),
            model("/// X.\npublic struct X:\n    OptionSet\n{\n    public let rawValue: Int\n}"),
            model("extension X: EOIDesign {\n    public static var name: String { a }\n}"),
        ])

    private static func verdicts(_ text: String) -> Sample {
        Sample(text, in: "Sources/Verdicts/Sample.swift")
    }

    private static func model(_ text: String) -> Sample {
        Sample(text, in: "Sources/InterruptModel/Sample.swift")
    }

    /// What these protocols require, where it is documented already.
    fileprivate static let witnesses: [String: Set<String>] = [
        "AxisValue": ["meaning"],
        "Comparable": ["<"],
        "DesignMemory": ["init(", "init(packed:", "packed", "bits"],
        "EOIDesign": design, "RFCDesign": design,
        "EventSink": ["note"],
        "Hashable": ["==", "hash"],
        "InterruptBus": ["deliver", "entryWritten"],
        "OptionSet": ["rawValue", "init(rawValue:"],
        "PinTable": ["init(", "subscript", "==", "hash"],
        "StateWord": ["zero", "init(", "low", "|", "^", "shiftedUp", "shiftedDown", "mixed", "<"],
        "VectorSet": [
            "init(", "isEmpty", "highest", "contains", "insert", "remove", "union", "intersection",
            "subtracting",
        ],
        "VectorSpace": [
            "Vectors", "PinNumbers", "PinCounters", "priorityClass", "vector", "index", "pin",
            "breaks",
        ],
    ]

    private static let design: Set = [
        "name", "summary", "source", "explanation", "Memory", "movable", "note", "decide",
        "forgetsOnReset", "wantsVector", "rulesOut",
    ]
}

extension SourceFile {
    /// Indices of lines with a declaration that lacks its comment.
    fileprivate func undocumented(membersToo: Bool) -> [Int] {
        code.indices.filter { index in
            let line = code[index]
            guard let declared = Declaration(line), !isDocumented(index) else { return false }
            let isTopLevel = !line.hasPrefix(" ")
            guard membersToo else {
                return declared.isPublic
                    && (declared.isType || declared.keyword == "func" && isTopLevel)
            }
            let owner = isTopLevel ? "" : owner(of: index)
            // Cases and requirements are as public as what they stand in.
            let isImplied =
                declared.keyword == "case"
                ? owner.contains("public enum") || owner.contains("public indirect enum")
                : owner.contains("public protocol")
            guard declared.isPublic || isImplied else { return false }
            return !owner.split { !$0.isLetter }.contains { name in
                HouseRule.witnesses[String(name)]?.contains(declared.name) ?? false
            } || owner.contains("public protocol")
        }
    }

    /// The head of the declaration around a line: all lines of it, up to its brace.
    private func owner(of index: Int) -> String {
        func indent(_ line: String) -> Int { line.prefix { $0 == " " }.count }
        let own = indent(code[index])
        var start = index
        while start > 0, indent(code[start]) >= own || Declaration(code[start]) == nil {
            start -= 1
        }
        let head = code[start...index]
        let end = head.firstIndex { $0.contains("{") } ?? index
        return head[...end].joined(separator: " ")
    }

    /// Whether a `///` stands right above, attributes aside.
    private func isDocumented(_ index: Int) -> Bool {
        func start(_ index: Int) -> Substring { lines[index].drop { $0 == " " } }
        var above = index - 1
        while above >= 0, start(above).hasPrefix("@") { above -= 1 }
        return above >= 0 && start(above).hasPrefix("///")
    }
}

/// A line on which a declaration begins.
private struct Declaration {
    let keyword: String
    /// Of an initialiser its first label too: `init(rawValue:`.
    let name: String
    let isPublic: Bool

    var isType: Bool { ["struct", "enum", "class", "actor", "protocol"].contains(keyword) }

    init?(_ line: String) {
        let modifiers = [
            "public", "package", "private", "fileprivate", "internal", "final", "indirect",
            "nonisolated", "static", "mutating", "private(set)", "internal(set)", "override",
        ]
        let keywords = [
            "struct", "enum", "class", "actor", "protocol", "extension", "func", "var", "let",
            "case", "init", "subscript", "typealias", "associatedtype",
        ]
        var words = line.split(separator: " ").map(String.init)
        isPublic = words.contains("public")
        words.removeAll { modifiers.contains($0) || $0.hasPrefix("@") }
        guard let first = words.first else { return nil }
        let word = String(first.prefix { $0.isLetter })
        guard keywords.contains(word) else { return nil }
        keyword = word
        switch word {
        case "init":
            let label = first.drop { $0 != "(" }.dropFirst().prefix { $0.isLetter }
            name = label.isEmpty ? "init(" : "init(\(label):"
        case "subscript": name = word
        default:
            let rest = words.count > 1 ? words[1] : ""
            let identifier = rest.prefix { $0.isLetter }
            name = String(identifier.isEmpty ? rest.prefix { $0 != "(" } : identifier)
        }
    }
}
