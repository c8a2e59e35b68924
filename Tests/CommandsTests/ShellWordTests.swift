import InterruptModel
import TestSupport
import Testing

@testable import Commands

/// Commands that are printed to be copied mean the same in a shell (command-line §7).
@Suite("words for a shell")
struct ShellWordTests {
    static let words = [
        "plain", "a/b-c_d.yaml", "", "two words", "it's", "$HOME", "`x`", "a;b|c&d", "*", "~",
        "\"", "\\", "\\n", "-b", "#x", "a=b", "é ü", "line\nbreak", "tab\there", "\u{1B}[31mred",
        "\u{202E}dlrow", "bell\u{07}7", "'\u{1}'\\", "!history", "{a,b}", "x\u{7F}8",
    ]

    @Test("A shell reads each word as it was, and each is printable", arguments: words)
    func read(word: String) async throws {
        let quoted = word.shellWord
        #expect(quoted.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
        #expect(!quoted.contains("\u{202E}"))
        let folder = try Folder()
        let script = try folder.write("printf %s \(quoted)", to: "script")
        let result = try await Binary.shell("bash '\(script)'")
        #expect(result.out == word && result.err.isEmpty)
    }

    @Test("Plain words stay as they are; a command is its words")
    func plain() {
        #expect("found/x-1.yaml".shellWord == "found/x-1.yaml")
        var command = ShellCommand("savic-eoi", "replay")
        command.add("--skip", "my dir;id/x")
        #expect(command.text == "savic-eoi replay --skip 'my dir;id/x'")
    }

    @Test("What a command takes by itself is left out of it")
    func defaults() {
        var command = ShellCommand("savic-eoi", "run")
        command.add("--irqchip", "split", unless: "split")
        command.add("--machine", nil)
        command.add("--strict", if: false)
        command.add(PartialAssumptions())
        #expect(command.text == "savic-eoi run")
        command.add("--irqchip", "kernel", unless: "split")
        command.add("--strict", if: true)
        command.add([.pageTMR: "never", .guestEOI: "ghcb"])
        #expect(
            command.text
                == "savic-eoi run --irqchip kernel --strict --page-tmr never --guest-eoi ghcb")
    }

    @Test("A path is told apart from options and names")
    func paths() {
        #expect("-b".pathWord == "./-b" && "mt".pathWord == "./mt")
        #expect("./mt".pathWord == "./mt" && "/a/x".pathWord == "/a/x")
    }
}
