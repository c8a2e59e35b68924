extension String {
    /// The name in letters that every CI system takes in the name of a test: ASCII letters, digits,
    /// `-` and `_`. What stands behind an `@`, irqchip and design, is a part of its own each.
    var nameParts: [String] {
        let parts = unicodeScalars.split(separator: "@").map { part in
            String(String.UnicodeScalarView(part.prefix(Self.longestPart).map(\.inName)))
        }
        return parts.isEmpty ? ["unnamed"] : parts
    }

    /// Letters of a part, at most.
    private static let longestPart = 100
}

extension Unicode.Scalar {
    fileprivate var inName: Unicode.Scalar {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": self
        default: "_"
        }
    }
}
