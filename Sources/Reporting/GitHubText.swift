/// Lines for the log of a GitHub Actions step, which the runner reads as it shows them
/// (docs.github.com, "Workflow commands for GitHub Actions").
enum GitHubText {
    /// `::error title=A%3A b::message`.
    static func command(
        _ name: String, _ properties: [(name: String, value: String)] = [], _ message: String
    ) -> String {
        let list = properties.map { "\($0.name)=\(escaped($0.value, property: true))" }
            .joined(separator: ",")
        return "::\(name)\(list.isEmpty ? "" : " " + list)::\(escaped(message, property: false))"
    }

    static func command(_ name: String, _ message: String = "") -> String {
        command(name, [], message)
    }

    /// A line that the runner obeys in nothing: `::` begins a command behind any white space, and
    /// `##[`, the older way, anywhere.
    static func plain(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        // What stands before the scalar, as far as it may begin a command.
        var colon = false
        var hashes = 0
        var isBlank = true
        for scalar in text.printable.unicodeScalars {
            if colon, scalar == ":" { result.append(" ") }
            if hashes >= 2, scalar == "[" { result.append(" ") }
            colon = isBlank && scalar == ":"
            hashes = scalar == "#" ? hashes + 1 : 0
            isBlank = isBlank && scalar.properties.isWhitespace
            result.append(scalar)
        }
        return String(result)
    }

    /// By scalars, since a carriage return and a line feed are one character. A property ends at a
    /// comma, and all of them end at two colons.
    private static func escaped(_ text: String, property: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where property: result += "%3A"
            case "," where property: result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
