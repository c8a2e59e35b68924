import Foundation
import InterruptModel

/// What a JSON value has to look like. Members that are not named may be there as well: the
/// promise is that later versions only add (reports §4).
indirect enum Shape: Sendable {
    case string
    /// One of these strings.
    case word([String])
    case integer
    case number
    case bool
    case list(Shape)
    /// An object whose members all look alike.
    case map(Shape)
    case object([String: Shape], optional: [String: Shape] = [:])

    static let tool = Shape.object(
        ["version": .string], optional: ["commit": .string])
    /// Every axis of the table, by its own words.
    static let assumptions = Shape.object(
        [:],
        optional: Dictionary(
            uniqueKeysWithValues: AxisEntry.all.map { ($0.name, .word($0.words)) }))

    /// What is wrong with a value, each with the path to it.
    func problems(_ value: Any, at path: String = "$") -> [String] {
        switch self {
        case .string: value is String ? [] : ["\(path): no string"]
        case .word(let words):
            (value as? String).map(words.contains) ?? false
                ? [] : ["\(path): “\(value)” is none of \(words)"]
        case .integer: Self.isInteger(value) ? [] : ["\(path): no integer"]
        case .number: Self.isNumber(value) ? [] : ["\(path): no number"]
        case .bool: Self.isBool(value) ? [] : ["\(path): neither true nor false"]
        case .list(let shape):
            (value as? [Any]).map { list in
                list.enumerated().flatMap { shape.problems($1, at: "\(path)[\($0)]") }
            } ?? ["\(path): no array"]
        case .map(let shape):
            (value as? [String: Any]).map { object in
                object.flatMap { shape.problems($1, at: "\(path).\($0)") }
            } ?? ["\(path): no object"]
        case .object(let members, let optional):
            (value as? [String: Any]).map { object in
                members.flatMap { name, shape in
                    object[name].map { shape.problems($0, at: "\(path).\(name)") }
                        ?? ["\(path).\(name): not there"]
                }
                    + optional.flatMap { name, shape in
                        object[name].map { shape.problems($0, at: "\(path).\(name)") } ?? []
                    }
            } ?? ["\(path): no object"]
        }
    }

    /// Foundation makes NSNumber of true and 1 alike; only writing it tells them apart.
    private static func isBool(_ value: Any) -> Bool {
        guard value is Bool else { return false }
        let text = try? JSONSerialization.data(withJSONObject: [value])
        return text == Data("[true]".utf8) || text == Data("[false]".utf8)
    }
    private static func isNumber(_ value: Any) -> Bool { value is Double && !isBool(value) }
    private static func isInteger(_ value: Any) -> Bool {
        !isBool(value) && (value is Int || value is UInt64)
    }
}

/// A JSON document by paths.
struct JSONDocument {
    let value: Any

    init(_ text: String) throws {
        value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    }

    private init(value: Any) { self.value = value }

    subscript(name: String) -> JSONDocument? {
        (value as? [String: Any])?[name].map { JSONDocument(value: $0) }
    }

    var list: [JSONDocument] { (value as? [Any])?.map { JSONDocument(value: $0) } ?? [] }
    var names: Set<String> { Set((value as? [String: Any] ?? [:]).keys) }
    var string: String? { value as? String }
    var integer: Int? { value as? Int }
    var strings: [String] { list.compactMap(\.string) }
}
