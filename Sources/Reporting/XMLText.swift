/// Text for XML 1.0 documents (W3C XML 1.0, §2.2 "Characters", §2.4, §3.3.3).
enum XMLText {
    /// For use between tags and inside quoted attributes alike. Characters that XML 1.0 cannot
    /// hold even as references are dropped: one ESC would make the whole report unreadable.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars where isLegal(scalar) {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// In an attribute, white space other than a blank is normalised away unless it is a
    /// reference.
    static func attribute(_ name: String, _ value: String) -> String {
        var text = ""
        for scalar in escaped(value).unicodeScalars {
            switch scalar {
            case "\t", "\n", "\r": text += "&#\(scalar.value);"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return " \(name)=\"\(text)\""
    }

    private static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
