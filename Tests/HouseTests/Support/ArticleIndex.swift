/// The articles of the tree, and what can be cited in them. It reads Markdown by itself, apart from
/// what `explain` does, so that neither hides a fault of the other.
struct ArticleIndex: Sendable {
    /// One part: its lines, and those of the parts within it.
    struct Page: Sendable {
        var file: SourceFile
        /// By `5.6`, `A6`, `S14`: the lines under the heading.
        var sections: [String: [String]]
    }

    let pages: [String: Page]

    static let tree = ArticleIndex(SourceTree.files)

    init(_ files: [SourceFile]) {
        pages = files.reduce(into: [:]) { pages, file in
            guard let name = file.articleName else { return }
            pages[name] = Page(file: file, sections: Self.sections(of: file.lines))
        }
    }

    private static func sections(of lines: [String]) -> [String: [String]] {
        func level(_ line: String) -> Int { line.prefix { $0 == "#" }.count }
        var sections: [String: [String]] = [:]
        for (index, line) in lines.enumerated() where line.hasPrefix("##") {
            let word = line.split(separator: " ").dropFirst().first ?? ""
            // `5.`, `5.6`, `A6.`
            let key = word.hasSuffix(".") ? word.dropLast() : word
            guard key.last?.isNumber == true else { continue }
            let end = lines[(index + 1)...].firstIndex { (1...level(line)).contains(level($0)) }
            sections[String(key)] = Array(lines[index..<(end ?? lines.count)])
        }
        return sections
    }

    /// What is wrong with a place, or nil.
    func fault(_ page: String, _ key: String, item: String?) -> String? {
        guard let sections = pages[page]?.sections else { return "no article \(page)" }
        guard let lines = sections[key] else { return "\(page) has no \(key)" }
        guard let item else { return nil }
        let isThere = lines.contains { line in
            let text = line.drop { $0 == " " }
            return text.hasPrefix("\(item). ") || text.hasPrefix("- **(\(item))**")
        }
        return isThere ? nil : "\(page) \(key) has no \(item)"
    }

    /// Articles that nobody comes to from `start` by what the pages name.
    func unreachable(from start: String) -> [String] {
        var seen: Set<String> = [start]
        var waiting = [start]
        while let next = waiting.popLast() {
            for name in pages[next]?.file.namedArticles ?? []
            where pages[name] != nil && seen.insert(name).inserted { waiting.append(name) }
        }
        return pages.keys.filter { !seen.contains($0) }.sorted()
    }
}

extension SourceFile {
    /// Its name where it is an article.
    var articleName: String? {
        guard path.contains(".docc/"), path.hasSuffix(".md") else { return nil }
        return path.split(separator: "/").last.map { String($0.dropLast(".md".count)) }
    }

    /// Articles that it links to in DocC's way, or by module and file.
    var namedArticles: [String] { articleLinks.map(\.name) }

    /// The same with the indices of their lines.
    var articleLinks: [(index: Int, name: String)] {
        lines.enumerated().flatMap { index, line -> [(index: Int, name: String)] in
            [("<doc" + ":", ">"), (".docc/", ".md")].flatMap { start, end in
                line.ranges(of: start).compactMap { range in
                    let name = line[range.upperBound...].prefix { $0.isLetter || $0 == "-" }
                    let isName = !name.isEmpty && line[name.endIndex...].hasPrefix(end)
                    return isName ? (index, String(name)) : nil
                }
            }
        }
    }
}
