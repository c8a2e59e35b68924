/// Text for TAP version 14 (testanything.org, "Escaping" and "YAML Diagnostics").
enum TAPText {
    /// A description or a reason: one line, in which no `#` begins a directive.
    static func escaped(_ text: String) -> String {
        var result = ""
        // By scalars: with an accent behind it `#` is another character, and still begins one.
        for scalar in text.printable.trimmedAtEnd.unicodeScalars {
            if scalar == "#" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// A YAML block: a line for each member, and for each element of a list of objects. Strings are
    /// quoted as in JSON, which YAML reads the same way.
    static func block(_ members: [JSONText.Member]) -> [String] {
        let lines = members.flatMap { member -> [String] in
            let value = member.value.printable
            guard case .array(let items) = value, items.contains(where: { !$0.members.isEmpty })
            else { return ["\(member.name): \(value.compact)"] }
            return ["\(member.name):"] + items.map { "  - " + $0.compact }
        }
        return (["---"] + lines + ["..."]).map { "  " + $0 }
    }
}

extension JSONText {
    /// With no character in any string that would have to be escaped by its number: JSON writes
    /// those beyond U+FFFF as two halves, which YAML refuses.
    fileprivate var printable: JSONText {
        switch self {
        case .string(let text): .string(text.printable)
        case .array(let values): .array(values.map(\.printable))
        case .object(let members):
            .object(members.map { Member($0.name, $0.value.printable) })
        default: self
        }
    }
}
