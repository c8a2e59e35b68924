/// Reports of one kind side by side, and where the later ones differ from the first.
package struct ReportComparison: Sendable {
    /// The command whose reports they are.
    package let command: String
    /// What a difference is about, as a noun: `scenario`, `cell`, `probe`.
    package let subject: String
    package let columns: [Column]
    /// What the reports were made with that is not the same in all.
    package let settings: [Row]
    /// All that was found, where there is little of it.
    package let table: [Row]
    /// Each later report against the first.
    package let pairs: [Pair]

    package init(
        of command: String, subject: String, columns: [Column], settings: [Row] = [],
        table: [Row] = [], pairs: [Pair]
    ) {
        self.command = command
        self.subject = subject
        self.columns = columns
        self.settings = settings.filter { Set($0.values).count > 1 }
        self.table = table
        self.pairs = pairs
    }

    /// Whether anything was better in the first report.
    package var gotWorse: Bool { pairs.contains { $0.count(.worse) > 0 } }

    /// Whether a report has nothing that the first has: of it, nothing can be said.
    package var isEmpty: Bool { pairs.contains { $0.compared == 0 } }

    /// A, B, C …, by which reports are named.
    package static func letter(_ index: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26)))
        return index < 26 ? letter : letter + "\(index / 26)"
    }

    /// What nothing stands for: an empty cell would read as if it were missing.
    package static let nothing = "–"
}

extension ReportComparison {
    /// A report, or a model beside reports.
    package struct Column: Sendable {
        package var title: String
        /// What else is to be known of it, a paragraph each.
        package var facts: [String]
        package var isModel = false
        /// What the JSON document has of it besides.
        package var more: [JSONText.Member] = []

        package init(
            _ title: String, facts: [String], isModel: Bool = false, more: [JSONText.Member] = []
        ) {
            self.title = title
            self.facts = facts
            self.isModel = isModel
            self.more = more
        }
    }

    /// A name, and what each column has for it.
    package struct Row: Sendable {
        package var name: String
        package var values: [String]

        package init(_ name: String, _ values: [String]) {
            self.name = name
            self.values = values
        }
    }

    /// How something differs in two reports; the raw value is the JSON's word.
    package enum Change: String, CaseIterable, Sendable {
        /// It was right in the first report, or not looked at, and is wrong in the later one.
        case worse
        /// It was wrong and is right.
        case mended
        /// It is neither better nor worse.
        case changed
        /// The later report does not say what it is.
        case onlyFirst
        /// The first report does not say what it was.
        case onlyOther
    }

    /// Something that is not the same in two reports.
    package struct Difference: Sendable {
        package var name: String
        /// How many things of the subject it is: they differ all in the same way.
        package var count: Int
        package var change: Change
        package var before: String
        package var now: String
        /// What is to be known about it, a sentence each.
        package var details: [String]
        /// The command that shows the later one again.
        package var again: String?
        /// An object: what the JSON document calls it by. Without any members it goes by the
        /// subject and the name.
        package var members: JSONText

        package init(
            _ name: String, count: Int = 1, _ change: Change, from before: String,
            to now: String, _ details: [String] = [], again: String? = nil,
            members: JSONText = [:]
        ) {
            self.name = name
            self.count = count
            self.change = change
            self.before = before
            self.now = now
            self.details = details
            self.again = again
            self.members = members
        }
    }

    /// A later report against the first.
    package struct Pair: Sendable {
        /// Of the later one, from 1.
        package let other: Int
        /// The worst first.
        package let differences: [Difference]
        /// Of how much both reports know what came of it.
        package let compared: Int
        /// How many are alike, and in what.
        package let alike: [(what: String, count: Int)]

        /// - Parameter alike: those whose count is 0 are left out.
        package init(
            _ other: Int, _ differences: [Difference], compared: Int,
            alike: [(what: String, count: Int)]
        ) {
            self.other = other
            self.compared = compared
            self.differences = Change.allCases.flatMap { change in
                differences.filter { $0.change == change }
            }
            self.alike = alike.filter { $0.count > 0 }
        }

        func count(_ change: Change) -> Int {
            differences.reduce(0) { $0 + ($1.change == change ? $1.count : 0) }
        }

        var first: String { ReportComparison.letter(0) }
        var letter: String { ReportComparison.letter(other) }

        /// `worse`, `only B`.
        func word(_ change: Change) -> String {
            switch change {
            case .worse, .mended, .changed: change.rawValue
            case .onlyFirst: "only \(first)"
            case .onlyOther: "only \(letter)"
            }
        }

        /// `1 worse, 2 only B, 118 the same`.
        func sums(_ palette: Palette = Palette(colour: false)) -> String {
            let found = Change.allCases.filter { count($0) > 0 }.map {
                palette.paint("\(count($0)) \(word($0))", $0.role)
            }
            let alike = alike.map { "\($0.count) \($0.what)" }
            let none = compared > 0 ? "no difference" : "nothing in either"
            let sums = ((found.isEmpty ? [none] : found) + alike).joined(separator: ", ")
            return compared > 0
                ? sums : "\(palette.paint("nothing was compared", .late)): \(sums)"
        }
    }
}

extension ReportComparison.Change {
    var role: Palette.Role {
        switch self {
        case .worse: .bad
        case .mended: .good
        case .changed: .late
        case .onlyFirst, .onlyOther: .absent
        }
    }
}

extension ReportComparison.Row {
    /// `A, C rfc-v2; B hardened`: who has which value.
    var holders: String {
        var groups: [(value: String, letters: [String])] = []
        for (index, value) in values.enumerated() {
            let letter = ReportComparison.letter(index)
            if let known = groups.firstIndex(where: { $0.value == value }) {
                groups[known].letters.append(letter)
            } else {
                groups.append((value, [letter]))
            }
        }
        return groups.map { "\($0.letters.joined(separator: ", ")) \($0.value)" }
            .joined(separator: "; ")
    }
}
