/// JSON may write a character beyond U+FFFF as two escapes, `\ud83d\udca9` (RFC 8259, §7), and
/// Python's writer does. YAML has one escape for it, `\U0001f4a9`.
enum SurrogatePairs {
    /// The text with one escape for each pair; half a pair stays for the YAML parser to refuse.
    static func joined(in text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                result.append(bytes[index])
                index += 1
                continue
            }
            if let high = escape(at: index, in: bytes), 0xD800...0xDBFF ~= high,
                let low = escape(at: index + 6, in: bytes), 0xDC00...0xDFFF ~= low
            {
                let scalar = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
                let digits = String(scalar, radix: 16)
                let zeros = String(repeating: "0", count: 8 - digits.count)
                result += "\\U\(zeros)\(digits)".utf8
                index += 12
            } else {
                // The escaped byte is taken along: it may be a backslash itself.
                result += bytes[index...].prefix(2)
                index += 2
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The number of the escape `\uXXXX` that begins here, if one does.
    private static func escape(at index: Int, in bytes: [UInt8]) -> UInt32? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        return UInt32(String(decoding: bytes[index + 2..<index + 6], as: UTF8.self), radix: 16)
    }
}
