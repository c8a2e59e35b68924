/// The values of a JSON text (RFC 8259) one behind the other, each by where it stands: twelve bytes
/// for each, so that a report can be long and a hostile one costs little more than its own length.
final class JSONTape: Sendable {
    /// What a value is; keys of members are texts.
    enum Kind {
        case object, list, text
        /// A number, true, false or null.
        case word
    }

    /// A value. Members of an object are two, key and value.
    struct Entry {
        /// Its first byte, and the one behind it.
        var start, end: UInt32
        /// The first entry that is not within it.
        var next: UInt32
    }

    private let bytes: [UInt8]
    private let entries: [Entry]

    /// Reads one object.
    /// - Parameters:
    ///   - largest: how many bytes there may be.
    ///   - expected: what the file should have been, for errors.
    init(
        _ bytes: [UInt8], file: String, largest: Int, expected: String
    ) throws(ScenarioError) {
        let text = try YAMLText.decoded(bytes, file: file, largest: largest, expected: expected)
        var scanner = JSONScanner(Array(text.utf8), file: file, expected: expected)
        entries = try scanner.scan()
        self.bytes = scanner.bytes
    }

    func kind(of index: Int) -> Kind {
        switch bytes[Int(entries[index].start)] {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .list
        case UInt8(ascii: "\""): .text
        default: .word
        }
    }

    /// The values right within a container; of an object by turns keys and their values.
    func children(of index: Int) -> [Int] {
        let end = Int(entries[index].next)
        var children: [Int] = []
        var child = index + 1
        while child < end {
            children.append(child)
            child = Int(entries[child].next)
        }
        return children
    }

    /// What a text says, or how a word is spelt.
    func text(of index: Int) -> String {
        let entry = entries[index]
        let content = bytes[Int(entry.start)..<Int(entry.end)]
        guard kind(of: index) == .text else { return String(decoding: content, as: UTF8.self) }
        let inner = content.dropFirst().dropLast()
        return inner.contains(UInt8(ascii: "\\"))
            ? Self.unescaped(inner) : String(decoding: inner, as: UTF8.self)
    }

    func location(of index: Int, in file: String) -> SourceLocation {
        SourceLocation(at: Int(entries[index].start), in: bytes, of: file)
    }

    /// The scanner has seen that the escapes are whole.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let letter = rest.popFirst() else {
                result.append(byte)
                continue
            }
            switch letter {
            case UInt8(ascii: "b"): result.append(8)
            case UInt8(ascii: "f"): result.append(12)
            case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "r"): result.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "t"): result.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "u"):
                var units = [JSONScanner.unit(rest.prefix(4)) ?? 0]
                rest = rest.dropFirst(4)
                // A character beyond U+FFFF is written as two.
                if UTF16.isLeadSurrogate(units[0]) {
                    units.append(JSONScanner.unit(rest.dropFirst(2).prefix(4)) ?? 0)
                    rest = rest.dropFirst(6)
                }
                result += String(decoding: units, as: UTF16.self).utf8
            default: result.append(letter)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension SourceLocation {
    /// The place of a byte. Bytes that go on with a character are of its column.
    init(at offset: Int, in bytes: [UInt8], of file: String) {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }
            .count { $0 & 0xC0 != 0x80 }
        self.init(file: file, line: line, column: column + 1)
    }
}
