internal import Foundation

/// What a document looks like, in the language of json-schema.org, draft 2020-12.
struct JSONSchema {
    let name: String
    /// The file as it stands in the sources, without the definitions that it refers to.
    private let file: String

    init(name: String, bytes: [UInt8]) {
        self.name = name
        file = String(decoding: bytes, as: UTF8.self)
    }

    private struct Heading: Decodable {
        var title: String
    }

    /// What the document is, and what writes it, in one line.
    var title: String {
        let heading = try? JSONDecoder().decode(Heading.self, from: Data(file.utf8))
        return heading?.title ?? ""
    }

    /// The whole schema, which refers to nothing outside of itself: behind the members of its file
    /// stand the definitions that these refer to, and those that the definitions refer to.
    var text: String {
        var names = Self.references(in: file)
        var definitions: [String] = []
        while definitions.count < names.count {
            let name = names[definitions.count]
            let definition = JSONSchemas.definition(name) ?? "{}\n"
            names += Self.references(in: definition).filter { !names.contains($0) }
            let lines = definition.split(separator: "\n").joined(separator: "\n    ")
            definitions.append("    \"\(name)\": \(lines)")
        }
        let end = "\n}\n"
        guard !names.isEmpty, file.hasSuffix(end) else { return file }
        return file.dropLast(end.count) + ",\n  \"$defs\": {\n"
            + definitions.joined(separator: ",\n") + "\n  }" + end
    }

    /// The definitions that a text refers to, each once, in the order of their places.
    static func references(in text: String) -> [String] {
        let mark = "\"#/$defs/"
        return text.ranges(of: mark).reduce(into: []) { names, range in
            let rest = text[range.upperBound...]
            let name = String(rest.prefix { $0.isLetter || $0 == "-" })
            if !names.contains(name) { names.append(name) }
        }
    }
}
