internal import Yams

/// A node of a file that knows where it stands and reads itself with errors that say file, line,
/// column and what was expected. JSON is a part of YAML; a report, which is long, is read as what
/// it is.
package struct YAMLCursor {
    private enum Source {
        case yaml(Node)
        case json(JSONTape, Int)
    }

    private let source: Source
    let file: String

    private init(_ source: Source, _ file: String) { (self.source, self.file) = (source, file) }

    /// The object of a JSON text.
    init(_ tape: JSONTape, file: String) { self.init(.json(tape, 0), file) }

    /// The documents of `text`, separated by `---`.
    package static func documents(of text: String, file: String) throws(ScenarioError)
        -> [YAMLCursor]
    {
        var documents: [YAMLCursor] = []
        do {
            let parser = try Parser(yaml: text)
            while let node = try parser.nextRoot() {
                let document = YAMLCursor(.yaml(node), file)
                // Nodes know their anchors only as long as the parser lives.
                try document.refuseAnchors()
                documents.append(document)
            }
        } catch let error as ScenarioError {
            throw error
        } catch let error as YamlError {
            throw scenarioError(error, file: file)
        } catch {
            throw ScenarioError(
                location: SourceLocation(file: file, line: 1, column: 1), message: "\(error)")
        }
        guard !documents.isEmpty else {
            throw ScenarioError(
                location: SourceLocation(file: file, line: 1, column: 1),
                message: "the file is empty; expected a scenario")
        }
        return documents
    }

    private static func scenarioError(_ error: YamlError, file: String) -> ScenarioError {
        func at(_ mark: Mark, _ message: String) -> ScenarioError {
            ScenarioError(
                location: SourceLocation(file: file, line: mark.line, column: mark.column),
                message: message)
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return at(mark, problem)
        case .reader(let problem, let offset, _, let text):
            let before = text.utf8.prefix(offset ?? 0)
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
            return ScenarioError(
                location: SourceLocation(file: file, line: line, column: column),
                message: problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "\(quoted: $0)" }.joined(separator: ", ")
            return at(context.mark, "duplicate key \(keys)")
        default:
            return ScenarioError(
                location: SourceLocation(file: file, line: 1, column: 1), message: "\(error)")
        }
    }

    /// A word of the command line, or a line that somebody types, for the same errors.
    package static func typed(_ word: String, in place: String) -> YAMLCursor {
        YAMLCursor(.yaml(Node(word)), place)
    }

    var isScalar: Bool { scalar != nil }

    /// What stands here, where it is neither a list nor a mapping.
    private var scalar: String? {
        switch source {
        case .yaml(.scalar(let scalar)): return scalar.string
        case .yaml: return nil
        case .json(let tape, let index):
            let kind = tape.kind(of: index)
            return kind == .text || kind == .word ? tape.text(of: index) : nil
        }
    }

    /// Whether JSON's null stands here.
    package var isNull: Bool {
        guard case .json(let tape, let index) = source else { return false }
        return tape.kind(of: index) == .word && tape.text(of: index) == "null"
    }

    package var location: SourceLocation {
        switch source {
        case .yaml(let node):
            let mark = node.mark
            return SourceLocation(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
        case .json(let tape, let index): return tape.location(of: index, in: file)
        }
    }

    package func error(_ message: String) -> ScenarioError {
        ScenarioError(location: location, message: message)
    }

    private func cursor(_ node: Node) -> YAMLCursor { YAMLCursor(.yaml(node), file) }

    /// What stands here, for messages.
    package var found: String {
        if let scalar { return "\(quoted: scalar)" }
        return switch source {
        case .yaml(.sequence): "a list"
        case .json(let tape, let index) where tape.kind(of: index) == .list: "a list"
        case .yaml(.alias): "an alias"
        case .yaml, .json: "a mapping"
        }
    }

    // MARK: - Scalars

    /// The text of a scalar.
    package func text(_ expected: String) throws(ScenarioError) -> String {
        guard let scalar else { throw error("expected \(expected), found \(found)") }
        return scalar
    }

    /// Aliases could repeat a node without end, so a scenario has no anchors to refer to. An
    /// anchor stands before its first alias, so this walk never enters a repeated node.
    private func refuseAnchors() throws(ScenarioError) {
        guard case .yaml(let node) = source else { return }
        if node.anchor != nil { throw error("expected no anchors or aliases (& and *) here") }
        switch node {
        case .scalar: break
        case .sequence(let members):
            for member in members { try cursor(member).refuseAnchors() }
        case .mapping(let members):
            for (key, value) in members {
                try cursor(key).refuseAnchors()
                try cursor(value).refuseAnchors()
            }
        case .alias: throw error("expected no anchors or aliases (& and *) here")
        }
    }

    /// A whole number, decimal or 0x-hexadecimal.
    package func number(in range: ClosedRange<Int>, _ what: String) throws(ScenarioError) -> Int {
        let word = try text(what)
        guard let value = Number.parse(word), range.contains(value) else {
            throw error(
                "expected \(what), \(Number.spell(range)), found \(quoted: word)")
        }
        return value
    }

    package func flag(_ what: String) throws(ScenarioError) -> Bool {
        switch try text(what) {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw error("expected \(what): true or false, found \(found)")
        }
    }

    /// One of a fixed set of words.
    package func choice<Choice>(_ what: String) throws(ScenarioError) -> Choice
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        let word = try text(what)
        if let choice = Choice(rawValue: word) { return choice }
        throw unknown(what, word, among: Choice.allCases.map(\.rawValue))
    }

    /// The error of a word that is none of those which are expected.
    package func unknown(_ what: String, _ word: String, among names: [String]) -> ScenarioError {
        error(
            "unknown \(what) \(quoted: word)\(Nearest.suggestion(for: word, among: names)); "
                + "expected \(names.joined(separator: ", "))")
    }

    // MARK: - Collections

    /// The members of a list, each as `read` takes it. Errors: it is no list, or those of `read`.
    /// - Parameter what: the members, for people.
    package func list<Member>(
        _ what: String, _ read: (YAMLCursor) throws(ScenarioError) -> Member
    ) throws(ScenarioError) -> [Member] {
        var members: [Member] = []
        for member in try list(what) { members.append(try read(member)) }
        return members
    }

    package func list(_ what: String) throws(ScenarioError) -> [YAMLCursor] {
        switch source {
        case .yaml(.sequence(let sequence)): return sequence.map(cursor)
        case .json(let tape, let index) where tape.kind(of: index) == .list:
            return tape.children(of: index).map { YAMLCursor(.json(tape, $0), file) }
        default: throw error("expected a list of \(what), found \(found)")
        }
    }

    /// A list, or a single member standing alone.
    func listOrOne(_ what: String) throws(ScenarioError) -> [YAMLCursor] {
        if isScalar { return [self] }
        return try list(what)
    }

    package func pairs(_ what: String) throws(ScenarioError) -> [(
        key: YAMLCursor, value: YAMLCursor
    )] {
        switch source {
        case .yaml(.mapping(let mapping)):
            return mapping.map { (cursor($0.key), cursor($0.value)) }
        case .json(let tape, let index) where tape.kind(of: index) == .object:
            return try members(of: index, in: tape)
        default: throw error("expected \(what) as a mapping, found \(found)")
        }
    }

    /// The members of an object, each of another name.
    private func members(
        of index: Int, in tape: JSONTape
    ) throws(ScenarioError) -> [(key: YAMLCursor, value: YAMLCursor)] {
        let parts = tape.children(of: index).map { YAMLCursor(.json(tape, $0), file) }
        var members: [(key: YAMLCursor, value: YAMLCursor)] = []
        var places: [String: Int] = [:]
        for place in stride(from: 0, to: parts.count - 1, by: 2) {
            let name = try parts[place].text("a key")
            if let first = places.updateValue(place, forKey: name) {
                throw parts[first].error("duplicate key \(quoted: name)")
            }
            members.append((parts[place], parts[place + 1]))
        }
        return members
    }

    /// A mapping whose keys are all known.
    package func fields(_ what: String, known: [String]) throws(ScenarioError) -> [String:
        YAMLCursor]
    {
        var fields: [String: YAMLCursor] = [:]
        for (key, value) in try pairs(what) {
            let name = try key.text("a key of \(what)")
            guard known.contains(name) else {
                throw key.error(
                    "unknown key \(quoted: name) in \(what)"
                        + "\(Nearest.suggestion(for: name, among: known)); "
                        + "expected \(known.joined(separator: ", "))")
            }
            fields[name] = value
        }
        return fields
    }
}

/// Whole numbers as scenario files write them.
package enum Number {
    package static func parse(_ word: some StringProtocol) -> Int? {
        word.hasPrefix("0x") ? Int(word.dropFirst(2), radix: 16) : Int(word)
    }

    package static func spell(_ range: ClosedRange<Int>) -> String {
        "\(range.lowerBound)…\(range.upperBound)"
    }
}
