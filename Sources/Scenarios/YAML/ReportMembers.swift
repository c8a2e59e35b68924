package import Verdicts

/// The members of a JSON object by their names.
package struct ReportMembers {
    private let cursor: YAMLCursor
    private let what: String
    /// What the file should have been, for errors.
    private let kind: String
    private var members: [String: YAMLCursor] = [:]

    /// Bytes of a report, at most, where nobody says how many.
    package static let largest = 1_000_000

    package init(
        _ cursor: YAMLCursor, of what: String, in kind: String
    ) throws(ScenarioError) {
        self.kind = kind
        self.cursor = cursor
        self.what = what
        for (key, value) in try cursor.pairs(what) { members[try key.text("a key")] = value }
    }

    /// Reads a whole report: one JSON object, of this version of its schema. Members that nobody
    /// asks for are a later version's, and not looked at.
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: its name, for errors.
    ///   - kind: what the file should be, for errors.
    ///   - largest: how many bytes there may be.
    package init(
        _ bytes: [UInt8], file: String, kind: String, largest: Int = Self.largest
    ) throws(ScenarioError) {
        let tape = try JSONTape(bytes, file: file, largest: largest, expected: kind)
        try self.init(YAMLCursor(tape, file: file), of: "the report", in: kind)
        try self["schemaVersion"].refuseOtherSchema()
    }

    package subscript(name: String) -> YAMLCursor {
        get throws(ScenarioError) {
            guard let member = members[name] else {
                throw cursor.error(
                    "there is no “\(name)” in \(what); expected \(kind)")
            }
            return member
        }
    }

    /// An error at the object's beginning.
    package func error(_ message: String) -> ScenarioError { cursor.error(message) }

    /// Whether it has all of these.
    package func contains(_ names: [String]) -> Bool {
        names.allSatisfy { members[$0] != nil }
    }

    /// The members of the program that has made the report.
    package var tool: ReportMembers {
        get throws(ScenarioError) { try ReportMembers(self["tool"], of: "the tool", in: kind) }
    }

    package func optional(_ name: String) -> YAMLCursor? { members[name] }
}

extension Tool {
    /// Reads it from its members.
    package init(_ members: ReportMembers) throws(ScenarioError) {
        self.init(
            version: try members["version"].text("the tool's version"),
            commit: try members.optional("commit")?.text("the tool's commit"))
    }
}

extension YAMLCursor {
    /// Refuses the number of another version's schema.
    func refuseOtherSchema() throws(ScenarioError) {
        guard try text("the version of the schema") == "\(Tool.schemaVersion)" else {
            throw error(
                "expected schemaVersion \(Tool.schemaVersion), found \(found): another version of "
                    + "savic-eoi has written this; make the report again with this one")
        }
    }

    /// An object whose members are texts, in its order.
    /// - Parameter each: what one of them is.
    package func texts(
        _ what: String, each: String
    ) throws(ScenarioError) -> [(name: String, value: String)] {
        var texts: [(name: String, value: String)] = []
        for (key, value) in try pairs(what) {
            texts.append((try key.text("the name of \(each)"), try value.text(each)))
        }
        return texts
    }

    /// A time that has passed.
    package func seconds(_ what: String) throws(ScenarioError) -> Double {
        let word = try text(what)
        guard let value = Double(word), value >= 0, value.isFinite else {
            throw error("expected \(what), in seconds, found \(quoted: word)")
        }
        return value
    }

    /// A whole number of 64 bits.
    package func unsigned(_ what: String) throws(ScenarioError) -> UInt64 {
        let word = try text(what)
        guard let value = UInt64(word) else {
            throw error("expected \(what), a whole number of 64 bits, found \(quoted: word)")
        }
        return value
    }
}
