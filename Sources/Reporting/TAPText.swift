/// Text for TAP version 14 (testanything.org, "Escaping" and "YAML Diagnostics").
enum TAPText {
    /// A description or a reason: one line, in which no `#` begins a directive.
    static func escaped(_ text: String) -> String {
        var result = ""
        // By scalars: with an accent behind it `#` is another character, and still begins one.
        for scalar in text.printable.trimmedAtEnd.unicodeScalars {
            if scalar == "#" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// A YAML block in block style, which readers of little YAML know as well, `prove` among them.
    static func block(_ members: [JSONText.Member]) -> [String] {
        (["---"] + JSONText.object(members).yaml + ["..."]).map { "  " + $0 }
    }
}
