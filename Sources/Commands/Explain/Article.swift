/// One page of the documentation, taken apart.
struct Article: Sendable {
    /// A part that can be cited: `5` of `## 5. Invariants`, `A6`, `S14`.
    struct Section: Sendable {
        var key: String
        var title: String
        /// Its heading and what stands under it, parts of its own too.
        var blocks: ArraySlice<MarkdownBlock>
    }

    /// As it is cited, and its file's name without the ending.
    let name: String
    let title: String
    private let blocks: [MarkdownBlock]
    /// In the order of the page.
    let sections: [Section]

    init(name: String, text: String) {
        self.name = name
        let blocks = MarkdownBlock.blocks(of: text)
        self.blocks = blocks
        title = blocks.firstHeading ?? name
        sections = blocks.indices.compactMap { index in
            guard case .heading(let level, let text) = blocks[index] else { return nil }
            guard let (key, title) = Self.split(text) else { return nil }
            let behind = blocks[(index + 1)...]
            let end = behind.firstIndex { $0.isHeading(upTo: level) } ?? blocks.endIndex
            return Section(key: key, title: title, blocks: blocks[index..<end])
        }
    }

    /// `6.1 The brake`, `A6. A native EOI` and `A. Which vector` have a key, `Overview` has none.
    private static func split(_ heading: String) -> (key: String, title: String)? {
        let words = heading.split(separator: " ", maxSplits: 1)
        guard words.count == 2, let first = words.first else { return nil }
        let key = first.hasSuffix(".") ? first.dropLast() : first
        let isLettered = key.first?.isUppercase == true && first.hasSuffix(".")
        let isKey =
            (key.first?.isNumber == true || isLettered)
            && key.dropFirst().allSatisfy { $0.isNumber || $0 == "." }
        return isKey ? (String(key), String(words[1])) : nil
    }

    func section(_ key: String) -> Section? { sections.first { $0.key == key } }

    /// How one of its sections is cited: by its number, or `A6` of hazards and stories.
    func spelling(of key: String) -> String { key.first?.isNumber == true ? "§\(key)" : key }

    /// The page itself, without its title: what stands in no part that can be cited. That is all
    /// where there is none.
    var rest: [MarkdownBlock] {
        blocks.indices.dropFirst().filter { index in
            !sections.contains { $0.blocks.indices.contains(index) }
        }.map { blocks[$0] }
    }

    /// The item of a list that begins with a word of code.
    func item(of word: String, in section: Section) -> MarkdownBlock? {
        section.blocks.first { block in
            guard case .item(_, _, let text) = block else { return false }
            return text.hasPrefix("`\(word)`")
        }
    }

    /// The item of a list in a section: `(b)` by its letter, a step by its number, a shape of
    /// stories by its letter too, wherever it stands.
    func item(_ item: String, in section: Section?) -> MarkdownBlock? {
        (section?.blocks ?? blocks[...]).first { block in
            guard case .item(_, let marker, let text) = block else { return false }
            return marker == "\(item)." || text.hasPrefix("**(\(item))**")
        }
    }
}

extension [MarkdownBlock] {
    fileprivate var firstHeading: String? {
        guard case .heading(_, let text)? = first else { return nil }
        return text.plainMarkdown
    }
}

extension MarkdownBlock {
    fileprivate func isHeading(upTo level: Int) -> Bool {
        guard case .heading(let own, _) = self else { return false }
        return own <= level
    }
}
