internal import Scenarios

/// A place in an article, as sources name it: `kvm-interrupts §6 step 1`, `secure-avic §7 (b)`,
/// `hazard A6`, `story S14`, `stories, shape a` (InterruptModel.md, "How sources are cited").
struct Citation: Equatable {
    /// The article's name.
    var page: String
    /// A section's key, `5.6` or `A6`; nil is the page itself.
    var section: String?
    /// A step's number, or the letter of an item.
    var item: String?

    /// Whether it is a page as such.
    var isPage: Bool { section == nil && item == nil }

    /// Every place that a text names with its section, whatever else the text says.
    static func all(in text: String) -> [Citation] {
        reading(text).citations.filter { !$0.isPage }
    }

    /// The places that a text consists of, or nil where it says anything else.
    static func list(_ text: String) -> [Citation]? {
        let reader = reading(text)
        return reader.isAllUnderstood && !reader.citations.isEmpty ? reader.citations : nil
    }

    private static func reading(_ text: String) -> CitationReader {
        var reader = CitationReader()
        for word in text.split(whereSeparator: \.isWhitespace) { reader.read(String(word)) }
        reader.finish()
        return reader
    }

    /// How it is cited by itself.
    var spelling: String { spelling(after: nil) }

    /// - Parameter before: the place that is named before it; the page is not said twice.
    private func spelling(after before: Citation?) -> String {
        var words: [String] = []
        let isListed = before?.page == page && (before?.section == nil) == (section == nil)
        if !isListed { words.append(pageWord) }
        if let section {
            words.append(section.first?.isNumber == true ? "§\(section)" : section)
        }
        if let item {
            if section == nil {
                words += isListed ? [item] : ["shape", item]
            } else {
                words.append(item.first?.isNumber == true ? "step \(item)" : "(\(item))")
            }
        }
        return words.joined(separator: " ")
    }

    private var pageWord: String {
        switch (page, section, item) {
        case ("hazards", .some, _): "hazard"
        case ("stories", .some, _): "story"
        case ("stories", nil, .some): "stories,"
        default: page
        }
    }

    /// One text that names them all: `secure-avic §3, §5, hazard A6, C13`.
    static func spelling(of citations: [Citation]) -> String {
        var text = ""
        var before: Citation?
        for citation in citations {
            text += (before == nil ? "" : ", ") + citation.spelling(after: before)
            before = citation
        }
        return text
    }
}

/// Reads a text word by word. A page holds for the sections behind it: `kvm-interrupts §3, §6`.
private struct CitationReader {
    private(set) var citations: [Citation] = []
    private(set) var isAllUnderstood = true
    private var page: String?
    /// Whether the page has been named and no place in it yet.
    private var isPageAlone = false
    /// What the word before asks for.
    private var expects = Expectation.nothing

    private enum Expectation { case nothing, step, shape, moreShapes }

    mutating func read(_ word: String) {
        let bare = word.trimmed { "“”\"'’,;:.".contains($0) }
        let inner = bare.trimmed { "()".contains($0) }
        if ["and", "or"].contains(inner) { return }
        let isLetter = inner.count == 1 && inner.allSatisfy { ("a"..."z").contains($0) }
        switch expects {
        case .step where inner.allSatisfy(\.isNumber):
            expects = .nothing
            setItem(inner)
        case .shape where isLetter, .moreShapes where isLetter:
            expects = .moreShapes
            add(Citation(page: "stories", item: inner))
        default:
            expects = .nothing
            if isLetter, bare == "(\(inner))", citations.last?.section != nil, page != nil {
                setItem(inner)
            } else {
                readPlace(inner)
            }
        }
    }

    private mutating func readPlace(_ word: String) {
        switch word.lowercased() {
        case "hazard": begin("hazards")
        case "story": begin("stories")
        case "shape", "shapes":
            if page != "stories" { begin("stories") }
            expects = .shape
        case "step" where page != nil && citations.last?.section != nil: expects = .step
        default:
            if let article = Articles.named(word) {
                begin(article.name)
            } else if let page, let key = Self.number(word) {
                add(Citation(page: page, section: key))
            } else if page == "hazards", word.count == 1, ("A"..."F").contains(word) {
                add(Citation(page: "hazards", section: word))
            } else if let (home, key) = Self.letterAndNumber(word), page == nil || page == home {
                page = home
                add(Citation(page: home, section: key))
            } else {
                endPage()
                page = nil
                isAllUnderstood = false
            }
        }
    }

    mutating func finish() {
        endPage()
        if expects == .step || expects == .shape { isAllUnderstood = false }
    }

    private mutating func begin(_ name: String) {
        endPage()
        page = name
        isPageAlone = true
    }

    private mutating func endPage() {
        if isPageAlone, let page { citations.append(Citation(page: page)) }
        isPageAlone = false
    }

    private mutating func add(_ citation: Citation) {
        isPageAlone = false
        citations.append(citation)
    }

    private mutating func setItem(_ item: String) {
        guard let last = citations.indices.last else { return }
        citations[last].item = item
    }

    /// A section's number, also without the mark, for which few keyboards have a key.
    private static func number(_ word: String) -> String? {
        let key = word.hasPrefix("§") ? String(word.dropFirst()) : word
        let isKey = key.first?.isNumber == true && key.allSatisfy { $0.isNumber || $0 == "." }
        return isKey ? key : nil
    }

    /// `A6`, which is a hazard, or `S14`, a story.
    private static func letterAndNumber(_ word: String) -> (page: String, key: String)? {
        let key = word.uppercased()
        guard let letter = key.first, key.count > 1, key.dropFirst().allSatisfy(\.isNumber) else {
            return nil
        }
        if letter == "S" { return ("stories", key) }
        return ("A"..."F").contains(letter) ? ("hazards", key) : nil
    }
}

extension String {
    /// Without such characters at either end.
    fileprivate func trimmed(_ isTrimmed: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, isTrimmed(last) { text.removeLast() }
        return String(text.drop(while: isTrimmed))
    }
}
