internal import Reporting
internal import Scenarios
internal import Verdicts

/// Places of the articles, as plain text.
enum ExplainPassage {
    /// Where the article about them says what each backend is, and the lab.
    static let backends = [
        BackendKind.model.rawValue: "1", BackendKind.kvm.rawValue: "2",
        BackendKind.emulator.rawValue: "3", BackendKind.savic.rawValue: "4",
        BackendKind.lab: "5",
    ]

    /// A pass with a known hazard goes by a name of its own.
    static let verdicts = Verdict.allCases.map(\.rawValue) + ["hazard"]

    /// What the article about the command line says of a verdict.
    static func text(ofVerdict name: String) -> String? {
        guard verdicts.contains(name), let article = Articles.named("command-line"),
            let section = article.section("4"), let block = article.item(of: name, in: section)
        else { return nil }
        return plain("\(name) – a verdict: command-line §4", [block])
    }

    static func text(ofBackend name: String) -> String? {
        guard let key = backends[name], let article = Articles.named("backends"),
            let section = article.section(key)
        else { return nil }
        let kind = name == BackendKind.lab ? "the kernel lab" : "a backend"
        return plain("\(name) – \(kind): backends §\(key)", section.blocks)
    }

    /// A page without the parts that can be cited by themselves, and which parts there are.
    static func text(of article: Article) -> String {
        let text = plain("\(article.name) – an article: \(article.title)", article.rest)
        guard let first = article.sections.first else { return text }
        var contents = Columns()
        for section in article.sections {
            contents.add(article.spelling(of: section.key), section.title.plainMarkdown)
        }
        let lines = contents.lines(indent: 2, width: Console.current.width)
        let place = Citation(page: article.name, section: first.key).spelling
        return """
            \(text)
            \(lines.joined(separator: "\n"))

            to read one: \(command(for: place))

            """
    }

    /// The command that prints places; “§” is left out where the terminal has none.
    static func command(for places: String) -> String {
        ShellCommand("savic-eoi", "explain", Console.current.spelt(places)).text
    }

    static func text(of citation: Citation) throws -> String {
        guard let article = Articles.named(citation.page) else {
            throw CommandFailure.usage("there is no article \(quoted: citation.page)")
        }
        if citation.isPage { return text(of: article) }
        let section = citation.section.flatMap(article.section)
        if let key = citation.section, section == nil { throw missing(key, in: article) }
        let head = "\(citation.spelling) – \(article.title)"
        guard let item = citation.item else {
            return plain(head, section?.blocks ?? [])
        }
        guard let block = article.item(item, in: section) else {
            let place = Citation(page: citation.page, section: citation.section).spelling
            throw CommandFailure.usage("\(place) has no \(quoted: item)")
        }
        return plain(head, (section?.blocks.prefix(1) ?? []) + [block])
    }

    private static func missing(_ key: String, in article: Article) -> CommandFailure {
        let place = Citation(page: article.name, section: key).spelling
        guard !article.sections.isEmpty else {
            let whole = ShellCommand("savic-eoi", "explain", article.name).text
            return .usage("\(article.name) has no sections with numbers; \(whole) shows it all")
        }
        let keys = article.sections.map { article.spelling(of: $0.key) }
        return .usage("there is no \(quoted: place); there are \(keys.joined(separator: ", "))")
    }

    private static func plain(
        _ head: String, _ blocks: some Sequence<MarkdownBlock>
    ) -> String {
        "\(head)\n\n" + MarkdownText.text(of: blocks, width: Console.current.width)
    }
}
