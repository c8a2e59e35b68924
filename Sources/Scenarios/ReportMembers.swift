/// The members of a JSON object by their names.
struct ReportMembers {
    private let cursor: YAMLCursor
    private let what: String
    /// What the file should have been, for errors.
    private let kind: String
    private var members: [String: YAMLCursor] = [:]

    init(
        _ cursor: YAMLCursor, of what: String, in kind: String = FuzzReportFile.kind
    ) throws(ScenarioError) {
        self.kind = kind
        self.cursor = cursor
        self.what = what
        for (key, value) in try cursor.pairs(what) { members[try key.text("a key")] = value }
    }

    subscript(name: String) -> YAMLCursor {
        get throws(ScenarioError) {
            guard let member = members[name] else {
                throw cursor.error(
                    "there is no “\(name)” in \(what); expected \(kind)")
            }
            return member
        }
    }

    func optional(_ name: String) -> YAMLCursor? { members[name] }
}

extension YAMLCursor {
    /// A whole number of 64 bits, as reports write it: as a string, which no reader rounds.
    func unsigned(_ what: String) throws(ScenarioError) -> UInt64 {
        let word = try text(what)
        guard let value = UInt64(word) else {
            throw error("expected \(what), a whole number of 64 bits, found \(quoted: word)")
        }
        return value
    }
}
