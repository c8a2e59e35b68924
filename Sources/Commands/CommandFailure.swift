internal import ArgumentParser
internal import Scenarios
internal import SystemPackage
internal import Verdicts

/// Why a command ends without having done its work: what to say, and how to exit
/// (cli-contract, "Exit codes").
struct CommandFailure: Error, Equatable {
    var status: ExitStatus
    /// A sentence for people; empty where silence is asked for.
    var message: String

    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(status: .usage, message: message)
    }

    /// An input file that cannot be read.
    static func reading(_ path: String, _ errno: Errno) -> CommandFailure {
        let missing = errno == .noSuchFileOrDirectory
        return CommandFailure(
            status: .noInput,
            message: missing
                ? "\(path): no such file" : "cannot read \(path): \(errno)")
    }

    /// A result that cannot be written.
    static func writing(_ path: String, _ errno: Errno) -> CommandFailure {
        CommandFailure(
            status: .cannotWrite,
            message: errno == .brokenPipe
                ? "" : "cannot write \(path): \(errno)")
    }

    static func input(_ error: ScenarioError) -> CommandFailure {
        CommandFailure(status: .badInput, message: error.description)
    }
}
