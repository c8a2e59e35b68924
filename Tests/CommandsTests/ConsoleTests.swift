import Testing

@testable import Commands

@Suite("The width of text")
struct ConsoleTests {
    // Source: command-line §7.
    @Test("The terminal's own width comes first, then COLUMNS, then 100")
    func order() {
        #expect(Console.width(terminal: 80, "120") == 80)
        #expect(Console.width(terminal: nil, "120") == 120)
        #expect(Console.width(terminal: nil, nil) == 100)
    }

    @Test("What no table fits into is no width", arguments: ["", "0", "-3", "39", "wide"])
    func mistakes(columns: String) {
        #expect(Console.width(terminal: nil, columns) == 100)
        #expect(Console.width(terminal: 5, "90") == 90)
    }

    @Test(
        "Designs that find no room beside the others stand in a table below", arguments: [80, 60])
    func matrix(width: Int) {
        let wide = program("matrix", "--levels", "1", in: Surroundings(width: 200)).out
        let narrow = program("matrix", "--levels", "1", in: Surroundings(width: width)).out
        func cells(_ text: String) -> Int {
            text.split(whereSeparator: { " \n".contains($0) }).count { $0 == "safe" }
        }
        let lines = narrow.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= width }, "\(lines.filter { $0.count > width })")
        #expect(cells(narrow) == cells(wide) && cells(wide) > 100)
    }
}
