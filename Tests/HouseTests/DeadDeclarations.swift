import Testing

/// Names that the product declares and nothing in it mentions again.
///
/// The check goes by words: a name that two types have is taken for used when either is. What it
/// finds is dead; what it does not find may be.
struct DeadDeclarations {
    /// What only tests call, each with the reason why it stands in the product all the same.
    static let forTests = [
        "apicBase": "KVMHostTests ask KVM itself for the mode that `enterLongMode` has set",
        "spivEnabled": "BackendsTests refuse the agent's own write of SPIV",
    ]
    /// What the language calls by itself.
    private static let implicit: Set<String> = [
        "callAsFunction", "appendInterpolation", "customMirror",
    ]
    private static let keywords: Set<String> = [
        "func", "var", "let", "struct", "enum", "class", "protocol", "typealias", "actor",
    ]

    private(set) var found: [Finding] = []

    init(_ files: [SourceFile]) {
        let files = files.filter { $0.isSwift && $0.isIn("Sources") }
        var mentions: [Substring: Int] = [:]
        var declared: [(name: Substring, file: SourceFile, index: Int)] = []
        for file in files {
            for (index, line) in file.code.enumerated() {
                let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
                for word in words { mentions[word, default: 0] += 1 }
                for (keyword, name) in zip(words, words.dropFirst())
                where Self.keywords.contains(String(keyword)) {
                    declared.append((name, file, index))
                }
            }
        }
        for (name, file, index) in declared where mentions[name] == 1 {
            let name = String(name)
            guard !Self.implicit.contains(name), Self.forTests[name] == nil else { continue }
            found.append(file.finding(index, "nothing uses “\(name)”"))
        }
    }
}

@Suite("Dead declarations")
struct DeadDeclarationTests {
    @Test("Whatever the product declares is used in it")
    func tree() {
        let found = DeadDeclarations(SourceTree.files).found
        #expect(found.isEmpty, "\(found.map(\.description).joined(separator: "\n"))")
    }

    @Test("What only tests use is there, and used", arguments: DeadDeclarations.forTests.keys)
    func forTests(name: String) {
        func mentions(_ folder: String) -> Int {
            SourceTree.files.filter { $0.isSwift && $0.isIn(folder) }
                .flatMap(\.code).count { !$0.places(of: name).isEmpty }
        }
        #expect(mentions("Sources") == 1 && mentions("Tests") > 0)
    }

    @Test(
        "A function, a value or a type that is named once is found, in strings' interpolations not",
        arguments: [
            ("func x() {}", 1), ("let x = 1", 1), ("struct X {}", 1), ("func x() {}\nx()", 0),
            ("let x = 1\nlet text = \"\\(x)\"\nprint(text)", 0), ("// x\nfunc x() {}", 1),
            ("func callAsFunction() {}", 0), ("let y = 1; func x() { y }", 1),
        ])
    func samples(text: String, count: Int) {
        let file = SourceFile(path: "Sources/Lockstep/Sample.swift", text: text)
        #expect(DeadDeclarations([file]).found.count == count)
    }
}
