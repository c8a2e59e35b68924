/// A file's text in one line, so that a citation which is broken over two is one: without the marks
/// of comments, and with the parts of a literal put together.
struct CitedText {
    struct Word {
        var text: Substring
        /// The index of its line.
        var index: Int
    }

    private(set) var words: [Word] = []

    init(_ file: SourceFile) {
        for (index, line) in file.lines.enumerated() {
            let marks = ["///", "//", "*", "#", "+"]
            for (place, text) in line.split(separator: " ").enumerated()
            where place > 0 || !marks.contains(String(text)) {
                let isJoint = text == "\"" || text == "+"
                if !isJoint { words.append(Word(text: text, index: index)) }
            }
        }
    }

    /// Without what surrounds a word in prose and in code.
    static func bare(_ word: Substring) -> Substring {
        var word = word.drop { "\"'“‘`(<[*\\".contains($0) }
        // `sourced("model-contract` is code before a literal.
        if let call = word.ranges(of: "(\"").last { word = word[call.upperBound...] }
        if word.hasPrefix("doc:") { word = word.dropFirst("doc:".count) }
        while let last = word.last, "\"”’`),;:.>]*\\".contains(last) { word.removeLast() }
        return word
    }

    /// `A6` and `C13` of `hazards A6 and C13`.
    func keys(behind heads: [String]) -> [(index: Int, key: String)] {
        var keys: [(index: Int, key: String)] = []
        var isBehind = false
        for word in words {
            let bare = Self.bare(word.text)
            if heads.contains(bare.lowercased()) {
                // In `hazard:` and `hazard,` the word stands for itself.
                isBehind = word.text.last?.isLetter == true
            } else if isBehind, let key = Self.key(bare) {
                keys.append((word.index, key))
            } else if !["and", "or"].contains(bare) {
                isBehind = false
            }
        }
        return keys
    }

    /// A capital and a number, alone or as `A1's`.
    private static func key(_ word: Substring) -> String? {
        let number = word.dropFirst().prefix { $0.isNumber }
        let rest = word.dropFirst(1 + number.count)
        guard let first = word.first, first.isUppercase, !number.isEmpty else { return nil }
        return rest.isEmpty || rest.hasPrefix("'") || rest.hasPrefix("`") || rest.hasPrefix("\"")
            ? "\(first)\(number)" : nil
    }
}

/// Goes through a file's words and looks up each section that they name.
struct SectionReader {
    struct Fault {
        var index: Int
        var what: String
    }

    /// Whose sections are meant.
    private enum Owner: Equatable {
        case page(String)
        /// A text of somebody else.
        case foreign
    }

    private(set) var faults: [Fault] = []
    private let index = ArticleIndex.tree
    /// An article's own sections need no name.
    private let home: Owner?
    /// Who was named last in this block of lines.
    private var owner: Owner?
    /// Whether there has been nothing but sections since: `secure-avic §3, §5`.
    private var isList = false

    /// Ends of the names of foreign texts that have sections.
    private static let foreign = ["8259", "1.0", "Characters", "api.rst"]
    /// Where the mark stands for a place in a broken file.
    private static let marked = [
        "ScenariosTests/BoundTests", "ScenariosTests/BrokenFileTests",
        "ScenariosTests/HostileFileTests", "ScenariosTests/AssumptionFileTests",
        "CampaignsTests/FuzzReportFileTests", "CommandsTests/TimelineFileTests",
        "TestSupport/ScenarioText",
    ].map { "Tests/\($0).swift" }

    init(_ file: SourceFile) {
        home = file.articleName.map(Owner.page)
        guard !Self.marked.contains(file.path), file.text.contains("\u{A7}") else { return }
        read(CitedText(file).words)
    }

    private mutating func read(_ words: [CitedText.Word]) {
        var before = Substring()
        var line = 0
        for (place, word) in words.enumerated() {
            let bare = CitedText.bare(word.text)
            // A page holds up to a line without words.
            if word.index > line + 1 { (owner, isList) = (nil, false) }
            line = word.index
            if let key = Self.key(bare) {
                if !isList { owner = owner(of: word, behind: before) }
                isList = owner != nil
                look(up: key, word, behind: before, item: item(in: words[(place + 1)...].prefix(2)))
            } else if index.pages[String(bare)] != nil {
                (owner, isList) = (.page(String(bare)), true)
            } else if !Self.keepsList(bare) {
                isList = false
            }
            before = bare
        }
    }

    /// The number behind the mark.
    private static func key(_ word: Substring) -> String? {
        guard word.hasPrefix("\u{A7}") else { return nil }
        let number = word.dropFirst().prefix { $0.isNumber || $0 == "." }
        return number.first?.isNumber == true ? String(number) : nil
    }

    /// `and`, `step 3`, `(b)`.
    private static func keepsList(_ word: Substring) -> Bool {
        ["and", "to", "step"].contains(word) || word.allSatisfy(\.isNumber) || word.count == 1
    }

    /// Whose section it is that does not stand in a list. In brackets it may be of the page that
    /// was named before.
    private func owner(of word: CitedText.Word, behind before: Substring) -> Owner? {
        if Self.foreign.contains(where: before.hasSuffix) { return .foreign }
        if let home { return home }
        return word.text.hasPrefix("(") ? owner : nil
    }

    private func item(in words: ArraySlice<CitedText.Word>) -> String? {
        guard let next = words.first?.text else { return nil }
        let letter = CitedText.bare(next)
        if letter.count == 1, next.hasPrefix("(\(letter))") { return String(letter) }
        guard next == "step", let number = words.dropFirst().first else { return nil }
        let digits = number.text.prefix { $0.isNumber }
        return digits.isEmpty ? nil : String(digits)
    }

    private mutating func look(
        up key: String, _ word: CitedText.Word, behind before: Substring, item: String?
    ) {
        let fault: String? =
            switch owner {
            case .foreign: nil
            case .page(let name): index.fault(name, key, item: item)
            case nil: "\(before) \u{A7}\(key): no such page"
            }
        if let fault { faults.append(Fault(index: word.index, what: fault)) }
    }
}
