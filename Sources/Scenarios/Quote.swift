extension DefaultStringInterpolation {
    /// A word that is not this program's own, in quotation marks; a long one is cut. What a file
    /// or an argument says can be as long as it likes, and a message is to stay one.
    public mutating func appendInterpolation(quoted word: some StringProtocol) {
        let longest = 80
        // By scalars: one character can have marks without end.
        let start = word.unicodeScalars.prefix(longest + 1)
        let text = String(String.UnicodeScalarView(start.prefix(longest)))
        appendLiteral("“\(text)\(start.count > longest ? "…" : "")”")
    }
}
