import SystemPackage
import Testing

@Suite("Where results go (command-line §7)") struct OutputTests {
    // MARK: - 73 and 74

    @Test("--show names the parts of the text that there are, and no other is there")
    func parts() {
        let all = ["run", "level-basic", "stuck-line", "rtc-after-init"]
        let passed = program(all + ["--show", "passed"])
        #expect(passed.status == 0)
        #expect(passed.outLines.count == 1 && passed.out.hasPrefix("pass     level-basic "))
        let final = program(all + ["--show", "final"])
        #expect(final.out.hasPrefix("1 skipped: ") && !final.out.contains("stuck-line "))
        let several = program(all + ["--show", "hazards,header"]).out
        #expect(several.hasPrefix("savic-eoi ") && several.contains("\nhazard   stuck-line "))
        #expect(!several.contains("level-basic") && !several.contains("  1  assert 2"))
        let wrong = program(all + ["--show", "passed,all"])
        #expect(wrong.status == 64 && wrong.err.contains("durations"))
    }

    @Test("An existing output is 73 and stays as it was")
    func anExistingOutputIs73AndStaysAsItWas() throws {
        let folder = try Folder()
        let path = try folder.write("precious", to: "report.json")
        let ending = program("run", "level-basic", "-f", "json", "-o", path)
        #expect(ending.status == 73)
        #expect(ending.err.contains("--overwrite"))
        #expect(ending.out.isEmpty, "nothing ran")
        #expect(try folder.read("report.json") == "precious")
    }

    @Test("--overwrite replaces the whole file")
    func overwriteReplacesTheWholeFile() throws {
        let folder = try Folder()
        let path = try folder.write(String(repeating: "x", count: 100_000), to: "report.json")
        let ending = program("run", "level-basic", "-f", "json", "-o", path, "--overwrite")
        #expect(ending.status == 0)
        #expect(try JSONDocument(folder.read("report.json"))["schemaVersion"]?.integer == 2)
    }

    @Test("A run that cannot start leaves no empty report")
    func cannotStart() throws {
        let folder = try Folder()
        let taken = try folder.write("precious", to: "taken.xml")
        let ending = program(
            "run", "level-basic", "-f", "json", "-o", folder.path("new.json"), "-f", "junit",
            "-o", taken)
        #expect(ending.status == 73)
        #expect(!folder.contains("new.json"), "it would be in the way of the next try")
        #expect(try folder.read("taken.xml") == "precious")
    }

    @Test("An output in a folder that is not there is 73")
    func anOutputInAMissingFolderIs73() throws {
        let path = try Folder().path("none/report.json")
        let ending = program("run", "level-basic", "-f", "json", "-o", path)
        #expect(ending.status == 73)
        #expect(ending.err.contains(path))
    }

    @Test("A full disk is 74")
    func aFullDiskIs74() {
        let ending = program(
            "run", "level-basic", "-f", "json", "-o", "/dev/full", "--overwrite")
        #expect(ending.status == 74)
        #expect(ending.err.contains("cannot write /dev/full: "))
    }

    @Test(
        "A stdout that cannot be written is 74, and stderr says so",
        arguments: [["run", "level-basic"], ["list"], ["probe"], ["explain", "ACK"]])
    func aStdoutThatCannotBeWrittenIs74(_ arguments: [String]) {
        let ending = program(arguments, in: Surroundings(stdoutFailure: .noSpace))
        #expect(ending.status == 74)
        #expect(ending.err.contains("cannot write stdout"))
    }

    @Test(
        "A reader that has gone is 74 without a word",
        arguments: [
            ["run", "level-basic"], ["list"], ["probe"], ["explain", "ACK"], ["--help"],
        ])
    func aReaderThatHasGoneIs74WithoutAWord(_ arguments: [String]) {
        let ending = program(arguments, in: Surroundings(stdoutFailure: .brokenPipe))
        #expect(ending.status == 74)
        #expect(ending.err.isEmpty)
    }

    // MARK: - Formats

    @Test("The first format goes to the first output, and so on")
    func eachFormatGoesToTheOutputOfItsRank() throws {
        let folder = try Folder()
        let ending = program(
            "run", "level-basic", "-f", "json", "-f", "ktap", "-f", "junit", "-f", "text", "-o",
            folder.path("a"), "-o", folder.path("b"), "-o", folder.path("c"), "-o", "-")
        #expect(ending.status == 0)
        #expect(try folder.read("a").hasPrefix("{"))
        #expect(try folder.read("b").hasPrefix("KTAP version 1\n"))
        #expect(try folder.read("c").hasPrefix("<?xml"))
        #expect(ending.out.contains("1 pass"))
    }

    @Test("The terminal gets the text where all formats go to files")
    func text() throws {
        let folder = try Folder()
        let ending = program("run", "level-basic", "-f", "json", "-o", folder.path("a"))
        #expect(ending.out.contains("pass     level-basic"))
    }

    @Test("A format for stdout has it alone")
    func aFormatForStdoutHasItAlone() throws {
        let expected = [
            "json": "{", "ktap": "KTAP version 1\n", "tap": "TAP version 14\n", "junit": "<?xml",
            "markdown": "## savic-eoi: ", "github": "savic-eoi ", "text": "savic-eoi ",
            "lava": "savic-eoi ", "tmt": "- name: \"/basics/level-basic\"\n",
        ]
        for (format, start) in expected {
            #expect(program("run", "level-basic", "-f", format).out.hasPrefix(start))
        }
    }

    @Test("-q prints nothing, and the status and the reports stay")
    func quietPrintsNothingAndTheStatusStays() throws {
        let folder = try Folder()
        let pass = program("run", "level-basic", "-q")
        #expect(pass.status == 0 && pass.out.isEmpty && pass.err.isEmpty)
        let fail = program("run", "-q", try folder.write(Sample.fail.text))
        #expect(fail.status == 1 && fail.out.isEmpty && fail.err.isEmpty)
        let filed = program("run", "level-basic", "-q", "-f", "json", "-o", folder.path("a"))
        #expect(filed.status == 0 && filed.out.isEmpty)
        #expect(try folder.read("a").hasPrefix("{"))
    }

    @Test("Under KSFT_TAP_LEVEL the version line is the outer kselftest's")
    func outerKselftest() {
        let inner = Surroundings(environment: ["KSFT_TAP_LEVEL": "1"])
        let arguments = ["run", "level-basic", "-f", "ktap"]
        #expect(program(arguments).out.hasPrefix("KTAP version 1\n1..1\n"))
        #expect(program(arguments, in: inner).out.hasPrefix("1..1\n"))
    }

    // MARK: - Colour

    struct Colour: Sendable, CustomTestStringConvertible {
        var options: [String] = []
        var isTerminal = false
        var environment: [String: String] = [:]
        var isColoured: Bool
        var testDescription: String { "\(options) \(environment) terminal: \(isTerminal)" }
    }

    static let colours = [
        Colour(isColoured: false),
        Colour(isTerminal: true, isColoured: true),
        Colour(isTerminal: true, environment: ["NO_COLOR": "1"], isColoured: false),
        Colour(isTerminal: true, environment: ["NO_COLOR": ""], isColoured: true),
        Colour(isTerminal: true, environment: ["TERM": "dumb"], isColoured: false),
        Colour(environment: ["CLICOLOR_FORCE": "1"], isColoured: true),
        Colour(environment: ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], isColoured: false),
        Colour(options: ["--color", "always"], isColoured: true),
        Colour(options: ["--color", "always"], environment: ["NO_COLOR": "1"], isColoured: true),
        Colour(options: ["--color", "never"], isTerminal: true, isColoured: false),
        Colour(
            options: ["--color", "never"], environment: ["CLICOLOR_FORCE": "1"], isColoured: false),
    ]

    @Test(
        "The flag decides on colour, then NO_COLOR, then CLICOLOR_FORCE, then the terminal",
        arguments: colours)
    func colour(
        _ colour: Colour
    ) {
        let surroundings = Surroundings(
            isTerminal: colour.isTerminal, environment: colour.environment)
        for command in [["run", "level-basic"], ["list", "level-basic"], ["probe"]] {
            let text = program(command + colour.options, in: surroundings).out
            #expect(text.contains("\u{1B}[") == colour.isColoured)
        }
    }

    @Test("A report in a file is never coloured")
    func aReportInAFileIsNeverColoured() throws {
        let folder = try Folder()
        let ending = program(
            "run", "level-basic", "--color", "always", "-f", "text", "-o", folder.path("a"))
        #expect(ending.out.contains("\u{1B}["))
        #expect(try !folder.read("a").contains("\u{1B}"))
    }

    @Test("No format for machines is ever coloured")
    func noFormatForMachinesIsEverColoured() {
        for format in ["json", "ktap", "tap", "junit", "markdown", "github", "lava", "tmt"] {
            let text = program("run", "level-basic", "-f", format, "--color", "always").out
            #expect(!text.contains("\u{1B}"))
        }
    }

    @Test("No width of the terminal is too small", arguments: [-1, 0, 1, 7, 40])
    func noWidthOfTheTerminalIsTooSmall(_ width: Int) throws {
        let folder = try Folder()
        let narrow = Surroundings(width: width)
        let file = try folder.write([Sample.pass, .fail, .skip].text)
        #expect(program(["run", file], in: narrow).out.contains("1 pass, 1 fail, 1 skip"))
        #expect(program(["list"], in: narrow).status == 0)
        #expect(program(["probe"], in: narrow).status == 0)
    }
}
