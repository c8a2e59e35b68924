internal import Yams

/// A node of a scenario file that knows where it stands and reads itself with errors that say
/// file, line, column and what was expected.
package struct YAMLCursor {
    let node: Node
    let file: String

    /// The documents of `text`, separated by `---`.
    package static func documents(of text: String, file: String) throws(ScenarioError)
        -> [YAMLCursor]
    {
        var documents: [YAMLCursor] = []
        do {
            let parser = try Parser(yaml: text)
            while let node = try parser.nextRoot() {
                let document = YAMLCursor(node: node, file: file)
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
        YAMLCursor(node: Node(word), file: place)
    }

    var isScalar: Bool {
        if case .scalar = node { true } else { false }
    }

    package var location: SourceLocation {
        let mark = node.mark
        return SourceLocation(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    package func error(_ message: String) -> ScenarioError {
        ScenarioError(location: location, message: message)
    }

    func cursor(_ node: Node) -> YAMLCursor { YAMLCursor(node: node, file: file) }

    /// What stands here, for messages.
    package var found: String {
        switch node {
        case .scalar(let scalar): "\(quoted: scalar.string)"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    // MARK: - Scalars

    /// The text of a scalar.
    package func text(_ expected: String) throws(ScenarioError) -> String {
        guard case .scalar(let scalar) = node else {
            throw error("expected \(expected), found \(found)")
        }
        return scalar.string
    }

    /// Aliases could repeat a node without end, so a scenario has no anchors to refer to. An
    /// anchor stands before its first alias, so this walk never enters a repeated node.
    private func refuseAnchors() throws(ScenarioError) {
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

    package func list(_ what: String) throws(ScenarioError) -> [YAMLCursor] {
        guard case .sequence(let sequence) = node else {
            throw error("expected a list of \(what), found \(found)")
        }
        return sequence.map(cursor)
    }

    /// A list, or a single member standing alone.
    func listOrOne(_ what: String) throws(ScenarioError) -> [YAMLCursor] {
        if isScalar { return [self] }
        return try list(what)
    }

    package func pairs(_ what: String) throws(ScenarioError) -> [(
        key: YAMLCursor, value: YAMLCursor
    )] {
        guard case .mapping(let mapping) = node else {
            throw error("expected \(what) as a mapping, found \(found)")
        }
        return mapping.map { (cursor($0.key), cursor($0.value)) }
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
