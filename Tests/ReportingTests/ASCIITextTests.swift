import Testing

@testable import Reporting

@Suite("Text for a terminal without UTF-8 (command-line §7)")
struct ASCIITextTests {
    @Test(
        "A letter is what is read for it in ASCII",
        arguments: [
            ("“level” – no", "\"level\" - no"), ("it’s −1, 3×, 5 µs", "it's -1, 3x, 5 us"),
            ("a → b", "a -> b"), ("pins 2, 3, …", "pins 2, 3, ..."),
            ("model-contract §5", "model-contract 5"), ("▔╲▁ ╞═ · ✗ ≠ ▶", "~\\_ |= . X ! >"),
            ("plain\nlines\n", "plain\nlines\n"), ("é ü", "? ?"), ("e\u{301}😀", "??"),
        ])
    func spelling(text: String, plain: String) {
        #expect(text.inASCII == plain)
        #expect(plain.inASCII == plain)
    }

    @Test("What takes more or less room has it from the next gap, so that columns stand")
    func columns() {
        var table = Columns()
        table.add("→ go", "on", "x")
        table.add("\u{A7}5", "…", "y")
        table.add("plain", "text", "z")
        #expect(
            table.lines().map(\.inASCII) == [
                "-> go  on    x",
                "5      ...   y",
                "plain  text  z",
            ])
    }

    @Test("Each line is counted by itself, and a gap is never closed")
    func lines() {
        #expect("→\na  b".inASCII == "->\na  b")
        #expect("…  b   c".inASCII == "... b  c")
        #expect("… b   c".inASCII == "... b c")
    }
}
