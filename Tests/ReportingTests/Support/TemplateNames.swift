/// The names in a page's template and in what is put into it: one that only one of them has is left
/// out of the page without a word.
enum TemplateNames {
    /// The names that a template asks for.
    static func asked(by template: [UInt8]) -> Set<String> {
        let parts = String(decoding: template, as: UTF8.self).split(separator: "{{").dropFirst()
        return Set(
            parts.compactMap { part in
                let tag = part.prefix { $0 != "}" }.drop { "{#^/".contains($0) }
                // “%” says what the whole template is, “>” stands for another.
                return tag == "." || "%>".contains(tag.prefix(1)) ? nil : String(tag)
            })
    }

    /// The names of a document and of what it holds.
    static func given(by content: Any) -> Set<String> {
        switch content {
        case let members as [String: Any]:
            members.reduce(into: Set(members.keys)) { $0.formUnion(given(by: $1.value)) }
        case let list as [Any]: list.reduce(into: []) { $0.formUnion(given(by: $1)) }
        default: []
        }
    }
}
