/// JSON's values as YAML in block style, which readers of little YAML know as well.
extension JSONText {
    /// The value as lines. Strings are quoted as in JSON, which YAML reads the same way.
    var yaml: [String] {
        switch self {
        case .object(let members) where !members.isEmpty:
            members.flatMap { member -> [String] in
                let lines = member.value.yaml
                guard member.value.isBranch else { return ["\(member.name): \(lines[0])"] }
                return ["\(member.name):"] + lines.map { "  " + $0 }
            }
        case .array(let values) where !values.isEmpty:
            values.flatMap { value in
                value.yaml.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 }
            }
        // JSON escapes what is not printable by its number, and beyond U+FFFF by two, which YAML
        // refuses.
        case .string(let text): [JSONText.string(text.printable).compact]
        default: [compact]
        }
    }

    /// Whether it takes lines of its own.
    private var isBranch: Bool {
        switch self {
        case .object(let members): !members.isEmpty
        case .array(let values): !values.isEmpty
        default: false
        }
    }
}
