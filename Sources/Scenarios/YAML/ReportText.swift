/// Checks that a report's bytes are one JSON object before the YAML parser sees them.
///
/// A report has longer lines than a scenario, so the bound on lines that keeps YAML's blocks from
/// nesting (`YAMLText`) cannot hold here. Within one JSON object there are no blocks: only brackets
/// nest, and they are counted. A quotation mark counts as such only where a value can begin, so
/// that this reader and the YAML parser take the same bytes for strings.
struct ReportText {
    /// Bytes in a file, at most.
    static let largestFile = 1_000_000
    /// Open brackets, at most.
    static let deepest = 16

    private let file: String
    private var line = 1
    private var column = 0
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// The last byte outside of strings that is no blank.
    private var last: UInt8?

    private init(file: String) { self.file = file }

    /// - Parameter expected: what the file should have been, for errors.
    /// - Returns: the text.
    static func checked(
        _ bytes: [UInt8], file: String, expected: String
    ) throws(ScenarioError) -> String {
        let text = try YAMLText.decoded(
            bytes, file: file, largest: largestFile, expected: expected)
        var reader = ReportText(file: file)
        for byte in text.utf8 { try reader.take(byte, expected) }
        guard reader.last != nil else {
            throw reader.error("the file is empty; expected \(expected)", line: 1, column: 1)
        }
        guard reader.depth == 0, !reader.isInString else {
            reader.column += 1
            throw reader.error("the file ends too early; expected all of \(expected)")
        }
        return SurrogatePairs.joined(in: text)
    }

    private mutating func take(_ byte: UInt8, _ expected: String) throws(ScenarioError) {
        // Bytes that go on with a character are of its column.
        if byte & 0xC0 != 0x80 { column += 1 }
        if isInString {
            try takeInString(byte)
        } else {
            try takeOutside(byte, expected)
        }
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 0
        }
    }

    private mutating func takeInString(_ byte: UInt8) throws(ScenarioError) {
        if isEscaped {
            isEscaped = false
            return
        }
        switch byte {
        case UInt8(ascii: "\\"): isEscaped = true
        case UInt8(ascii: "\""): isInString = false
        case UInt8(ascii: "\n"): throw error("expected the string to end on its line")
        default: break
        }
    }

    private mutating func takeOutside(
        _ byte: UInt8, _ expected: String
    ) throws(ScenarioError) {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): return
        case _ where last == nil && byte != UInt8(ascii: "{"):
            throw error("expected “{”: a JSON object, which is \(expected)")
        case _ where last != nil && depth == 0:
            throw error("expected nothing behind the object: one report in a file")
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            guard depth <= Self.deepest else {
                throw error("brackets nest more than \(Self.deepest) deep")
            }
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: "\""):
            guard let last, "{[,:".utf8.contains(last) else {
                throw error("expected “,” or “:” before this string")
            }
            isInString = true
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            break
        default: throw error("expected JSON, with strings in quotation marks")
        }
        last = byte
    }

    private func error(_ message: String) -> ScenarioError {
        error(message, line: line, column: column)
    }

    private func error(_ message: String, line: Int, column: Int) -> ScenarioError {
        ScenarioError(
            location: SourceLocation(file: file, line: line, column: column), message: message)
    }
}
