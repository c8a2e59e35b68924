internal import Mustache
package import Verdicts

/// The first page of a search's report: what was found in one sentence, for `matrix` the table,
/// and each counterexample with its picture, which is a file beside it. It needs no network, and
/// has all without scripts.
package struct SearchPage {
    /// The command, and what it was about.
    package var title: String
    /// What was found, in one sentence.
    package var headline: String
    /// Whether anything is wrong, or was not found out.
    package var isWrong: Bool
    /// What else there is to know of it.
    package var sentences: [String]
    package var table: MatrixTable?
    package var panels: [TracePanel] = []
    package var facts: [(name: String, value: String)]
    /// The command that searches again.
    package var again: String

    package init(
        title: String, headline: String, isWrong: Bool, sentences: [String],
        table: MatrixTable? = nil, facts: [(name: String, value: String)], again: String
    ) {
        self.title = title
        self.headline = headline
        self.isWrong = isWrong
        self.sentences = sentences
        self.table = table
        self.facts = facts
        self.again = again
    }

    /// The whole document. Errors: the template is broken, which a test would have found.
    package func text(by tool: Tool) throws -> String {
        try Self.template.get().render(content(by: tool))
    }

    private static let template = Result {
        try MustacheTemplate(
            string: String(decoding: PackageResources.search_mustache, as: UTF8.self))
    }

    /// What the template names.
    func content(by tool: Tool) -> [String: Any] {
        [
            "tool": tool.name, "title": title.printable, "verdict": headline.printable,
            "isWrong": isWrong, "sentences": sentences.map(\.printable),
            "style": TimelineStyle.colours
                + String(
                    decoding: PackageResources.show_css + PackageResources.search_css, as: UTF8.self
                ),
            "script": String(decoding: PackageResources.search_js, as: UTF8.self),
            "table": table.map { [$0.content] } ?? [],
            "heading": panels.isEmpty ? [] : [counted(panels.count, "different counterexample")],
            "traces": panels.map(\.content),
            "facts": facts.map { ["name": $0.name, "value": $0.value.printable] },
            "again": again.printable,
        ]
    }
}
