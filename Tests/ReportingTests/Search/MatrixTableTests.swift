import Testing

@testable import Reporting

@Suite("What the table of a matrix says")
struct MatrixTableTests {
    private static let broken = MatrixTable.Cell.broken(
        .init(length: 3, isAtomic: false, panel: "x"))

    /// A table of one property: a row for each combination, a cell for each design.
    private func table(
        _ designs: [String], _ rows: [[MatrixTable.Cell?]], combinations: Int = 2
    ) -> MatrixTable {
        MatrixTable(
            designs: designs, properties: [.init(name: "attribution", isGrave: false)],
            rows: rows.map { row in
                .init(assumptions: [("always", ["linux"])], cells: row.map { $0.map { [$0] } })
            }, combinations: combinations)
    }

    @Test("Its sentence says which design is safe whatever is assumed")
    func safe() {
        let all = table(["a", "b"], [[.safe, .safe], [.safe, .safe]])
        #expect(all.headline == "Every design is safe under every assumption" && all.isSafe)
        let some = table(["a", "b", "c"], [[.safe, Self.broken, .safe], [.safe, .safe, .safe]])
        #expect(some.headline == "a, c are safe under every assumption" && !some.isSafe)
        let one = table(["a"], [[.safe], [.safe]])
        #expect(one.headline == "a is safe under every assumption" && one.isSafe)
    }

    @Test("It says that none is, and of a single design that it is not")
    func broken() {
        let none = table(["a", "b"], [[.safe, Self.broken], [Self.broken, .safe]])
        #expect(none.headline == "No design is safe under every assumption" && !none.isSafe)
        let one = table(["a"], [[.safe], [Self.broken]])
        #expect(one.headline == "a is not safe under every assumption")
    }

    @Test("It calls nothing safe that was not found out")
    func open() {
        let missing = table(["a"], [[.safe]])
        #expect(missing.headline == "a is not known to be safe under every assumption")
        #expect(!missing.isSafe)
        let open = table(["a", "b"], [[.safe, .safe], [.open, Self.broken]])
        #expect(open.headline == "No design is known to be safe under every assumption")
        let absent = table(["a", "b"], [[Self.broken, nil], [.safe, nil]])
        #expect(absent.headline == "No design is known to be safe under every assumption")
        let nothing = table(["a", "b"], [])
        #expect(nothing.headline == "No design is known to be safe under every assumption")
        #expect(nothing.sentences.isEmpty)
    }

    @Test("It names those that are safe most often, where that is a choice")
    func best() {
        let some = table(
            ["a", "b", "c"],
            [[.safe, Self.broken, .safe], Array(repeating: Self.broken, count: 3)])
        #expect(
            some.sentences == ["safest, in 1 of 2 combinations of page TMR and guest: a, c"])
        let none = table(["a", "b"], Array(repeating: [Self.broken, Self.broken], count: 2))
        #expect(none.sentences.isEmpty)
        #expect(table(["a"], [[.safe], [Self.broken]]).sentences.isEmpty)
    }

    @Test("A property that nothing violates is a word and no column")
    func kept() throws {
        let safe = table(["a"], [[.safe], [.safe]])
        #expect(safe.sentences == ["never violated: attribution"])
        #expect(safe.content["legend"] as? [[String: Any]] != nil)
        let properties = try #require(safe.content["properties"] as? [[String: Any]])
        #expect(properties.map { $0["property"] as? String } == [""])
        #expect(table(["a"], [[.safe]]).sentences == ["not violated so far: attribution"])
        #expect(table(["a"], [[.open], [.safe]]).sentences.isEmpty)
    }
}
