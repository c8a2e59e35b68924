import Foundation
import Synchronization
import SystemPackage

@testable import Commands

/// What the program did with some arguments.
struct Ending: Sendable {
    var status: Int32
    var out: String
    var err: String

    var outLines: [Substring] { out.split(separator: "\n") }
}

/// The surroundings that a test gives the program.
struct Surroundings: Sendable {
    var isTerminal = false
    var width = 100
    /// Beside a locale with UTF-8, which one of these can be instead.
    var environment: [String: String] = [:]
    /// What writing to stdout fails with.
    var stdoutFailure: Errno?
    /// What stdin has, and whether that is typed at a terminal.
    var input = ""
    var readsTerminal = false
}

/// Runs the program in this process, with a console of the test's own.
///
/// A test of KVMHost, which may run in this process at the same time, sends a real SIGTERM and
/// takes it back at once. Who is hit by it ends as interrupted and starts over.
func program(_ arguments: String..., in surroundings: Surroundings = Surroundings()) -> Ending {
    program(arguments, in: surroundings)
}

func program(_ arguments: [String], in surroundings: Surroundings = Surroundings()) -> Ending {
    let deadline = ContinuousClock.now + .seconds(10)
    while true {
        let ending = once(arguments, surroundings)
        if ending.status != 130 || .now > deadline { return ending }
    }
}

private func once(_ arguments: [String], _ surroundings: Surroundings) -> Ending {
    let (out, err) = (Tape(), Tape())
    let input = Reel(surroundings.input)
    let console = Console(
        write: { text in
            if let errno = surroundings.stdoutFailure { throw errno }
            out.add(text)
        },
        warn: { err.add($0) }, isTerminal: surroundings.isTerminal, width: surroundings.width,
        environment: ["LANG": "C.UTF-8"].merging(surroundings.environment) { $1 },
        read: { input.next() }, readsTerminal: surroundings.readsTerminal)
    let status = Console.$current.withValue(console) { savicEOI(arguments) }
    return Ending(status: status, out: out.text, err: err.text)
}

/// Text that is added to from anywhere.
private final class Tape: Sendable {
    private let content = Mutex("")

    func add(_ text: String) { content.withLock { $0 += text } }
    var text: String { content.withLock { $0 } }
}

/// Text that is read bit by bit, as from a pipe: no bit need end where a line does.
private final class Reel: Sendable {
    private let rest: Mutex<ArraySlice<UInt8>>

    init(_ text: String) { rest = Mutex(Array(text.utf8)[...]) }

    /// Nothing at the end.
    func next() -> [UInt8] {
        rest.withLock { rest in
            defer { rest = rest.dropFirst(7) }
            return Array(rest.prefix(7))
        }
    }
}

/// A folder for one test, gone with it.
final class Folder: Sendable {
    let path: String

    init() throws {
        let name = "savic-eoi-\(UUID().uuidString)"
        let folder = FileManager.default.temporaryDirectory.appending(path: name)
        path = folder.path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { path + "/" + name }

    /// - Returns: the new file's path.
    func write(_ text: String, to name: String = "own.yaml") throws -> String {
        try write(Array(text.utf8), to: name)
    }

    func write(_ bytes: [UInt8], to name: String = "own.yaml") throws -> String {
        try Data(bytes).write(to: URL(filePath: path(name)))
        return path(name)
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    func contains(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}

/// A scenario file that is right except for what a test makes of it.
struct Sample {
    var name = "own-pass"
    var vector = "0x31"
    var more = ""
    var steps = ["assert 2", "run", "deassert 2", "eoi"]
    var expect = "{eoi-exits: [0x31]}"

    static let pass = Sample()
    static let fail = Sample(name: "own-fail", expect: "{eoi-exits: [0x32]}")
    /// Its only step is never enabled, so that nothing is compared.
    static let error = Sample(name: "own-error", steps: ["eoi?"], expect: "{eoi-exits: []}")
    static let skip = Sample(name: "own-skip", more: "irqchips: [kernel]\n")
    static let secureOnly = Sample(name: "own-secure", more: "machines: [secure]\n")

    /// Line 8, column 21 is the vector.
    var text: String {
        """
        name: \(name)
        summary: a level interrupt
        source: test
        groups: [own]
        \(more)machine:
          pins:
            - {pin: 2, vector: \(vector)}
        steps:
        \(steps.map { "  - \($0)" }.joined(separator: "\n"))
        expect: \(expect)

        """
    }
}

extension [Sample] {
    /// One file of several scenarios.
    var text: String { map(\.text).joined(separator: "---\n") }
}
