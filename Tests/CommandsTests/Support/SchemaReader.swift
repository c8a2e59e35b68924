import Foundation
import Testing

@testable import Commands

/// Holds a JSON value against a JSON Schema of this program: as much of draft 2020-12 as these
/// schemas use. A keyword that it does not know is a problem of its own.
struct SchemaReader {
    typealias Object = [String: Any]

    private let root: Object

    /// - Parameter text: the schema.
    init(_ text: String) throws {
        root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object ?? [:]
    }

    /// The schema of this document.
    init(of document: String) throws {
        let schema = try #require(JSONSchemas.all.first { $0.name == document })
        try self.init(schema.text)
    }

    /// What is wrong with a value, each with the path to it.
    func problems(_ value: Any) -> [String] { problems(value, root, at: "$") }

    /// The schema at a path of members, `$defs/verdict`.
    func schema(at path: String) -> Object? {
        path.split(separator: "/").reduce(root) { object, name in
            object?[String(name)] as? Object
        }
    }

    /// What a schema refers to.
    func target(of schema: Object) -> Object? {
        (schema["$ref"] as? String).flatMap { self.schema(at: String($0.dropFirst(2))) }
    }

    /// The members that the whole document requires.
    var required: Set<String> {
        let parts = [root, target(of: root)].compactMap { $0?["required"] as? [String] }
        return Set(parts.joined())
    }

    /// Each member that is named anywhere, with the path to it.
    var members: [(place: String, schema: Object)] { Self.members(of: root, at: "$") }

    private static func members(of value: Any, at path: String) -> [(String, Object)] {
        if let list = value as? [Any] { return list.flatMap { members(of: $0, at: path) } }
        // A condition names members that others describe.
        let parts = (value as? Object ?? [:]).filter { $0.key != "if" }
        return parts.sorted { $0.key < $1.key }.flatMap { name, inner in
            let named = (name == "properties" ? inner as? Object : nil) ?? [:]
            return named.compactMap { member, schema in
                (schema as? Object).map { ("\(path).\(member)", $0) }
            } + members(of: inner, at: "\(path).\(name)")
        }
    }

    // MARK: - Keywords

    private static let notes: Set<String> = [
        "$schema", "$comment", "$defs", "title", "description", "default",
        // These are looked at by others.
        "then", "else",
    ]

    private func problems(_ value: Any, _ schema: Object, at path: String) -> [String] {
        schema.keys.filter { !Self.notes.contains($0) }.sorted().flatMap { keyword in
            let argument = schema[keyword] ?? ""
            return combined(value, keyword, argument, schema, path)
                ?? simple(value, keyword, argument, path)
                ?? inObject(value, keyword, argument, schema, path)
                ?? inList(value, keyword, argument, path)
                ?? ["\(path): unknown keyword \(keyword)"]
        }
    }

    /// Of keywords that are about other schemas; nil for others.
    private func combined(
        _ value: Any, _ keyword: String, _ argument: Any, _ schema: Object, _ path: String
    ) -> [String]? {
        func isValid(_ other: Any?) -> Bool {
            (other as? Object).map { problems(value, $0, at: path).isEmpty } ?? false
        }
        let others = argument as? [Any] ?? []
        switch keyword {
        case "$ref":
            guard let target = target(of: schema) else { return ["\(path): no \(argument)"] }
            return problems(value, target, at: path)
        case "allOf":
            return others.flatMap { problems(value, $0 as? Object ?? [:], at: path) }
        case "anyOf":
            return others.contains(where: isValid) ? [] : ["\(path): none of anyOf"]
        case "oneOf":
            let count = others.count(where: isValid)
            return count == 1 ? [] : ["\(path): \(count) of oneOf"]
        case "not": return isValid(argument) ? ["\(path): it is what it may not be"] : []
        case "if":
            let next = schema[isValid(argument) ? "then" : "else"] as? Object
            return next.map { problems(value, $0, at: path) } ?? []
        default: return nil
        }
    }

