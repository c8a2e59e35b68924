/// Goes through a JSON text once and notes where its values stand. It takes nothing that RFC 8259
/// does not have, and does not recurse.
struct JSONScanner {
    /// Open brackets, at most.
    static let deepest = 16

    let bytes: [UInt8]
    private let file: String
    /// What the file should have been, for errors.
    private let expected: String
    private var position = 0
    private var entries: [JSONTape.Entry] = []
    /// The containers that are not closed yet, the innermost last.
    private var open: [Int] = []

    /// What may come next within a container.
    private enum Turn {
        /// Its first member or item, or its end.
        case first
        /// Another one, behind a comma.
        case another
        /// A comma, or its end.
        case end
    }

    init(_ bytes: [UInt8], file: String, expected: String) {
        (self.bytes, self.file, self.expected) = (bytes, file, expected)
    }

    /// - Returns: the one object that there has to be, and all that is within it.
    mutating func scan() throws(ScenarioError) -> [JSONTape.Entry] {
        skipBlanks()
        guard position < bytes.count else {
            throw error("the file is empty; expected \(expected)", at: 0)
        }
        guard bytes[position] == UInt8(ascii: "{") else {
            throw error("expected “{”: a JSON object, which is \(expected)", at: position)
        }
        var turn = try takeValue()
        while let container = open.last {
            turn = try take(turn, in: container)
        }
        skipBlanks()
        guard position == bytes.count else {
            throw error("expected nothing behind the object: one report in a file", at: position)
        }
        return entries
    }

    // MARK: - Containers

    private mutating func take(_ turn: Turn, in container: Int) throws(ScenarioError) -> Turn {
        let isObject = bytes[Int(entries[container].start)] == UInt8(ascii: "{")
        let close: UInt8 = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        let byte = try next()
        if byte == close, turn != .another {
            position += 1
            end(container)
            open.removeLast()
            return .end
        }
        if turn == .end {
            guard byte == UInt8(ascii: ",") else {
                throw error("expected “,” or “\(isObject ? "}" : "]")” here", at: position)
            }
            position += 1
            return .another
        }
        guard isObject else { return try takeValue() }
        guard byte == UInt8(ascii: "\"") else { throw notJSON }
        try takeText()
        guard try next() == UInt8(ascii: ":") else {
            throw error("expected “:” behind the name of a member", at: position)
        }
        position += 1
        return try takeValue()
    }

    private mutating func begin() {
        entries.append(JSONTape.Entry(start: UInt32(position), end: 0, next: 0))
    }

    private mutating func end(_ index: Int) {
        entries[index].end = UInt32(position)
        entries[index].next = UInt32(entries.count)
    }

    // MARK: - Values

    /// - Returns: what may come behind the value, or within it.
    private mutating func takeValue() throws(ScenarioError) -> Turn {
        switch try next() {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard open.count < Self.deepest else {
                throw error("brackets nest more than \(Self.deepest) deep", at: position)
            }
            open.append(entries.count)
            begin()
            position += 1
            return .first
        case UInt8(ascii: "\""): try takeText()
        default: try takeWord()
        }
        return .end
    }

    private mutating func takeWord() throws(ScenarioError) {
        let word = bytes[position...].prefix { byte in
            switch byte {
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"):
                true
            default: false
            }
        }
        guard Self.isWord(word) else {
            // Half a word at the end is the beginning of one.
            throw word.endIndex == bytes.count && !word.isEmpty ? early : notJSON
        }
        begin()
        position = word.endIndex
        end(entries.count - 1)
    }

    private static func isWord(_ word: ArraySlice<UInt8>) -> Bool {
        switch word.first {
        case UInt8(ascii: "t"): return word.elementsEqual("true".utf8)
        case UInt8(ascii: "f"): return word.elementsEqual("false".utf8)
        case UInt8(ascii: "n"): return word.elementsEqual("null".utf8)
        default: return isNumber(word)
        }
    }

    private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
        var rest = word
        func digits() -> Int {
            let count = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
            rest = rest.dropFirst(count)
            return count
        }
        func takes(_ letters: String) -> Bool {
            guard let first = rest.first, letters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = takes("-")
        let isZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, whole == 1 || !isZero else { return false }
        if takes("."), digits() == 0 { return false }
        if takes("eE") {
            _ = takes("+-")
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }

    private mutating func takeText() throws(ScenarioError) {
        begin()
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                end(entries.count - 1)
                return
            case UInt8(ascii: "\\"): try takeEscape()
            case UInt8(ascii: "\n"):
                throw error("expected the string to end on its line", at: position)
            case 0..<0x20:
                throw error("expected an escape for this control character", at: position)
            default: position += 1
            }
        }
        throw early
    }

    private mutating func takeEscape() throws(ScenarioError) {
        let start = position
        let rest = bytes[(start + 1)...]
        guard let letter = rest.first else { throw early }
        if "\"\\/bfnrt".utf8.contains(letter) {
            position += 2
            return
        }
        guard letter == UInt8(ascii: "u"), let unit = Self.unit(rest.dropFirst().prefix(4)) else {
            throw rest.count < 5 ? early : wrongEscape(at: start)
        }
        position += 6
        guard !UTF16.isTrailSurrogate(unit) else { throw wrongEscape(at: start) }
        guard UTF16.isLeadSurrogate(unit) else { return }
        let other = bytes[position...].prefix(6)
        guard other.starts(with: "\\u".utf8), let trail = Self.unit(other.dropFirst(2)),
            UTF16.isTrailSurrogate(trail)
        else { throw wrongEscape(at: start) }
        position += 6
    }

    /// The number that four hexadecimal digits are; nil where they are not.
    static func unit(_ digits: ArraySlice<UInt8>) -> UInt16? {
        let isNumber = digits.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        guard digits.count == 4, isNumber else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    // MARK: - Reading on

    private mutating func skipBlanks() {
        while position < bytes.count, " \t\n\r".utf8.contains(bytes[position]) { position += 1 }
    }

    /// The next byte that is no blank.
    private mutating func next() throws(ScenarioError) -> UInt8 {
        skipBlanks()
        guard position < bytes.count else { throw early }
        return bytes[position]
    }

    // MARK: - Errors

    private var early: ScenarioError {
        error("the file ends too early; expected all of \(expected)", at: bytes.count)
    }

    private var notJSON: ScenarioError {
        error("expected JSON, with strings in quotation marks", at: position)
    }

    private func wrongEscape(at offset: Int) -> ScenarioError {
        error("expected an escape that JSON has; this is none", at: offset)
    }

    private func error(_ message: String, at offset: Int) -> ScenarioError {
        ScenarioError(
            location: SourceLocation(at: offset, in: bytes, of: file), message: message)
    }
}
