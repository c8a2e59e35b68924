extension String {
    /// The same for a terminal whose locale has no UTF-8: each letter as what is read for it in
    /// ASCII, or as “?”.
    ///
    /// What takes more or less room than the letter that it stands for gets it from the next gap
    /// of the line, which is two blanks or more: so columns stand, and a picture keeps its shape.
    public var inASCII: String {
        guard utf8.contains(where: { $0 >= 0x80 }) else { return self }
        var text = ""
        /// Letters that the line has too many, or too few.
        var surplus = 0
        var rest = self[...]
        while let letter = rest.first {
            if letter == " " {
                let blanks = rest.prefix { $0 == " " }.count
                let kept = blanks < 2 ? blanks : max(1, blanks - surplus)
                text += String(repeating: " ", count: kept)
                surplus -= blanks - kept
                rest = rest.dropFirst(blanks)
                continue
            }
            let spelling = letter.isASCII ? String(letter) : ASCIIText.spellings[letter] ?? "?"
            text += spelling
            surplus = letter.isNewline ? 0 : surplus + spelling.count - 1
            rest = rest.dropFirst()
        }
        return text
    }
}

/// What is written for letters where there is only ASCII.
private enum ASCIIText {
    static let spellings: [Character: String] = [
        "“": "\"", "”": "\"", "‘": "'", "’": "'", "‹": "<", "›": ">",
        "–": "-", "—": "-", "−": "-", "…": "...", "→": "->", "×": "x", "·": ".", "µ": "u",
        "≤": "<=", "≥": ">=", "≠": "!", "✗": "X", "✓": "+", "²": "2", "³": "3", "⁻": "-",
        // A place in an article is found without it (command-line §1).
        "§": "",
        // Pictures.
        "╱": "/", "╲": "\\", "▔": "~", "▁": "_", "╞": "|", "═": "=", "▶": ">", "─": "-",
        "┈": ".", "█": "#",
    ]
}
