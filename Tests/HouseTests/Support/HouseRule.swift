import Testing

/// A rule about the source that the compiler does not hold: what breaks it, and proof that the
/// check sees that.
struct HouseRule: Sendable, CustomTestStringConvertible {
    /// A piece of source as if it stood in a file.
    struct Sample: Sendable {
        var path: String
        var text: String

        init(_ text: String, in path: String = "Sources/Lockstep/Sample.swift") {
            self.path = path
            self.text = text
        }

        var file: SourceFile { SourceFile(path: path, text: text) }
    }

    var name: String
    var check: @Sendable (SourceFile) -> [Finding]
    /// Each breaks the rule.
    var bad: [Sample]
    /// Each looks as if it did and does not.
    var good: [Sample]

    var testDescription: String { name }
}

extension HouseRule {
    static let all =
        layout + banned + citations + tests + [toolchain, safety, includes, documented]
}
