/// A strict reader of Value Change Dumps: of IEEE 1364's four-state ones it accepts bits alone,
/// and besides them the texts of GTKWave. What passes here passes every lenient reader.
struct VCDReader {
    struct Malformed: Error, Equatable {
        var token: String
        var rule: String
    }

    struct Variable: Equatable {
        var isBit: Bool
        var identifier: String
        var path: String
    }

    struct Change: Equatable {
        var time: Int
        var path: String
        var value: String
    }

    /// The texts of the head by keyword, `$comment` and the like.
    private(set) var head: [(keyword: String, text: String)] = []
    private(set) var variables: [Variable] = []
    /// What each path is at first.
    private(set) var initial: [String: String] = [:]
    private(set) var changes: [Change] = []
    private(set) var end = 0

    private var tokens: ArraySlice<Substring>
    private var declared: [Substring: Variable] = [:]

    init(_ text: String) throws {
        tokens = text.split { $0 == " " || $0 == "\n" }[...]
        let isClean = text.unicodeScalars.allSatisfy { $0 == "\n" || 0x20..<0x7F ~= $0.value }
        try Self.require(isClean && text.hasSuffix("\n"), text, "lines of ASCII")
        try readDeclarations()
        try Self.require(tokens.popFirst() == "#0", "", "it begins at 0")
        try Self.require(tokens.popFirst() == "$dumpvars", "", "the first values come first")
        while let token = tokens.popFirst(), token != "$end" {
            let (variable, value) = try readValue(token)
            let old = initial.updateValue(value, forKey: variable.path)
            try Self.require(old == nil, variable.path, "one first value")
        }
        try Self.require(initial.count == variables.count, "$dumpvars", "a value for everyone")
        try readChanges()
    }

    var comments: [String] { head.filter { $0.keyword == "$comment" }.map(\.text) }

    /// What each path is at these ascending times, behind the changes of the time itself.
    func values(at times: [Int]) -> [[String: String]] {
        var now = initial
        var rest = changes[...]
        return times.map { time in
            while let next = rest.first, next.time <= time {
                now[next.path] = next.value
                rest = rest.dropFirst()
            }
            return now
        }
    }

    // MARK: - Reading

    private static func require(_ condition: Bool, _ token: some StringProtocol, _ rule: String)
        throws
    {
        if !condition { throw Malformed(token: String(token), rule: rule) }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || byte == UInt8(ascii: "_")
                    || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            }
    }

    private mutating func readDeclarations() throws {
        var scopes: [String] = []
        while let keyword = tokens.popFirst() {
            let words = tokens.prefix { $0 != "$end" }.map(String.init)
            tokens = tokens.dropFirst(words.count)
            try Self.require(tokens.popFirst() == "$end", keyword, "every command ends")
            switch keyword {
            case "$comment", "$version", "$timescale":
                let isKnown = keyword != "$timescale" || words == ["1", "us"]
                try Self.require(isKnown, keyword, "the time scale is 1 us")
                head.append((String(keyword), words.joined(separator: " ")))
            case "$scope":
                let isGood = words.count == 2 && words[0] == "module" && Self.isName(words[1])
                try Self.require(isGood, words.joined(separator: " "), "a module with a name")
                scopes.append(words[1])
            case "$upscope":
                try Self.require(words.isEmpty && !scopes.isEmpty, keyword, "a scope is open")
                scopes.removeLast()
            case "$var": try declare(words, in: scopes)
            case "$enddefinitions":
                try Self.require(words.isEmpty && scopes.isEmpty, keyword, "no scope is open")
                return
            default: throw Malformed(token: String(keyword), rule: "a command of the head")
            }
        }
        throw Malformed(token: "", rule: "the declarations end")
    }

    private mutating func declare(_ words: [String], in scopes: [String]) throws {
        let text = words.joined(separator: " ")
        try Self.require(words.count == 4 && words[1] == "1", text, "kind, size 1, code and name")
        try Self.require(["wire", "string"].contains(words[0]), text, "a bit or a text")
        try Self.require(Self.isName(words[3]) && !scopes.isEmpty, text, "a name in a scope")
        let path = (scopes + [words[3]]).joined(separator: ".")
        let isNew = declared[words[2][...]] == nil && !variables.contains { $0.path == path }
        try Self.require(isNew, text, "a code and a name of its own")
        let variable = Variable(isBit: words[0] == "wire", identifier: words[2], path: path)
        variables.append(variable)
        declared[words[2][...]] = variable
    }

    private mutating func readValue(_ token: Substring) throws -> (Variable, String) {
        let isText = token.first == "s"
        let code = isText ? tokens.popFirst() ?? "" : token.dropFirst()
        guard let variable = declared[code] else {
            throw Malformed(token: "\(token) \(code)", rule: "a code that is declared")
        }
        try Self.require(variable.isBit != isText, token, "a value of the variable's kind")
        let value = String(isText ? token.dropFirst() : token.prefix(1))
        let isValue = isText ? !value.isEmpty : ["0", "1"].contains(value)
        try Self.require(isValue, token, "0, 1 or a text that is not empty")
        return (variable, value)
    }

    private mutating func readChanges() throws {
        var touched: Set<String> = []
        while let token = tokens.popFirst() {
            if token.first == "#" {
                let time = Int(token.dropFirst()) ?? -1
                try Self.require(time > end, token, "times ascend")
                (end, touched) = (time, [])
                continue
            }
            try Self.require(end > 0, token, "a change has a time")
            let (variable, value) = try readValue(token)
            let isFirst = touched.insert(variable.path).inserted
            try Self.require(isFirst, token, "one change of a signal at a time")
            changes.append(Change(time: end, path: variable.path, value: value))
        }
    }
}
