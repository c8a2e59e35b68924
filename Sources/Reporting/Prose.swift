extension String {
    /// The text with nothing in it that a terminal would obey: a scenario's name may come from a
    /// stranger's file, and ESC, CR or a bidirectional override could rewrite the lines around it.
    /// C0 controls become their Unicode pictures (U+2400…), so a name stays recognisable.
    public var printable: String {
        let isPlain = utf8.allSatisfy { 0x20..<0x7F ~= $0 }
        guard !isPlain, unicodeScalars.contains(where: { $0.substitute != nil }) else {
            return self
        }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars { text.append(scalar.substitute ?? scalar) }
        return String(text)
    }

    /// Lines of whole words, broken at white space. A word longer than `width` stands alone and
    /// sticks out: a command or a path cut in two cannot be copied.
    public func wrapped(at width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        // To count a line's letters again for each word would take the square of its length.
        var used = 0
        for word in split(whereSeparator: \.isWhitespace).map({ String($0).printable }) {
            let count = word.count
            if line.isEmpty {
                (line, used) = (word, count)
            } else if used + 1 + count <= width {
                line += " " + word
                used += 1 + count
            } else {
                lines.append(line)
                (line, used) = (word, count)
            }
        }
        return lines + [line]
    }

    /// The text itself, or its beginning and an ellipsis, so that it fits; also where that is
    /// written as three letters (`inASCII`).
    func truncated(to width: Int) -> String {
        count <= width ? self : String(prefix(max(0, width - 3))).trimmedAtEnd + "…"
    }

    /// The text itself, or its beginning and an ellipsis. By scalars, since a character may have
    /// any number of bytes.
    func shortened(to length: Int) -> String {
        guard unicodeScalars.count > length else { return self }
        return String(unicodeScalars.prefix(max(0, length - 1))) + "…"
    }

    /// The text with spaces behind it up to `width`; longer text is left whole.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    var trimmedAtEnd: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}

extension Unicode.Scalar {
    /// What stands for a scalar that must not reach a terminal; `nil` for all others.
    var substitute: Unicode.Scalar? {
        switch value {
        case 0..<0x20: Unicode.Scalar(0x2400 + value)
        case 0x7F: "␡"
        // Line and paragraph separators end a line for many readers.
        case 0x2028, 0x2029: "␤"
        // Two joiners belong to the words of some languages, and move nothing.
        case ..<0x80, 0x200C, 0x200D: nil
        default: isSeen ? nil : "\u{FFFD}"
        }
    }

    /// C1 controls and formats, among them the bidirectional overrides, are not.
    private var isSeen: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}

/// Lines of whole words, with a newline at the end (`wrapped`).
package func paragraph(_ text: String, _ width: Int) -> String {
    text.wrapped(at: width).joined(separator: "\n") + "\n"
}

/// `1 step`, `2 steps`.
public func counted(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
}

/// Seconds to the millisecond, as JUnit and the terminal write them; a time that is no finite
/// number or negative counts as nothing. Written by hand to keep Foundation out of the module.
func secondsText(_ seconds: Double) -> String {
    let bounded = seconds.isFinite ? min(max(seconds, 0), 1e12) : 0
    let milliseconds = Int((bounded * 1000).rounded())
    let fraction = String(milliseconds % 1000)
    let zeros = String(repeating: "0", count: 3 - fraction.count)
    return "\(milliseconds / 1000).\(zeros)\(fraction)"
}