    /// Of keywords that are about single values.
    private func simple(
        _ value: Any, _ keyword: String, _ argument: Any, _ path: String
    ) -> [String]? {
        func found(_ isRight: Bool) -> [String] {
            isRight ? [] : ["\(path): \(keyword) \(argument), found \(value)"]
        }
        let kind = Self.kind(of: value)
        let isNumber = kind == "number" || kind == "integer"
        switch keyword {
        case "type":
            let kinds = argument as? [String] ?? [argument as? String ?? ""]
            return found(kinds.contains(kind) || kinds.contains("number") && isNumber)
        case "const": return found(Self.text(value) == Self.text(argument))
        case "enum":
            let values = argument as? [Any] ?? []
            return found(values.contains { Self.text($0) == Self.text(value) })
        case "pattern":
            guard let text = value as? String else { return [] }
            guard let pattern = try? Regex(argument as? String ?? "") else {
                return ["\(path): no pattern: \(argument)"]
            }
            return found(text.firstMatch(of: pattern) != nil)
        case "minimum": return found(!isNumber || Self.number(value) >= Self.number(argument))
        case "maximum": return found(!isNumber || Self.number(value) <= Self.number(argument))
        default: return nil
        }
    }

    private func inObject(
        _ value: Any, _ keyword: String, _ argument: Any, _ schema: Object, _ path: String
    ) -> [String]? {
        let object = value as? Object
        let members = (object ?? [:]).sorted { $0.key < $1.key }
        func missing(_ names: Any?) -> [String] {
            (names as? [String] ?? []).filter { object != nil && object?[$0] == nil }
                .map { "\(path).\($0): not there" }
        }
        let known = schema["properties"] as? Object ?? [:]
        let others = argument as? Object ?? [:]
        switch keyword {
        case "required": return missing(argument)
        case "dependentRequired":
            return members.flatMap { missing(others[$0.key]) }
        case "properties":
            return members.flatMap { name, member in
                (known[name] as? Object).map { problems(member, $0, at: "\(path).\(name)") } ?? []
            }
        case "additionalProperties":
            return members.filter { known[$0.key] == nil }.flatMap { name, member in
                argument is Object
                    ? problems(member, others, at: "\(path).\(name)")
                    : ["\(path).\(name): not known"]
            }
        case "propertyNames":
            return members.flatMap { problems($0.key, others, at: "\(path).\($0.key)") }
        case "minProperties", "maxProperties":
            let (count, bound) = (members.count, argument as? Int ?? 0)
            let isRight = keyword == "minProperties" ? count >= bound : count <= bound
            return object == nil || isRight ? [] : ["\(path): \(count) members"]
        default: return nil
        }
    }

    private func inList(
        _ value: Any, _ keyword: String, _ argument: Any, _ path: String
    ) -> [String]? {
        let list = value as? [Any]
        let count = list?.count ?? 0
        func found(_ isRight: Bool) -> [String] {
            list == nil || isRight ? [] : ["\(path): \(keyword) \(argument), found \(count)"]
        }
        switch keyword {
        case "items":
            return (list ?? []).enumerated().flatMap { index, item in
                problems(item, argument as? Object ?? [:], at: "\(path)[\(index)]")
            }
        case "minItems": return found(count >= argument as? Int ?? 0)
        case "maxItems": return found(count <= argument as? Int ?? 0)
        case "uniqueItems": return found(Set((list ?? []).map(Self.text)).count == count)
        default: return nil
        }
    }

    // MARK: - Values

    /// The value written as JSON: what Foundation has read is told apart by nothing else.
    private static func text(_ value: Any) -> String {
        let data = try? JSONSerialization.data(withJSONObject: [value], options: .sortedKeys)
        return String(decoding: (data ?? Data()).dropFirst().dropLast(), as: UTF8.self)
    }

    private static func kind(of value: Any) -> String {
        switch value {
        case is String: return "string"
        case is Object: return "object"
        case is [Any]: return "array"
        default: break
        }
        switch text(value) {
        case "true", "false": return "boolean"
        case "null": return "null"
        case let number: return number.contains { ".eE".contains($0) } ? "number" : "integer"
        }
    }

    private static func number(_ value: Any) -> Double {
        // What Foundation has read is any of them, and what Yams has is one.
        value as? Double ?? (value as? Int).map { Double($0) } ?? (value as? UInt64).map {
            Double($0)
        }
            ?? .nan
    }
}
