/// Checks a scenario file's bytes before the YAML parser sees them.
///
/// The parser recurses over nesting and expands aliases, so a hostile or broken file could take
/// the process down. A scenario needs neither depth nor aliases.
package enum YAMLText {
    /// Bytes in a file, at most.
    package static let largestFile = 256 * 1024
    /// Bytes in a line, at most: bounds how deep one line can nest.
    static let longestLine = 400
    /// Open flow brackets, at most.
    static let deepestFlow = 16

    /// - Returns: the text.
    package static func checked(_ bytes: [UInt8], file: String) throws(ScenarioError) -> String {
        let text = try decoded(
            bytes, file: file, largest: largestFile,
            expected: "a page of text, which a scenario is")
        try checkShape(text.utf8, file: file)
        return text
    }

    /// The text of a file's bytes, whatever its shape.
    static func decoded(
        _ bytes: [UInt8], file: String, largest: Int, expected: String
    ) throws(ScenarioError) -> String {
        guard bytes.count <= largest else {
            throw ScenarioError(
                location: SourceLocation(file: file, line: 1, column: 1),
                message: "the file has more than \(largest) bytes: expected \(expected)")
        }
        // A byte order mark says only what is required anyway.
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ScenarioError(
                location: firstInvalid(bytes, file: file),
                message: "not valid UTF-8; expected a YAML file in UTF-8")
        }
        return text
    }

    /// Bounds the length of lines and the depth of flow nesting. Brackets inside quotes and
    /// comments count too: that only makes the bound a little stricter.
    private static func checkShape(
        _ bytes: String.UTF8View, file: String
    ) throws(ScenarioError) {
        var line = 1
        var column = 0
        var depth = 0
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 0
                continue
            }
            column += 1
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
            default: break
            }
            if column > longestLine || depth > deepestFlow {
                let location = SourceLocation(file: file, line: line, column: column)
                throw ScenarioError(
                    location: location,
                    message: depth > deepestFlow
                        ? "brackets nest more than \(deepestFlow) deep"
                        : "the line is longer than \(longestLine) bytes; expected shorter lines")
            }
        }
    }

    /// The place of the first byte that does not belong to a valid character.
    private static func firstInvalid(_ bytes: [UInt8], file: String) -> SourceLocation {
        var decoder = UTF8()
        var rest = bytes.makeIterator()
        var line = 1
        var column = 1
        while case .scalarValue(let character) = decoder.decode(&rest) {
            if character == "\n" {
                line += 1
                column = 1
            } else {
                column += UTF8.width(character)
            }
        }
        return SourceLocation(file: file, line: line, column: column)
    }
}
