internal import Foundation
internal import KVMHost
internal import Reporting
internal import SystemPackage

/// Where text goes and what the surroundings say about it. Tests put their own in place.
struct Console: Sendable {
    /// stdout is the result, stderr progress and warnings (command-line §7). Both take text as it
    /// is: documents, which are UTF-8 everywhere. What people read goes through `tell` and `say`.
    var write: @Sendable (String) throws -> Void
    var warn: @Sendable (String) -> Void
    /// Whether stdout is a terminal.
    var isTerminal: Bool
    /// Columns of the terminal that stdout is; else COLUMNS of the environment; else 100.
    var width: Int
    var environment: [String: String]
    /// Whether stderr is a terminal.
    var warnsOnTerminal = false
    /// What stdin has next, as soon as it has anything; nothing at its end.
    var read: @Sendable () throws(Errno) -> [UInt8] = { [] }
    /// Whether stdin is a terminal.
    var readsTerminal = false

    @TaskLocal static var current = Console.live

    static let live = Console(
        write: { try FileDescriptor.standardOutput.writeAll($0.utf8) },
        warn: { text in _ = try? FileDescriptor.standardError.writeAll(text.utf8) },
        isTerminal: isatty(STDOUT_FILENO) != 0,
        width: width(
            terminal: Terminal.columns(of: STDOUT_FILENO),
            ProcessInfo.processInfo.environment["COLUMNS"]),
        environment: ProcessInfo.processInfo.environment,
        warnsOnTerminal: isatty(STDERR_FILENO) != 0,
        read: { () throws(Errno) in try InputFile.readNext() },
        readsTerminal: isatty(STDIN_FILENO) != 0)

    /// The width of text. What is narrower than a table can be is taken for a mistake.
    static func width(terminal: Int?, _ columns: String?) -> Int {
        [terminal, columns.flatMap { Int($0) }].lazy.compactMap { $0 }.first { $0 >= 40 } ?? 100
    }

    /// Whether the locale's letters are UTF-8, in the order in which a C program asks for it.
    var hasUTF8: Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy
            .compactMap { environment[$0] }.first { !$0.isEmpty }
        guard environment["TERM"] != "dumb", let locale = locale?.lowercased() else { return false }
        return locale.contains("utf-8") || locale.contains("utf8")
    }

    /// Text for people, in letters that the terminal has.
    func spelt(_ text: String) -> String { hasUTF8 ? text : text.inASCII }

    /// Writes text for people to stdout.
    func tell(_ text: String) throws { try write(spelt(text)) }

    /// Writes text for people to stderr.
    func say(_ text: String) { warn(spelt(text)) }

    /// Says on stderr what went wrong: one line, whatever a file, a name or an argument in it
    /// contains, and not without end.
    func complain(_ message: String) {
        let longest = 2_000
        let start = message.unicodeScalars.prefix(longest + 1)
        let text = String(String.UnicodeScalarView(start.prefix(longest)))
        say("savic-eoi: \(text.printable)\(start.count > longest ? "…" : "")\n")
    }

    /// Whether to colour, in the order of command-line §7: flag, NO_COLOR, CLICOLOR_FORCE or
    /// FORCE_COLOR, then a terminal that is not dumb.
    func colours(_ choice: ColourChoice) -> Bool {
        switch choice {
        case .always: return true
        case .never: return false
        case .auto:
            func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
            if isSet("NO_COLOR") { return false }
            if isSet("CLICOLOR_FORCE") || isSet("FORCE_COLOR") { return true }
            return isTerminal && environment["TERM"] != "dumb"
        }
    }
}
