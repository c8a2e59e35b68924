package import Verdicts

/// A JSON value that renders to the same text every time: members stay in the order in which
/// they were given, so two reports can be compared line by line (RFC 8259).
///
/// It reads like the document it makes:
/// ```swift
/// let document: JSONText = ["name": "level-basic", "steps": .int(12), "tags": ["eoi", "level"]]
/// print(document.pretty)
/// ```
public enum JSONText: Equatable, Sendable {
    /// One name and its value in an object.
    public struct Member: Equatable, Sendable {
        public var name: String
        public var value: JSONText

        public init(_ name: String, _ value: JSONText) {
            self.name = name
            self.value = value
        }
    }

    case object([Member])
    case array([JSONText])
    case string(String)
    case int(Int)
    /// For numbers beyond `Int.max`, such as seeds: written in full, never as a fraction.
    case unsigned(UInt64)
    /// Written in the fewest digits that read back as the same number. Infinities and NaN do not
    /// exist in JSON and become `null`.
    case double(Double)
    case bool(Bool)
    case null

    /// An array of strings.
    public static func strings(_ values: [String]) -> JSONText {
        .array(values.map { .string($0) })
    }

    /// A whole document: the members that every one begins with, and then its own.
    /// - Parameters:
    ///   - tool: what has made it.
    ///   - host: facts about where it was made; nil where that makes no difference.
    ///   - body: an object.
    package static func document(
        by tool: Tool, on host: [(name: String, value: String)]? = nil, _ body: JSONText
    ) -> JSONText {
        let head: JSONText = [
            "schemaVersion": .int(Tool.schemaVersion),
            "tool": ["version": .string(tool.version), "commit": tool.commit.map(JSONText.string)],
            "host": host.map { .object($0.map { Member($0.name, .string($0.value)) }) },
        ]
        return .object(head.members + body.members)
    }

    /// What is assumed, in the one spelling of all documents: axes by the names that they have on
    /// the command line, without those that are open.
    package static func assumptions(_ axes: [(name: String, value: String?)]) -> JSONText {
        .object(axes.compactMap { axis in axis.value.map { Member(axis.name, .string($0)) } })
    }

    /// Of an object; nothing else has any.
    var members: [Member] { if case .object(let members) = self { members } else { [] } }

    /// All on one line, for JSON lines.
    public var compact: String {
        switch self {
        case .object(let members):
            "{" + members.map { Self.quoted($0.name) + ": " + $0.value.compact }.list + "}"
        case .array(let values): "[" + values.map(\.compact).list + "]"
        case .string(let text): Self.quoted(text)
        case .int(let number): String(number)
        case .unsigned(let number): String(number)
        case .double(let number): number.isFinite ? String(number) : "null"
        case .bool(let flag): flag ? "true" : "false"
        case .null: "null"
        }
    }

    /// Indented by two spaces, with a newline at the end: a whole file.
    public var pretty: String { indented(by: 0) + "\n" }

    /// A container of plain values stays on one line while it is short: counts and differences
    /// read as one thing, and a change of one of them is one changed line.
    private func indented(by depth: Int) -> String {
        let nested: (open: String, items: [String], close: String)
        switch self {
        case .object(let members) where !isShort:
            let items = members.map {
                Self.quoted($0.name) + ": " + $0.value.indented(by: depth + 1)
            }
            nested = ("{", items, "}")
        case .array(let values) where !isShort:
            nested = ("[", values.map { $0.indented(by: depth + 1) }, "]")
        default:
            return compact
        }
        let outer = "\n" + String(repeating: "  ", count: depth)
        let inner = outer + "  "
        let body = nested.items.joined(separator: "," + inner)
        return nested.open + inner + body + outer + nested.close
    }

    private var isShort: Bool {
        let values: [JSONText] =
            switch self {
            case .object(let members): members.map(\.value)
            case .array(let values): values
            default: []
            }
        return values.allSatisfy(\.isPlain) && compact.utf8.count <= 80
    }

    private var isPlain: Bool {
        switch self {
        case .object(let members): members.isEmpty
        case .array(let values): values.isEmpty
        default: true
        }
    }

    /// RFC 8259, §7: quotation mark, reverse solidus and U+0000–U+001F must be escaped. What else
    /// a terminal obeys, or a reader of lines takes for their end, is escaped as well, so that a
    /// report cannot be broken by a name in it.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.substitute != nil:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension JSONText: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }

    public init(arrayLiteral elements: JSONText...) { self = .array(elements) }

    /// A member whose value is `nil` is left out; write `.null` to have it said.
    public init(dictionaryLiteral elements: (String, JSONText?)...) {
        self = .object(
            elements.compactMap { name, value in value.map { Member(name, $0) } })
    }
}

extension [String] {
    fileprivate var list: String { joined(separator: ", ") }
}
