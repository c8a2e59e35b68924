import Testing

@Suite("The articles in which sources are at home") struct ArticleTests {
    @Test("Every article is linked to, from the landing page on")
    func everyArticleIsReachable() {
        let tree = ArticleIndex.tree
        #expect(tree.pages.count > 10)
        #expect(tree.unreachable(from: "InterruptModel") == [])
    }

    @Test("An article that nobody links to is seen")
    func whatNobodyLinksToIsSeen() {
        func page(_ name: String, _ text: String) -> SourceFile {
            SourceFile(path: "Sources/X/X.docc/\(name).md", text: text)
        }
        let index = ArticleIndex([
            page("X", "<doc" + ":one>"), page("one", "`X.docc" + "/two.md`, X.docc/four.txt"),
            page("two", ""), page("three", "<doc" + ":X>"), page("four", ""),
        ])
        #expect(index.unreachable(from: "X") == ["four", "three"])
    }

    @Test("One name is one article, wherever it stands")
    func articlesHaveNamesOfTheirOwn() {
        let names = SourceTree.files.filter { $0.path.contains(".docc/") }.map {
            $0.path.split(separator: "/").last ?? ""
        }
        #expect(Set(names).count == names.count)
        #expect(ArticleIndex.tree.pages.count == names.count)
    }

    @Test("The README has less than 200 lines")
    func theReadmeIsShort() throws {
        let lines = try #require(SourceTree.file("README.md")).lines.count - 1
        #expect(lines < 200)
    }
}
