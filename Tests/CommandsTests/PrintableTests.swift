import Foundation
import Testing

/// stdout and stderr are text that a terminal shows and does not obey, whatever a file, a name or
/// an argument says (command-line §7).
@Suite("Text that a terminal shows and does not obey (command-line §7)") struct PrintableTests {
    /// What could rewrite the lines around it: controls, formats and separators.
    static let hostile =
        "a\u{1B}[31mRED\nsavic-eoi: 100 pass\r\u{202E}x\u{9B}31m\u{7}\u{2028}x\u{2066}\u{7F}\u{85}"
        + "\u{FEFF}\u{E0041}"
    static let words = [hostile, String(repeating: "m", count: 2_000)]

    /// YAML's own escapes get such characters past its reader.
    private static let escaped = hostile.unicodeScalars.map { scalar in
        if scalar.isASCII, scalar.value >= 0x20, scalar.value < 0x7F { return String(scalar) }
        let digits = String(scalar.value, radix: 16)
        return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()

    static func expectPrintable(_ text: String, lines: Int? = nil, _ what: String) {
        let bad = text.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control: scalar != "\n"
            case .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
            default: false
            }
        }
        #expect(bad.isEmpty, "\(what): \(text.debugDescription)")
        #expect(text.utf8.count < 20_000, "\(what)")
        if let lines { #expect(text.split(separator: "\n").count == lines, "\(what): \(text)") }
        #expect(!text.contains("\nsavic-eoi: 100 pass"), "\(what): a forged line")
    }

    /// Where an argument can be wrong.
    private static let commands = [
        ["run", "§"], ["run", "§.yaml"], ["run", "./§"], ["explain", "§"], ["list", "§"],
        ["run", "--group", "§"], ["run", "--skip", "§"], ["run", "--assumptions", "§"],
        ["run", "level-basic", "-f", "json", "-o", "none/§"], ["merge", "§"],
        ["explore", "--levels", "2", "--with", "§"], ["explore", "--config", "§"],
        ["run", "level-basic", "--design", "§"], ["run", "--design=§"], ["run", "--§"],
        ["run", "--timeout", "§"], ["fuzz", "--seed", "§"], ["fuzz", "--shard", "§"],
        ["run", "--kernel-rules", "§"], ["bench", "--rounds=§"], ["§"], ["step", "§"],
    ]

    @Test(
        "A wrong argument is shown in printable characters, whatever is in it",
        arguments: commands)
    func aWrongArgumentIsShown(_ command: [String]) {
        for word in Self.words {
            let ending = program(command.map { $0.replacing("§", with: word) })
            let what = "\(command) \(word.prefix(20).debugDescription)"
            #expect(ending.status != 0 && ending.out.isEmpty, "\(what)")
            Self.expectPrintable(ending.err, what)
        }
    }

    @Test(
        "A wrong file gives one printable line, whatever is in it",
        arguments: [
            "name: §", "summary: x\nname: §", "§: 1", "name: a\nsteps: [§]",
            "name: a\nsummary: b\nsource: c\ngroups: [§]\nmachine: {}\nsteps: [run]",
        ])
    func aWrongFileIsShown(_ template: String) throws {
        let folder = try Folder()
        let path = try folder.write(template.replacing("§", with: "\"\(Self.escaped)\""))
        for command in ["run", "list", "replay"] {
            let ending = program(command, path)
            #expect(ending.status == 65)
            Self.expectPrintable(ending.err, lines: 1, template)
        }
    }

    @Test("A file's name is printable in errors and commands, whatever is in it")
    func theFilesName() throws {
        let folder = try Folder()
        let name = Self.hostile + ".yaml"
        let bad = program("run", try folder.write("name: [", to: name))
        #expect(bad.status == 65)
        Self.expectPrintable(bad.err, lines: 1, "a file's name")
        let good = program("run", try folder.write(Sample.fail.text, to: name))
        #expect(good.status == 1)
        Self.expectPrintable(good.out, "a file's name in its rerun")
    }

    /// What a scenario says of itself is its author's.
    @Test("What a scenario says of itself is printable in every format")
    func whatAScenarioSays() throws {
        let folder = try Folder()
        let text = Sample.fail.text
            .replacing("summary: a level interrupt", with: "summary: \"\(Self.escaped)\"")
            .replacing("source: test", with: "source: \"\(Self.escaped)\"")
        let path = try folder.write(text)
        let commands = [
            ["run", "-v"], ["replay"], ["list"], ["list", "--json"], ["run", "-f", "ktap"],
            ["run", "-f", "json"], ["run", "-f", "junit"], ["run", "-f", "tap"],
            ["run", "-f", "markdown"], ["run", "-f", "github"],
        ]
        for command in commands {
            let ending = program(command + [path])
            #expect([0, 1].contains(ending.status))
            Self.expectPrintable(ending.out + ending.err, "\(command)")
        }
    }
}
