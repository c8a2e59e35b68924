internal import ArgumentParser
internal import KVMHost
internal import Lockstep
internal import Scenarios
internal import SystemPackage
internal import Verdicts

/// Why a command ends without having done its work: what to say, and how to exit
/// (command-line §5).
struct CommandFailure: Error, Equatable {
    var status: ExitStatus
    /// A sentence for people; empty where silence is asked for.
    var message: String

    /// Says it on stderr.
    func complain() {
        if !message.isEmpty { Console.current.complain(message) }
    }

    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(status: .usage, message: message)
    }

    /// A line that somebody types, and that cannot be followed.
    static func typed(_ message: String) -> CommandFailure {
        CommandFailure(status: .badInput, message: message)
    }

    /// An input file that cannot be read.
    static func reading(_ path: String, _ errno: Errno) -> CommandFailure {
        switch errno {
        case .noSuchFileOrDirectory:
            CommandFailure(status: .noInput, message: "\(path): no such file")
        case .isDirectory:
            CommandFailure(
                status: .badInput, message: "\(path):1:1: a directory; expected a YAML file")
        default:
            CommandFailure(status: .noInput, message: "cannot read \(path): \(errno)")
        }
    }

    /// A result that cannot be written; of a reader that has gone nothing is said.
    static func writing(_ path: String, _ errno: Errno) -> CommandFailure {
        CommandFailure(
            status: .cannotWrite,
            message: errno == .brokenPipe || errno == .badFileDescriptor
                ? "" : "cannot write \(path): \(errno)")
    }

    static func input(_ error: ScenarioError) -> CommandFailure {
        CommandFailure(status: .badInput, message: error.description)
    }
}

extension Interruption {
    /// From now on Ctrl-C ends the work between two of its steps.
    static func listen() throws {
        do {
            try install()
        } catch {
            throw CommandFailure(status: .internalError, message: "\(error)")
        }
    }
}

extension CommandFailure {
    /// A scenario of which no step was performed.
    init(_ scenario: Scenario, cannotBe done: String, _ outcome: ScenarioOutcome) {
        let reason =
            outcome.skip.map { "\($0.reason)\($0.hint.isEmpty ? "" : "; \($0.hint)")" }
            ?? outcome.failure ?? "it has no steps"
        self.init(
            status: outcome.verdict == .skip ? .nothingRan : .internalError,
            message: "\(scenario.name) cannot be \(done): \(reason)")
    }

    /// A machine that could not do its work.
    init(failure: BackendFailure) {
        switch failure {
        case .timeout(let sentence), .failed(let sentence):
            self.init(status: .internalError, message: sentence)
        case .lacking(let skip):
            let hint = skip.hint.isEmpty ? "" : "; \(skip.hint)"
            self.init(status: .nothingRan, message: skip.reason + hint)
        case .interrupted: self.init(status: .interrupted, message: "interrupted")
        }
    }
}
