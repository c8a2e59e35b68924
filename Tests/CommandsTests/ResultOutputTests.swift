import Testing

/// `--format`, `--json` and `--output` are spelt alike in all commands (command-line §2).
@Suite("Text and JSON of every command, and where they go")
struct ResultOutputTests {
    /// Commands that print a result, without the ways to write it.
    static let commands = [
        ["run", "level-basic"], ["replay", "level-basic"], ["show", "level-basic"],
        ["list", "level-basic"], ["list", "--groups"], ["probe"],
        ["list", "--why-skipped", "--backend", "savic"],
        ["explore", "--levels", "1", "--max-depth", "3"],
        ["matrix", "--levels", "1", "--design", "rfc-v2"],
        ["fuzz", "--backend", "model", "--seed", "1", "--runs", "2"],
        ["bench", "--backend", "model", "--rounds", "9"], ["characterize", "--plan"],
        ["mutants", "level-basic"],
    ]

    @Test("--json and --format json print the same document", arguments: commands)
    func spellings(words: [String]) throws {
        let text = program(words)
        #expect(!text.out.isEmpty && !text.out.hasPrefix("{"))
        for spelling in [["--json"], ["--format", "json"], ["-f", "json"]] {
            let ending = program(words + spelling)
            #expect(ending.status == text.status)
            #expect(try JSONDocument(ending.out)["schemaVersion"]?.integer == 2)
        }
        #expect(!program(words + ["-f", "text"]).out.hasPrefix("{"))
    }

    @Test(
        "Pairs of format and file may be repeated, and each file has its own", arguments: commands)
    func pairs(words: [String]) throws {
        let folder = try Folder()
        let (json, text) = (folder.path("a"), folder.path("b"))
        let ending = program(words + ["-f", "json", "-o", json, "-f", "text", "-o", text])
        // That a matrix finds what is not safe is a result, and that one scenario is not enough.
        let status: Int32 = ["matrix", "mutants"].contains(words[0]) ? 1 : 0
        #expect(ending.status == status && !ending.out.isEmpty && !ending.out.hasPrefix("{"))
        #expect(try JSONDocument(folder.read("a"))["schemaVersion"]?.integer == 2)
        #expect(try !folder.read("b").isEmpty && !folder.read("b").hasPrefix("{"))
        let again = program(words + ["--json", "-o", json])
        #expect(again.status == 73 && again.err.contains("--overwrite"))
        #expect(program(words + ["--json", "-o", json, "--overwrite"]).status == status)
    }

    @Test("A file without a format gets the text, of characterize the JSON")
    func alone() throws {
        let folder = try Folder()
        let list = program("list", "level-basic", "--output", folder.path("list"))
        #expect(try folder.read("list") == list.out && list.out.contains("1 scenario"))
        let plan = program("characterize", "--plan", "--output", folder.path("plan"))
        #expect(!plan.out.hasPrefix("{"))
        #expect(try JSONDocument(folder.read("plan"))["schemaVersion"]?.integer == 2)
    }

    @Test("A text in a file has no colour, whatever the terminal has")
    func colour() throws {
        let folder = try Folder()
        let words = ["list", "level-basic", "--color", "always", "-f", "text"]
        let ending = program(words + ["-o", folder.path("list")])
        #expect(ending.out.contains("\u{1B}["))
        #expect(try !folder.read("list").contains("\u{1B}"))
    }

    @Test("A picture goes to a file alone")
    func picture() throws {
        let folder = try Folder()
        let ending = program("show", "level-basic", "--svg", "-o", folder.path("a.svg"))
        #expect(ending.status == 0 && ending.out.isEmpty)
        #expect(try folder.read("a.svg").contains("<svg "))
    }

    @Test("What cannot be written is 74, and the other place has it whole")
    func fullDisk() throws {
        let folder = try Folder()
        let words = ["list", "level-basic", "-f", "json", "-o", "/dev/full", "-f", "text", "-o"]
        let ending = program(words + [folder.path("list"), "--overwrite"])
        #expect(ending.status == 74 && ending.err.contains("cannot write /dev/full"))
        #expect(try folder.read("list").contains("1 scenario"))
    }
}
