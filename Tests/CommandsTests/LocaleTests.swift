import Testing

@testable import Commands

@Suite("Text where the locale has no UTF-8 (command-line §7)")
struct LocaleTests {
    private static let plain = Surroundings(width: 80, environment: ["LC_ALL": "C"])

    @Test(
        "All that is printed for people is ASCII",
        arguments: [
            [], ["run", "stuck-line"], ["replay", "stuck-line"], ["show", "stuck-line"], ["list"],
            ["list", "--groups"], ["probe"], ["explain"], ["explain", "hazard A6"],
            ["explain", "model-contract"], ["--help"],
            ["matrix", "--levels", "1", "--design", "rfc-v2"],
            ["show", "--help"], ["explore", "--levels", "2"], ["run", "tmr-"], ["explian"],
            ["run", "é"], ["run", "--design", "ü"], ["fuzz", "--shard", "4/3"],
        ])
    func text(words: [String]) {
        let ending = program(words, in: Self.plain)
        let all = ending.out + ending.err
        #expect(!all.isEmpty && all.utf8.allSatisfy { $0 < 0x80 }, "\(all)")
        #expect(program(words).status == ending.status)
    }

    @Test(
        "Documents are the same everywhere",
        arguments: [
            ["list", "--json"], ["run", "stuck-line", "-f", "ktap"], ["schema", "run"],
            ["show", "stuck-line", "--json"],
            ["show", "stuck-line", "--svg"], ["show", "stuck-line", "--html"],
            ["run", "--experimental-dump-help"], ["--generate-completion-script", "fish"],
        ])
    func documents(words: [String]) {
        let ending = program(words, in: Self.plain)
        #expect(ending.status == 0 && !ending.out.isEmpty)
        #expect(ending.out == program(words, in: Surroundings(width: 80)).out)
    }

    @Test("A text in a file is UTF-8")
    func file() throws {
        let folder = try Folder()
        let words = ["explain", "stuck-line"]
        #expect(program(words).out.contains("–"))
        let ending = program(
            ["list", "stuck-line", "-f", "text", "-o", folder.path("list")], in: Self.plain)
        #expect(ending.status == 0 && ending.out.contains("\"savic-eoi explain NAME\""))
        #expect(try folder.read("list").contains("“savic-eoi explain NAME”"))
    }

    @Test("A command to copy has the bytes of a name, and no sign that it does not need")
    func commands() throws {
        let folder = try Folder()
        let path = try folder.write(Sample.fail.text, to: "é.yaml")
        let failed = program(["run", path], in: Self.plain)
        #expect(failed.out.contains("/\\303\\251.yaml' --backend model"))
        let read = program(["explain", "model-contract"], in: Self.plain)
        let mark = "to read one: savic-eoi explain "
        let line = try #require(read.outLines.first { $0.hasPrefix(mark) })
        let place = line.dropFirst(mark.count).filter { $0 != "'" }
        #expect(program("explain", String(place)).status == 0)
    }

    @Test(
        "LC_ALL goes before LC_CTYPE, and that before LANG",
        arguments: [
            (["LC_ALL": "C", "LANG": "C.UTF-8"], false), (["LC_CTYPE": "POSIX"], false),
            (["LC_ALL": "de_AT.utf8", "LC_CTYPE": "C"], true), (["LANG": "en_US.UTF-8"], true),
            (["LANG": ""], false), (["LANG": "C.UTF-8", "TERM": "dumb"], false),
        ])
    func order(environment: [String: String], isUTF8: Bool) {
        let console = Console(
            write: { _ in }, warn: { _ in }, isTerminal: true, width: 80, environment: environment)
        #expect(console.hasUTF8 == isUTF8)
    }
}
